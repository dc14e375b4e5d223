package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
)

// alone plays a brief profile on workers that the run starts itself, and returns what came of it.
func alone(t *testing.T, out string, args ...string) (reports.Load, int) {
	t.Helper()
	profile := filepath.Join(out, "brief.yaml")
	if err := os.WriteFile(profile, []byte(strings.Replace(brief, "SECONDS", "2", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range tries {
		r := &fleetRig{out: out}
		r.load = tell(t, []string{"TMPDIR=" + out}, append([]string{"load", profile, "--workers", "4", "--out", filepath.Join(out, "run")}, args...)...)
		if l, code := r.run(t); len(l.Phases) > 0 {
			return l, code
		}
	}
	t.Fatal("the controls fail")
	return reports.Load{}, 0
}

// Four processes of its own, a server of its own: one verdict, which its evidence gives again to the byte.
func TestFourWorkersOfItsOwn(t *testing.T) {
	out := t.TempDir()
	l, code := alone(t, out)
	balanced(t, l, 4)
	if code != exitPass && code != exitNothing || l.Verdict == reports.LoadFail {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
	hosts := map[string]bool{}
	for _, w := range l.Workers {
		hosts[w.Host] = true
	}
	if len(hosts) != 4 {
		t.Errorf("workers in %d processes: %+v", len(hosts), l.Workers)
	}
	recomputed(t, filepath.Join(out, "run", runFile))
}

// recomputed judges a run again from its evidence, to the byte.
func recomputed(t *testing.T, file string) {
	t.Helper()
	again, err := exec.Command("kmsproof", "report", file, "--recompute", "--format", "json").Output()
	was, failed := os.ReadFile(file)
	if err != nil || failed != nil || !bytes.Equal(again, was) {
		t.Errorf("recomputed from the evidence: %v, %v, the same: %v", err, failed, bytes.Equal(again, was))
	}
}

// A target whose certificate a private authority signed, which its file names: workers need no more than that.
func TestWorkersOfItsOwnReachATargetOfAPrivateAuthority(t *testing.T) {
	out := t.TempDir()
	file := filepath.Join(out, "target.yaml")
	serve(t, "--tls", "--write-target", file)
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "ca:") {
		t.Fatalf("%v: %s", err, text)
	}
	l, _ := alone(t, out, "--target", file)
	balanced(t, l, 4)
	if ph := l.Phases[0]; ph.Accepted == 0 || ph.Errors > 0 {
		t.Errorf("%s: %+v", l.Why, ph)
	}
}

var encrypted = regexp.MustCompile(`(?m)^kmsproof_reference_[a-z_]*total\{[^}]*encrypt[^}]*\} ([0-9]+)$`)

// encryptions returns how many a reference counts.
func encryptions(t *testing.T, p *process) (n int) {
	t.Helper()
	resp, err := http.Get(p.ready["admin"] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := encrypted.FindAllSubmatch(text, -1)
	if len(found) == 0 {
		t.Fatalf("no count of encryptions: %.2000s", text)
	}
	for _, m := range found {
		var one int
		if _, err := fmt.Sscan(string(m[1]), &one); err != nil {
			t.Fatal(err)
		}
		n += one
	}
	return n
}

// Once the workers have missed their coordinator, two beats after it was killed, the target counts no more calls.
func TestATargetIsLeftAloneWhenTheCoordinatorIsKilled(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "target.yaml")
	kms := serve(t, "--write-target", file)
	r := underWay(t, 2, 60, "--target", file)
	before := encryptions(t, kms)
	if err := r.load.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, w := range r.workers {
		w.says(t, "left: the coordinator was not heard for 2s")
	}
	then, looks := encryptions(t, kms), time.NewTicker(fleet.Beat/4)
	defer looks.Stop()
	for range 4 {
		if <-looks.C; encryptions(t, kms) != then {
			t.Fatalf("%d calls when it was killed, %d when the workers left, %d later", before, then, encryptions(t, kms))
		}
	}
	if before < 10 {
		t.Errorf("only %d calls were under way", before)
	}
}

// A NATS that goes away for good in the middle: exit code 3, and a run file that says why.
func TestANATSThatGoesAwayLeavesARunFile(t *testing.T) {
	t.Parallel()
	s, err := fleet.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var r *fleetRig
	for range tries {
		if r = launch(t, s.URL, 2, 30); r.sending(t) {
			break
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l, code := r.run(t)
	if code != exitNothing || l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "was lost with keys") {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
	recomputed(t, filepath.Join(r.out, "run", runFile))
}

// A worker that is there before NATS waits for it, and says so once.
func TestAWorkerWaitsForNATS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w := tell(t, []string{"KMSPROOF_NATS=nats://someone:notshown@" + at.String()}, "worker", "--once")
	w.says(t, "nats://xxxxx@"+at.String()+": nats: no servers available for connection; it is tried again")
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: at.Port, Username: "someone", Password: "notshown", JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	w.says(t, "waiting for a coordinator")
}

// What no waiting mends ends a worker at once.
func TestAWorkerThatIsRefusedDoesNotWait(t *testing.T) {
	t.Parallel()
	s, err := fleet.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := tell(t, []string{"KMSPROOF_NATS=" + strings.Replace(s.URL, "@", "x@", 1)}, "worker")
	<-w.ended
	if w.code != exitUsage {
		t.Errorf("exit %d", w.code)
	}
}

// Builds that do not say what they were made of are told apart by their bytes.
func TestDirtyBuildsAreToldApart(t *testing.T) {
	was := version
	defer func() { version = was }()
	for v, hashed := range map[string]bool{"dev": true, "v1.2-3-gabc-dirty": true, "v1.2-3-gabc": false, "v1.2": false} {
		version = v
		if got := program(); (got != v) != hashed || !strings.HasPrefix(got, v) {
			t.Errorf("%s: %s", v, got)
		}
	}
}
