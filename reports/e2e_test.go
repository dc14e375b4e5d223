//go:build e2e

package reports_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestJUnitMatchesItsXSD(t *testing.T) {
	for name, r := range samples() {
		if out, err := xmllint(t, write(t, "junit", r)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for _, bad := range []string{`<testsuite/>`, `<testsuites><testsuite name="a"/></testsuites>`} {
		if _, err := xmllint(t, bad); err == nil {
			t.Errorf("the schema accepts %s", bad)
		}
	}
}

func xmllint(t *testing.T, doc string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", "testdata/junit.xsd", "-")
	cmd.Stdin = strings.NewReader(doc)
	return cmd.CombinedOutput()
}

// TestThePageInABrowser opens pages from disk. The script must run under the page's own policy, say nothing on the
// console, and nothing may be asked of the network.
func TestThePageInABrowser(t *testing.T) {
	runs := samples()
	runs["large"] = large()
	for name, r := range runs {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(path, []byte(write(t, "html", r)), 0o600); err != nil {
				t.Fatal(err)
			}
			dom, log, asked := browse(t, "file://"+path+"#s2")
			if strings.Contains(log, "CONSOLE") {
				t.Errorf("on the console:\n%s", log)
			}
			if len(asked) > 0 {
				t.Errorf("the page asked for %q", asked)
			}
			if !strings.Contains(dom, "</html>") || strings.Contains(dom, "<img") {
				t.Error("the page is not whole, or text became markup")
			}
			if len(r.Scenarios) > 0 && strings.Contains(dom, `id="filter" hidden`) {
				t.Error("the script did not run: the filter is hidden")
			}
			told := regexp.MustCompile(`<details[^>]*open=""[^>]*>\s*<summary>[^\n]*</summary>\s*<div class="told" id="s2"`)
			if strings.Contains(dom, `class="told" id="s2"`) && !told.MatchString(dom) {
				t.Error("the link to a scenario did not open it")
			}
		})
	}
}

// TestTheBrowserTestCanFail shows it a page that does what ours must not.
func TestTheBrowserTestCanFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.html")
	bad := `<!doctype html><img src="http://127.0.0.1:9/x.png"><script>console.error("oh")</script></html>`
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	_, log, asked := browse(t, "file://"+path)
	if !strings.Contains(log, "CONSOLE") || len(asked) == 0 {
		t.Errorf("the console and the request to %q went unseen:\n%s", asked, log)
	}
}

// browse loads a page and answers its DOM after the scripts, the browser's log, and every address that was asked for
// besides the page's own.
func browse(t *testing.T, url string) (dom, log string, asked []string) {
	t.Helper()
	net := filepath.Join(t.TempDir(), "net.json")
	cmd := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--enable-logging=stderr", "--log-net-log="+net, "--user-data-dir="+t.TempDir(), "--dump-dom", url)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, errs.String())
	}
	return out.String(), errs.String(), requests(t, net)
}

// requests lists the network addresses in a net log that a page caused; the browser's own begin elsewhere.
func requests(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Events []struct {
			Params struct {
				URL       string `json:"url"`
				Initiator string `json:"initiator"`
			} `json:"params"`
		} `json:"events"`
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatalf("net log: %v", err)
	}
	if len(log.Events) == 0 {
		t.Fatal("the net log is empty: it would show nothing")
	}
	var asked []string
	for _, e := range log.Events {
		if e.Params.Initiator != "" && e.Params.Initiator != "not an origin" && !strings.HasPrefix(e.Params.URL, "file:") && !strings.HasPrefix(e.Params.URL, "data:") {
			asked = append(asked, e.Params.URL)
		}
	}
	return asked
}
