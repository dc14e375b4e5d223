package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
)

func TestFourWorkerProcessesAndOneVerdict(t *testing.T) {
	r, l, code := played(t, "", 4, 2)
	balanced(t, l, 4)
	if code != exitPass && code != exitNothing || l.Verdict == reports.LoadFail {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
	recomputed(t, filepath.Join(r.out, "run", runFile))
	for i, w := range r.workers {
		w.says(t, "left: the run is over")
		if l.Workers[i].Keys != 2 || l.Workers[i].Skew > 500 {
			t.Errorf("%+v", l.Workers[i])
		}
	}
}

func TestAKilledWorkerIsNamedAndInvalidates(t *testing.T) {
	t.Parallel()
	r := underWay(t, 2, 8)
	if err := r.workers[1].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l, code := r.run(t)
	lost := fmt.Sprintf("/%d) was lost with keys", r.workers[1].Process.Pid)
	if code != exitNothing || l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, lost) || !strings.Contains(l.Why, "no heartbeat for 3s") {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
}

// A worker that is killed before anything was sent to the target: the run is invalid, with its run file.
func TestAWorkerKilledInTheControlsInvalidates(t *testing.T) {
	t.Parallel()
	r := launch(t, "", 2, 1)
	r.load.says(t, "2 workers try a server of their own first")
	if err := r.workers[1].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l, code := r.run(t)
	gone := fmt.Sprintf("/%d) could not show what it can: ", r.workers[1].Process.Pid)
	if code != exitNothing || l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "worker w") || !strings.Contains(l.Why, gone) || len(l.Phases) > 0 {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
}

// Two beats after the coordinator was killed, and what a busy machine may take to notice, the target counts no call
// any more. It is a process of its own.
func TestAKilledCoordinatorLeavesNobodySending(t *testing.T) {
	const margin = 700 * time.Millisecond
	file := filepath.Join(t.TempDir(), "target.yaml")
	p := serve(t, "--write-target", file)
	r := underWay(t, 2, 60, "--target", file)
	before := encryptions(t, p)
	if err := r.load.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	<-time.After(time.Until(killed.Add(2*fleet.Beat + margin)))
	sent := encryptions(t, p)
	if sent <= before {
		t.Errorf("%d calls by the kill and %d two beats later: nobody was sending", before, sent)
	}
	for _, w := range r.workers {
		w.says(t, "left: the coordinator was not heard for 2s")
	}
	<-time.After(fleet.Beat)
	if more := encryptions(t, p); more != sent {
		t.Errorf("%d calls reached the target more than two beats and %v after the coordinator was killed", more-sent, margin)
	}
}

// Here the server is part of the coordinator, so that workers lose both at once. They are processes that
// nobody else ends.
func TestWorkersEndWithTheProcessThatStartedThem(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	profile := filepath.Join(out, "brief.yaml")
	if err := os.WriteFile(profile, []byte(strings.Replace(brief, "SECONDS", "60", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	load := tell(t, []string{"TMPDIR=" + out}, "load", profile, "--workers", "2", "--out", filepath.Join(out, "run"))
	var pids []int
	for line := range load.lines {
		var name, host string
		if _, err := fmt.Sscanf(line, "fleet: worker %s is %s", &name, &host); err == nil {
			var pid int
			_, number, _ := strings.Cut(strings.TrimSuffix(host, ","), "/")
			if _, err := fmt.Sscan(number, &pid); err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		if len(pids) == 2 {
			break
		}
	}
	if err := load.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		deadline := time.Now().Add(30 * time.Second)
		for syscall.Kill(pid, 0) == nil {
			if time.Now().After(deadline) {
				t.Fatalf("process %d goes on", pid)
			}
			<-time.After(50 * time.Millisecond)
		}
	}
}

// A worker that hears SIGTERM says goodbye, and nothing is left of a run on the cluster.
func TestNothingIsLeftOnTheCluster(t *testing.T) {
	t.Parallel()
	r := launch(t, "", 1, 1)
	r.run(t)
	nc, err := nats.Connect(r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	m, err := nc.Request("$JS.API.STREAM.NAMES", nil, 5*time.Second)
	if err != nil || strings.Contains(string(m.Data), "KMSPROOF_") {
		t.Errorf("%v: %s", err, m.Data)
	}
	if err := r.workers[0].Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-r.workers[0].ended
	if code := r.workers[0].code; code != exitPass {
		t.Errorf("exit %d", code)
	}
}

// A plain is a place from which the launcher for plain machines works, with an ssh and an scp that stay on this one.
type plain struct{ url, folder, program string }

func plainly(t *testing.T) plain {
	t.Helper()
	s, err := fleet.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	program, err := exec.LookPath("kmsproof")
	if err != nil {
		t.Fatal(err)
	}
	p := plain{s.URL, t.TempDir(), program}
	for name, text := range map[string]string{
		"ssh":        "#!/bin/bash\n[ \"$1\" != unreached ] || exit 255\nshift\nexec bash -c \"$1\"\n",
		"scp":        "#!/bin/bash\n[ \"${3%%:*}\" != full ] || exit 1\nexec cp \"$2\" \"${3#*:}\"\n",
		"brief.yaml": strings.Replace(brief, "SECONDS", "1", 1),
	} {
		if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// launch runs the launcher to its end and sees that it left no folder and no worker behind.
func (p plain) launch(t *testing.T, hosts string, load ...string) (text []byte, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../../deploy/ssh.sh", append([]string{hosts}, load...)...)
	cmd.Env = append(os.Environ(), "KMSPROOF_NATS="+p.url, "KMSPROOF="+p.program, launched+"=yes", "PER_HOST=2", "PATH="+p.folder+":"+os.Getenv("PATH"))
	text, err = cmd.CombinedOutput()
	if left, err := filepath.Glob(fmt.Sprintf("/tmp/kmsproof-worker-%d-*", cmd.Process.Pid)); err != nil || len(left) > 0 {
		t.Errorf("%s: %v, %v are left behind", hosts, err, left)
	}
	nc, failed := nats.Connect(p.url)
	if failed != nil {
		t.Fatal(failed)
	}
	defer nc.Close()
	if m, failed := nc.Request("kmsproof.lobby", nil, 5*time.Second); !errors.Is(failed, nats.ErrNoResponders) {
		t.Errorf("%s: workers are left behind: %v, %v", hosts, m, failed)
	}
	return text, err
}

func TestTheLauncherForPlainMachines(t *testing.T) {
	p := plainly(t)
	out := filepath.Join(p.folder, "run")
	for range tries {
		text, err := p.launch(t, "host1 host2", filepath.Join(p.folder, "brief.yaml"), "--out", out)
		run, failed := reports.Read(filepath.Join(out, runFile))
		if failed != nil || len(run.Loads) != 1 {
			t.Fatalf("%v, %v: %s", err, failed, text)
		}
		if len(run.Loads[0].Phases) > 0 {
			balanced(t, run.Loads[0], 4)
			break
		}
	}
}

// Whatever fails, the launcher fails with it and leaves nothing behind.
func TestTheLauncherLeavesNothingBehindWhenItFails(t *testing.T) {
	t.Parallel()
	p := plainly(t)
	for hosts, load := range map[string]string{"host1 host2": "no-such-profile", "host1 unreached": "gentle", "host1 full": "gentle"} {
		if text, err := p.launch(t, hosts, load, "--out", filepath.Join(p.folder, "run")); err == nil {
			t.Errorf("%s, %s: it says that all went well: %s", hosts, load, text)
		}
	}
}
