package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A process is a kmsproof serve that is ready.
type process struct {
	cmd   *exec.Cmd
	line  string            // the ready line
	ready map[string]string // its members
	rest  chan string       // what came on stdout after it, once it has ended
	end   func() error      // asks it to end, waits, and complains about anything but a clean end
}

// start starts a kmsproof serve and reads its ready line. The caller ends it.
func start(cmd *exec.Cmd) (*process, error) {
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stdout)
	p := &process{cmd: cmd, ready: map[string]string{}, rest: make(chan string, 1)}
	if p.line, err = lines.ReadString('\n'); err == nil {
		err = json.Unmarshal([]byte(p.line), &p.ready)
	}
	p.end = sync.OnceValue(p.terminate)
	go func() { // ends with the process; terminate waits for it
		rest, _ := io.ReadAll(lines)
		p.rest <- string(rest)
	}()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("no ready line: %w", err), p.end())
	}
	return p, nil
}

func (p *process) terminate() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	rest := <-p.rest
	if err := p.cmd.Wait(); err != nil {
		return err
	}
	if rest != "" {
		return fmt.Errorf("stdout after the ready line: %q", rest)
	}
	return nil
}

// serve starts kmsproof serve on free ports and ends it with the test.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := exec.Command("kmsproof", append([]string{"serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	p, err := start(cmd)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	t.Cleanup(func() {
		if err := p.end(); err != nil {
			t.Errorf("serve did not end cleanly on SIGTERM: %v\n%s", err, stderr.Bytes())
		}
	})
	return p
}

func TestTheReadyLineHasEveryMember(t *testing.T) {
	p := serve(t)
	urls := []string{"api20", "api20kr", "api20jp", "api10", "subaccount", "admin"}
	want := append(slices.Clone(urls), "accessKey", "secretKey", "apiKey", "ca")
	if got := slices.Sorted(maps.Keys(p.ready)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("members %v, want %v", got, want)
	}
	seen := map[string]string{}
	for _, name := range urls {
		url := p.ready[name]
		if !strings.HasPrefix(url, "http://127.0.0.1:") || strings.HasSuffix(url, "/") {
			t.Errorf("%s: %q is no URL of a loopback listener without a trailing slash", name, url)
		}
		if other, ok := seen[url]; ok {
			t.Errorf("%s and %s share %s", name, other, url)
		}
		seen[url] = name
	}
	for _, name := range []string{"accessKey", "secretKey", "apiKey"} {
		if p.ready[name] == "" {
			t.Errorf("%s is empty", name)
		}
	}
	if p.ready["ca"] != "" {
		t.Errorf("ca is %q without --tls", p.ready["ca"])
	}
	health := get(t, p.ready["admin"]+"/healthz")
	if !strings.Contains(health, "kmsproof-reference") {
		t.Errorf("/healthz of the admin listener answers %q", health)
	}
}

// TestTheAdminPortMayFollowTheFirst: so it is by default, 8201 after 8200, and the listeners in between
// must leave it free.
func TestTheAdminPortMayFollowTheFirst(t *testing.T) {
	first, admin := neighbours(t)
	p := serve(t, "--listen", first, "--admin", admin)
	if p.ready["api20"] != "http://"+first || p.ready["admin"] != "http://"+admin {
		t.Errorf("it listens on %s and %s, not on %s and %s", p.ready["api20"], p.ready["admin"], first, admin)
	}
}

// neighbours returns two addresses of consecutive free ports.
func neighbours(t *testing.T) (first, second string) {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at := l.Addr().(*net.TCPAddr).AddrPort()
		next, err := net.Listen("tcp", netip.AddrPortFrom(at.Addr(), at.Port()+1).String())
		l.Close()
		if err == nil {
			next.Close()
			return at.String(), next.Addr().String()
		}
	}
	t.Fatal("no two free ports in a row")
	return "", ""
}

func TestTLSNamesAnAuthorityThatGoesWithTheServer(t *testing.T) {
	p := serve(t, "--tls")
	ca := p.ready["ca"]
	if !filepath.IsAbs(ca) || !strings.HasPrefix(p.ready["api20"], "https://") {
		t.Errorf("ca %q, api20 %q; want an absolute file and https", ca, p.ready["api20"])
	}
	if text, err := os.ReadFile(ca); err != nil || !bytes.Contains(text, []byte("BEGIN CERTIFICATE")) {
		t.Errorf("the file of the authority: %v, %.40q", err, text)
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ca); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there after the server ended", ca)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestServeSaysWhereTheConsoleIs(t *testing.T) {
	cmd := exec.Command("kmsproof", "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--lang", "ko")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	p, err := start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	if want := "console: " + p.ready["admin"] + "/console/?lang=ko\n"; !strings.Contains(stderr.String(), want) {
		t.Errorf("stderr is %q, want %q in it", stderr.String(), want)
	}
}

// TestATrustedProxySpeaksForItsCallers: what it says of the caller's address counts, and what others say
// does not.
func TestATrustedProxySpeaksForItsCallers(t *testing.T) {
	t.Setenv("KMSPROOF_TRUSTED_PROXY", "10.0.0.0/8,127.0.0.1")
	trusting := serve(t)
	if got := seenFrom(t, trusting); got != "192.0.2.9" {
		t.Errorf("through a trusted proxy a call comes from %s, want 192.0.2.9", got)
	}
	if got := seenFrom(t, serve(t, "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "192.0.2.1")); got != "127.0.0.1" {
		t.Errorf("through another proxy a call comes from %s, want 127.0.0.1", got)
	}
	for _, wrong := range []string{"proxy.test", "10.0.0.0/33", "::ffff:10.0.0.1"} {
		out, err := exec.Command("kmsproof", "serve", "--trusted-proxy", wrong).CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitUsage || !strings.Contains(string(out), "--trusted-proxy") {
			t.Errorf("%s: %v\n%s", wrong, err, out)
		}
	}
}

// seenFrom makes a call that says it was passed on, and returns where the server took it to come from.
func seenFrom(t *testing.T, p *process) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.ready["api20"]+"/kms/v1/keys", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", "192.0.2.9")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	var journal struct{ Entries []struct{ From string } }
	if err := json.Unmarshal([]byte(get(t, p.ready["admin"]+"/admin/journal")), &journal); err != nil || len(journal.Entries) != 1 {
		t.Fatalf("the journal: %v, %+v", err, journal)
	}
	return journal.Entries[0].From
}

// TestAStateIsReadInTheDialectOfTheServer: a server takes the file that one of its dialect exported.
func TestAStateIsReadInTheDialectOfTheServer(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	o := serving{limit20: "off", limit10: "off", state: write("state.yaml", "keys: [{name: orders, acl: {allowed: [192.0.2.0/24]}}]")}
	if _, err := o.options(io.Discard); err == nil {
		t.Error("the documented service takes a network")
	}
	o.dialect = write("dialect.yaml", "aclNetworks: true")
	if _, err := o.options(io.Discard); err != nil {
		t.Error(err)
	}
}

// TestALimitWithoutAFlagIsTheDialects: a flag that is given wins.
func TestALimitWithoutAFlagIsTheDialects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dialect.yaml")
	if err := os.WriteFile(path, []byte("limit20: 50/10"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string]string{"": "50/10 <nil> <nil>", "7": "50/10 7/7 <nil>"} {
		options, err := (&serving{dialect: path, limit20: flag}).options(io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(options.Dialect.Limit20, " ", options.Limit20, " ", options.Limit10); got != want {
			t.Errorf("with the flag %q the limits are %s, want %s", flag, got, want)
		}
	}
}
