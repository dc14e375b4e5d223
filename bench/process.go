package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A process is a server in a process of its own, as users run one.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
	ready string // the first line that it printed
}

// collector is the setting of the garbage collector in every server that is measured: that of kmsproof serve,
// so that the yardstick does not collect more often than what is held against it.
const collector = "GOGC=400"

// launch starts a server and waits until it prints a line.
func launch(name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), collector)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, stdin: in, out: bufio.NewReader(out)}
	if p.ready, err = p.out.ReadString('\n'); err != nil {
		p.end()
		return nil, fmt.Errorf("%s did not get ready: %w", name, err)
	}
	return p, nil
}

// end stops the process and waits for it.
func (p *process) end() {
	p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// used returns what the process has used of the processors so far; 0 where the system is not Linux. It
// counts in hundredths of a second.
func (p *process) used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	return usedIn(string(text))
}

// usedIn reads the 14th and 15th field of /proc/PID/stat. The second, the name in parentheses, may hold
// anything.
func usedIn(stat string) time.Duration {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * (time.Second / 100)
}

// launchBare starts the yardstick.
func launchBare() (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return launch(self, "-bare")
}

// A served is what kmsproof serve says of itself.
type served struct {
	API20     string `json:"api20"`
	Admin     string `json:"admin"`
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
}

// launchReference starts the reference, with published RSA keys and ports that are free.
func (o *options) launchReference(args ...string) (*process, served, error) {
	args = append([]string{"serve", "--seed", "1", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)
	p, err := launch(o.kmsproof, args...)
	if err != nil {
		return nil, served{}, err
	}
	var s served
	if err := json.Unmarshal([]byte(p.ready), &s); err != nil {
		p.end()
		return nil, served{}, fmt.Errorf("the ready line: %w", err)
	}
	return p, s, nil
}
