package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// without takes the members of a target file away that begin with a name.
func without(text, name string) string {
	return regexp.MustCompile(`(?m)^`+name+`: .*\n`).ReplaceAllString(text, "")
}

// conformOn runs a few scenarios on a target file and returns the run file.
func conformOn(t *testing.T, text string) (*reports.Run, string) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "target.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("kmsproof", "conform", "acl/An added*", "acl/Switched on*", "account/A signed*", "legacy/*",
		"--target", file, "--out", filepath.Join(folder, "out")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run, err := reports.Read(filepath.Join(folder, "out", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return run, string(out)
}

// TestATargetFileIsEnough runs on a process of its own over TLS, of which nothing is known but the
// file, without an admin listener.
func TestATargetFileIsEnough(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "target.yaml")
	serve(t, "--tls", "--write-target", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	run, out := conformOn(t, without(string(text), "admin"))
	if n := len(run.With(reports.Passed)); n != len(run.Scenarios) || run.Verdict != reports.Pass {
		t.Errorf("%d of %d scenarios passed, verdict %s\n%s", n, len(run.Scenarios), run.Verdict, out)
	}
	declared := []string{"api10", "apikey", "viewer", "sources", "isolated", "policies", "administrator", "access", "encryptor"}
	asked := []string{"api10", "apikey", "sources"} // what the scenarios need
	if !slices.Equal(run.Target.Declared, declared) || !slices.Equal(run.Target.Found, asked) {
		t.Errorf("declared %v and found %v, want %v and %v", run.Target.Declared, run.Target.Found, declared, asked)
	}
}

// TestAProxyThatHidesWhoCallsIsFoundOut: the target sees one address, and the file speaks of three.
func TestAProxyThatHidesWhoCallsIsFoundOut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "target.yaml")
	p := serve(t, "--write-target", file)
	real, err := url.Parse(p.ready["api20"])
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(httputil.NewSingleHostReverseProxy(real))
	t.Cleanup(proxy.Close)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	run, out := conformOn(t, strings.Replace(without(string(text), "admin"), "api20: "+p.ready["api20"], "api20: "+proxy.URL, 1))
	if run.Verdict != reports.Partial || len(run.With(reports.Skipped)) == 0 || len(run.With(reports.Passed)) == 0 {
		t.Errorf("verdict %s\n%s", run.Verdict, out)
	}
	if slices.Contains(run.Target.Found, "sources") || !slices.Contains(run.Target.Declared, "sources") ||
		len(run.Findings) != 1 || !strings.Contains(run.Findings[0].Text, "127.0.0.2 is refused although the IP ACL lists 127.0.0.2") {
		t.Errorf("declared %v, found %v, findings %v\n%s", run.Target.Declared, run.Target.Found, run.Findings, out)
	}
}

// TestATargetThatDiesIsNoVerdict: what was there before it died is told, and what is left of it.
func TestATargetThatDiesIsNoVerdict(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "target.yaml")
	p := serve(t, "--write-target", file)
	real, err := url.Parse(p.ready["api20"])
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(real)
	var calls atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) > 200 {
			panic(http.ErrAbortHandler)
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mortal := strings.Replace(string(text), "api20: "+p.ready["api20"], "api20: "+proxy.URL, 1)
	if err := os.WriteFile(file, []byte(mortal), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command("kmsproof", "conform", "--target", file, "--out", out, "--dead-after", "7")
	said, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitNothing {
		t.Errorf("exit code %d, want %d\n%s", code, exitNothing, said)
	}
	run, err := reports.Read(filepath.Join(out, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	died := slices.ContainsFunc(run.Findings, func(f reports.Finding) bool {
		return f.Kind == "target-died" && strings.Contains(f.Text, " scenarios in a row got no answer")
	})
	if !died || len(run.With(reports.Passed)) == 0 || len(run.With(reports.Failed)) > 0 || len(run.Leftovers) == 0 {
		t.Errorf("findings %v, %d passed, %d failed, %d leftovers", run.Findings,
			len(run.With(reports.Passed)), len(run.With(reports.Failed)), len(run.Leftovers))
	}
	if _, err := os.Stat(filepath.Join(out, ledgerFile)); err != nil {
		t.Errorf("the ledger of what is left: %v", err)
	}
}
