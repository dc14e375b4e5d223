//go:build e2e

package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestTheAuditCanFail shows it a page with one fault of each kind, beside what is well.
func TestTheAuditCanFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.html")
	bad := `<!doctype html><body style="background:#fff"><h1 id="a">well</h1><h3>skips</h3>
		<p style="color:#999">grey</p><p style="color:#949494;font-size:30px">large</p><div style="background:#0006"><p style="color:#000a">veiled</p></div><p style="opacity:.4">faded</p>
		<button id="b"></button><button aria-label="named"></button><input id="c"><label>d<input></label>
		<svg><path d="M0 0"/></svg><p id="a" hidden></p><p tabindex="2">first</p><p hidden style="color:#fff">unseen</p>
		<table><tr><td style="background:#fdd">56 %</td><td style="background:#fdd">56 % ✗</td><td>56 %</td></tr></table>`
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := Open(t)
	tab.Do(chromedp.Navigate("file://" + path))
	got := strings.Join(tab.Audit(), "\n")
	want := `contrast 2.85: p "grey"
contrast 4.43: p "veiled"
contrast 2.85: p "faded"
no name: button#b ""
no label: input#c ""
a picture without a name: body "well`
	for _, line := range append(strings.Split(want, "\n"), "the id a is there twice", `its tabindex breaks the order: p "first"`, `a heading of level 3 follows one of level 1: h3 "skips"`, "the page does not say its language", `told by colour alone: td "56 %"`) {
		if !strings.Contains(got, line) {
			t.Errorf("no %q", line)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 11 || t.Failed() {
		t.Errorf("%d faults, want 11:\n%s", n, got)
	}
}
