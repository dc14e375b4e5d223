package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
)

// brief is a profile that a busy machine can deliver too.
const brief = `
name: brief
title: A few calls
api: "2.0"
keys: 8
limit: {scope: key, rate: 300, burst: 300}
rest: 100ms
missAfter: 200ms
again: 0s
conforming: {sent: 0.5, lateP99: 50ms, burst: 12}
saturating: {sent: 0.5, lateP99: 50ms}
phases:
  - {name: all, role: conform, rate: 30, for: SECONDSs}
`

// A teller is a process whose stderr is read line by line.
type teller struct {
	*exec.Cmd
	lines chan string // closed with the process's end
	ended chan struct{}
	code  int // once ended
}

func tell(t *testing.T, env []string, args ...string) *teller {
	t.Helper()
	return telling(t, env, exec.Command("kmsproof", args...))
}

func telling(t *testing.T, env []string, cmd *exec.Cmd) *teller {
	t.Helper()
	p := &teller{Cmd: cmd, lines: make(chan string, 1000), ended: make(chan struct{})}
	p.Env = append(os.Environ(), env...)
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process, which the test waits for
		for s := bufio.NewScanner(stderr); s.Scan(); {
			p.lines <- s.Text()
		}
		close(p.lines)
		_ = p.Wait()
		p.code = p.ProcessState.ExitCode()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
	})
	return p
}

// says waits until the process says something.
func (p *teller) says(t *testing.T, part string) {
	t.Helper()
	var seen []string
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("it ended without saying %q: %s", part, strings.Join(seen, "\n"))
			}
			seen = append(seen, line)
			if strings.Contains(line, part) {
				return
			}
		case <-time.After(60 * time.Second):
			t.Fatalf("it does not say %q: %s", part, strings.Join(seen, "\n"))
		}
	}
}

// A rig of processes: a NATS server here, workers and a coordinator of their own.
type fleetRig struct {
	url     string
	workers []*teller
	load    *teller
	out     string
}

func launch(t *testing.T, url string, workers, seconds int, args ...string) *fleetRig {
	t.Helper()
	r := &fleetRig{url: url, out: t.TempDir()}
	if url == "" {
		s, err := fleet.Serve()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		r.url = s.URL
	}
	env := []string{"KMSPROOF_NATS=" + r.url}
	for range workers {
		w := tell(t, env, "worker")
		w.says(t, "waiting for a coordinator")
		r.workers = append(r.workers, w)
	}
	profile := filepath.Join(r.out, "brief.yaml")
	if err := os.WriteFile(profile, []byte(strings.Replace(brief, "SECONDS", fmt.Sprint(seconds), 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.load = tell(t, env, append([]string{"load", profile, "--workers", fmt.Sprint(workers), "--out", filepath.Join(r.out, "run")}, args...)...)
	return r
}

// tries is how often a run is begun anew whose controls failed: a machine that is too busy for them plays
// nothing, rightly.
const tries = 4

// underWay launches a run and returns when all its workers send.
func underWay(t *testing.T, workers, seconds int, args ...string) *fleetRig {
	t.Helper()
	for range tries {
		if r := launch(t, "", workers, seconds, args...); r.sending(t) {
			return r
		}
	}
	t.Fatal("the controls fail")
	return nil
}

// played launches a run and returns what came of it.
func played(t *testing.T, url string, workers, seconds int) (*fleetRig, reports.Load, int) {
	t.Helper()
	for range tries {
		r := launch(t, url, workers, seconds)
		if l, code := r.run(t); len(l.Phases) > 0 {
			return r, l, code
		}
		for _, w := range r.workers {
			_ = w.Process.Kill()
			<-w.ended
		}
	}
	t.Fatal("the controls fail")
	return nil, reports.Load{}, 0
}

// sending waits until every worker sends. It reports false when the run ends before.
func (r *fleetRig) sending(t *testing.T) bool {
	t.Helper()
	nc, err := nats.Connect(r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	var mu sync.Mutex
	busy, all := map[string]bool{}, make(chan struct{})
	if _, err := nc.Subscribe("kmsproof.run.*.beat.*", func(m *nats.Msg) {
		var b struct{ Count struct{ Sent int } }
		mu.Lock()
		defer mu.Unlock()
		if json.Unmarshal(m.Data, &b) == nil && b.Count.Sent > 0 && !busy[m.Subject] {
			if busy[m.Subject] = true; len(busy) == len(r.workers) {
				close(all)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-all:
		return true
	case <-r.load.ended:
		return false
	case <-time.After(60 * time.Second):
		t.Fatal("the workers do not send")
		return false
	}
}

// run returns the run file and the exit code.
func (r *fleetRig) run(t *testing.T) (reports.Load, int) {
	t.Helper()
	for range r.load.lines {
	}
	<-r.load.ended
	run, err := reports.Read(filepath.Join(r.out, "run", runFile))
	if err != nil {
		t.Fatalf("exit %d: %v", r.load.code, err)
	}
	text, err := os.ReadFile(filepath.Join(r.out, "run", runFile))
	if err != nil || strings.Contains(string(text), password(r.url)) {
		t.Errorf("the run file holds the password of NATS, or %v", err)
	}
	if len(run.Loads) != 1 {
		t.Fatalf("exit %d, %d loads: %+v", r.load.code, len(run.Loads), run.Findings)
	}
	return run.Loads[0], r.load.code
}

func password(url string) string {
	_, rest, _ := strings.Cut(url, "kmsproof:")
	word, _, ok := strings.Cut(rest, "@")
	if !ok {
		return "no password at all"
	}
	return word
}

func balanced(t *testing.T, l reports.Load, workers int) {
	t.Helper()
	ph := l.Phases[0]
	if len(l.Workers) != workers || ph.Planned == 0 || ph.Sent+ph.Missed != ph.Planned || ph.Accepted+ph.Errors+ph.Limited+ph.Refused != ph.Sent {
		t.Errorf("%d workers, %+v", len(l.Workers), ph)
	}
}
