package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/live"
)

// TestThePageShowsARunUnderWay holds a run back in its first scenario and looks at its page.
func TestThePageShowsARunUnderWay(t *testing.T) {
	t.Parallel()
	g := &gate{nth: 1}
	file := filepath.Join(t.TempDir(), "target.yaml")
	g.guard(t, serve(t, "--write-target", file), file)
	cmd := exec.Command("kmsproof", "conform", "key/*", "--parallel", "1", "--quiet", "--live", "127.0.0.1:0", "--target", file, "--out", filepath.Join(t.TempDir(), "out"))
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	stderr := bufio.NewReader(errs)
	first, err := stderr.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(first), "live page: ")
	if err != nil || !ok {
		t.Fatalf("stderr begins with %q, %v", first, err)
	}
	<-g.created
	resp, err := http.Get(url + "snapshot")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var s live.Snapshot
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	if s.Command != "conform" || len(s.Scenarios.Running) != 1 || !strings.HasPrefix(s.Scenarios.Running[0].ID, "key/") {
		t.Errorf("snapshot %+v of %+v, want one scenario about keys that runs", s, s.Scenarios)
	}
	close(g.answer)
	rest, err := io.ReadAll(stderr)
	if err != nil || cmd.Wait() != nil {
		t.Errorf("the run ended with %v\n%s", cmd.ProcessState, rest)
	}
	if strings.Contains(string(rest), "\x1b") {
		t.Errorf("stderr is no terminal, and has escape sequences: %q", rest)
	}
	if late, err := http.Get(url); err == nil {
		late.Body.Close()
		t.Error("the page outlives the run")
	}
}

func TestWhatIsNoTerminalIsNotDrawnOn(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, ok := onTerminal(f); ok {
		t.Error("a file is drawn on")
	}
	if _, ok := onTerminal(io.Discard); ok {
		t.Error("a writer that is no file is drawn on")
	}
}
