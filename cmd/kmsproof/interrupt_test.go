package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// A running kmsproof works on a server of its own through a gate.
type running struct {
	cmd            *exec.Cmd
	file, out      string // the target file, and the folder of the run
	stdout, stderr bytes.Buffer
	ended          chan struct{}
	code           int // once it has ended
}

// begin starts a verb on a fresh server behind g.
func begin(t *testing.T, g *gate, verb ...string) *running {
	t.Helper()
	r := &running{file: filepath.Join(t.TempDir(), "target.yaml"), out: filepath.Join(t.TempDir(), "out")}
	g.guard(t, serve(t, "--write-target", r.file), r.file)
	r.cmd = exec.Command("kmsproof", append(verb, "--target", r.file, "--out", r.out)...)
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.ended = make(chan struct{})
	go func() { // ends with the process, for which the cleanup waits
		defer close(r.ended)
		_ = r.cmd.Wait()
		r.code = r.cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		<-r.ended
	})
	return r
}

// await waits until something has happened, and fails if the run ends before.
func (r *running) await(t *testing.T, happened <-chan struct{}) {
	t.Helper()
	select {
	case <-happened:
	case <-r.ended:
		t.Fatalf("the run ended with code %d before it came so far\n%s%s", r.code, &r.stdout, &r.stderr)
	}
}

func (r *running) interrupt(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

// insist interrupts the run until it has ended: what follows the first interrupt closely is an echo of it.
func (r *running) insist(t *testing.T) {
	t.Helper()
	for {
		if err := r.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case <-r.ended:
			return
		case <-time.After(echo / 5):
		}
	}
}

func TestAnEchoOfTheFirstSignalIsNoSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal)
		cleaning, over := false, false
		go func() {
			twice(signals, func() { cleaning = true })
			over = true
		}()
		signals <- syscall.SIGTERM
		signals <- syscall.SIGTERM // timeout(1), to the process group
		time.Sleep(echo)
		signals <- syscall.SIGTERM
		synctest.Wait()
		if !cleaning || over {
			t.Errorf("within %v: cleaning up %v, over %v", echo, cleaning, over)
		}
		time.Sleep(time.Nanosecond)
		signals <- os.Interrupt
		synctest.Wait()
		if !over {
			t.Errorf("the signal after %v is no second", echo+1)
		}
	})
}

func TestAnInterruptedRunCleansUp(t *testing.T) {
	for _, verb := range [][]string{{"conform"}, {"load", patient(t)}, {"prove"}} {
		t.Run(verb[0], func(t *testing.T) {
			t.Parallel()
			g := &gate{nth: 2}
			r := begin(t, g, verb...)
			r.await(t, g.created)
			r.interrupt(t) // the call is under way: the run cannot know yet that there is a key
			close(g.answer)
			<-r.ended
			if r.code != exitNothing {
				t.Errorf("exit code %d, want %d", r.code, exitNothing)
			}
			run, err := reports.Read(filepath.Join(r.out, "run.json"))
			if err != nil {
				t.Fatalf("%v\n%s", err, &r.stderr)
			}
			if !run.Interrupted || run.Verdict != reports.None || len(run.Leftovers) > 0 {
				t.Errorf("interrupted %v, verdict %s, leftovers %v", run.Interrupted, run.Verdict, run.Leftovers)
			}
			if keys := keysOn(t, r.file); keys > 0 {
				t.Errorf("%d keys are left on the target", keys)
			}
			if _, err := os.Stat(filepath.Join(r.out, "ledger.jsonl")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the ledger is still there although no key is left: %v", err)
			}
		})
	}
}

// patient returns the file of a load profile whose controls and phases count on any machine.
func patient(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "patient.yaml")
	text := `name: patient
title: Two keys, and a generator that may fall short
api: "2.0"
keys: 2
limit: {scope: key, rate: 300, burst: 300}
rest: 1s
missAfter: 1s
again: 0s
conforming: {sent: 0.01, lateP99: 1m, burst: 10000}
saturating: {sent: 0.01, lateP99: 1m}
phases:
  - {name: P2, role: gentle, keys: 2, rate: 120, for: 9s}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// keysOn counts the keys on a target.
func keysOn(t *testing.T, file string) int {
	t.Helper()
	on, err := target.ReadFile(file, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	answer, err := on.Do(t.Context(), target.Request{
		Method: http.MethodGet, Path: "/kms/v1/keys", Auth: target.SignatureV2(on.Credentials["owner"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Data struct {
			Total *int `json:"totalCount"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer.Body, &list); err != nil || list.Data.Total == nil {
		t.Fatalf("key list: status %d, %v: %s", answer.Status, err, answer.Body)
	}
	return *list.Data.Total
}

func TestTheSecondInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	g := &gate{nth: 2}
	g.holds = func(call *http.Request) bool { return g.told() && removes(call) } // so that it cannot end by cleaning up
	r := begin(t, g, "conform", "--parallel", "2")
	r.await(t, g.created)
	close(g.answer)
	r.await(t, g.held)
	r.insist(t)
	if r.code != exitNothing {
		t.Errorf("exit code %d, want %d", r.code, exitNothing)
	}
	if keysOn(t, r.file) == 0 {
		t.Error("nothing is left on the target: the run did clean up")
	}
	if ledger, err := os.ReadFile(filepath.Join(r.out, "ledger.jsonl")); err != nil || len(ledger) == 0 {
		t.Errorf("the ledger is gone, so nobody can clean up after it: %v", err)
	}
}

// TestASweepRemovesWhatAKilledRunLeft: nothing of a run that is killed can clean up after it.
func TestASweepRemovesWhatAKilledRunLeft(t *testing.T) {
	for _, how := range []string{"--older=0s", "--ledger"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			g := &gate{nth: 6}
			r := begin(t, g, "conform", "--parallel", "3")
			r.await(t, g.created)
			if err := r.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-r.ended
			if keysOn(t, r.file) == 0 {
				t.Fatal("the run left nothing behind")
			}
			args := []string{"sweep", r.file, how}
			if how == "--ledger" {
				args = append(args, filepath.Join(r.out, "ledger.jsonl"))
			}
			out, err := exec.Command("kmsproof", args...).CombinedOutput()
			if err != nil || keysOn(t, r.file) > 0 {
				t.Errorf("%v, %d keys are left\n%s", err, keysOn(t, r.file), out)
			}
		})
	}
}

func TestTwoRunsInOneFolderAreRefused(t *testing.T) {
	t.Parallel()
	g := &gate{nth: 1}
	first := begin(t, g, "conform")
	first.await(t, g.created)
	second := exec.Command("kmsproof", "conform", "key/*", "--out", first.out)
	var stderr bytes.Buffer
	second.Stderr = &stderr
	err := second.Run()
	if second.ProcessState.ExitCode() != exitUsage || !strings.Contains(stderr.String(), "another run is writing") {
		t.Errorf("the second run: %v\n%s", err, &stderr)
	}
	first.interrupt(t)
	close(g.answer)
	<-first.ended
	if _, err := reports.Read(filepath.Join(first.out, "run.json")); err != nil {
		t.Errorf("the first run lost its run file: %v", err)
	}
}
