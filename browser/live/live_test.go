//go:build e2e

// Package live_test looks at the page of a run while the run goes on.
package live_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reports"
)

// A run is the command under way, with its page.
type run struct {
	t    *testing.T
	cmd  *exec.Cmd
	page string
	talk *bufio.Reader // stderr behind the address of the page
	out  string
}

// start runs the command with a page, and waits for its address. The run is interrupted with the test.
func start(t *testing.T, args ...string) *run {
	t.Helper()
	program := filepath.Join(t.TempDir(), "kmsproof")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/kmsproof")
	build.Dir = filepath.Join("..", "..")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	r := &run{t: t, out: filepath.Join(t.TempDir(), "out")}
	r.cmd = exec.CommandContext(t.Context(), program, append(args, "--live", "127.0.0.1:0", "--out", r.out)...)
	r.cmd.Cancel = func() error { return r.cmd.Process.Signal(syscall.SIGINT) }
	talk, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.talk = bufio.NewReader(talk)
	for { // a load says first what it is about to do
		line, err := r.talk.ReadString('\n')
		if err != nil {
			t.Fatalf("the run says %q, %v; want the address of its page", line, err)
		}
		if address, ok := strings.CutPrefix(strings.TrimSpace(line), "live page: "); ok {
			r.page = address
			return r
		}
	}
}

// end waits for the run, and returns what it wrote.
func (r *run) end() *reports.Run {
	r.t.Helper()
	if _, err := io.Copy(io.Discard, r.talk); err != nil {
		r.t.Fatal(err)
	}
	_ = r.cmd.Wait() // the verdict decides how it exits
	result, err := reports.Read(filepath.Join(r.out, "run.json"))
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// headlines is what the page says in the end.
var headlines = map[reports.Verdict]string{reports.Pass: "The run passed", reports.Fail: "The run failed", reports.Partial: "Passed as far as it went", reports.None: "The run has no verdict"}

// TestScenariosUnderWay follows a run of scenarios of which some fail, to its end.
func TestScenariosUnderWay(t *testing.T) {
	tab, r := Open(t), start(t, "conform", "--parallel", "1", "--target", "mutant:expiry-ignored")
	tab.Do(chromedp.Navigate(r.page))
	tab.Wait(`document.querySelector("#headline").textContent === "The run is under way" && document.querySelector("#share").value > 0`)
	early := Value[float64](tab, `document.querySelector("#share").value`)
	tab.Wait(`document.querySelector("#failed .w-fail") && document.querySelector("#failed .why").textContent.includes("expected")`)
	tab.Accessible("scenarios under way")

	tab.Do(chromedp.KeyEvent(kb.Tab))
	tab.Wait(`document.activeElement.id === "language" && getComputedStyle(document.activeElement).outlineStyle !== "none"`)
	tab.Do(chromedp.KeyEvent(kb.Enter))
	tab.Wait(`document.documentElement.lang === "ko" && document.querySelector("#failed .w-fail").textContent === "실패"`)
	tab.Accessible("scenarios under way in Korean")
	tab.Do(chromedp.Click(chromedp.CSS("#language")))

	result := r.end()
	tab.Wait(`document.querySelector("#headline").textContent === "` + headlines[result.Verdict] + `"`)
	if result.Verdict != reports.Fail || early >= 1 {
		t.Errorf("verdict %s, and %v of the scenarios had ended at first; want a failure that the page saw coming", result.Verdict, early)
	}
	if got := Value[[]string](tab, `[...document.querySelectorAll("#reasons li")].map((li) => li.textContent)`); strings.Join(got, "|") != strings.Join(result.Reasons, "|") {
		t.Errorf("the page says\n%q, the run file\n%q", got, result.Reasons)
	}
	tab.Accessible("the end")
	tab.Clean(r.page)
}

// small has eight keys in its only phase, and little to send on each.
const small = `name: small
title: Eight keys at once
api: "2.0"
keys: 8
limit: {scope: key, rate: 300, burst: 300}
rest: 500ms
missAfter: 1s
again: 0s
conforming: {sent: 0.5, lateP99: 1s, burst: 1000}
saturating: {sent: 0.5, lateP99: 1s}
phases:
  - {name: P4, role: conform, rate: 20, for: 10s}
`

// startSmall starts the load on eight keys and opens its page once it is under way. Where the machine, which draws the
// page at the same time, was too busy to show that it can judge a load, nothing is sent, and it is started anew.
func startSmall(t *testing.T, before ...chromedp.Action[chromedp.Void]) (*Tab, *run) {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(profile, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	const sending = `document.querySelectorAll("#loads tbody tr").length === 9 && document.querySelector("#loads p").textContent.includes("8 keys at 20 a second")`
	for range 3 {
		tab, r := Open(t), start(t, "load", profile)
		tab.Do(append(before, chromedp.Navigate(r.page))...)
		tab.Wait(sending + ` || document.querySelector("#headline").textContent === "` + headlines[reports.None] + `"`)
		if Value[bool](tab, sending) {
			return tab, r
		}
		t.Logf("nothing was sent: %s", r.end().Loads[0].Why)
	}
	t.Fatal("no load was sent")
	return nil, nil
}

// TestALoadUnderWay follows a load on eight keys to its end, whatever that is on the machine at hand.
func TestALoadUnderWay(t *testing.T) {
	tab, r := startSmall(t, chromedp.EmulateViewport(400, 800))
	tab.Wait(`document.querySelectorAll('#loads tbody path[d^="M0"]').length === 9`) // a second later each key has a line, and all together
	tab.Accessible("a load under way")
	if w := Value[int](tab, `document.documentElement.scrollWidth`); w > 400 {
		t.Errorf("the page is %d pixels wide in a window of 400", w)
	}
	facts := Value[string](tab, `document.querySelector("#loads dl").textContent`)
	for _, part := range []string{"phases", "certificate", "certainty"} {
		if !strings.Contains(facts, part) {
			t.Errorf("no %s in %q", part, facts)
		}
	}
	tab.Do(Print, chromedp.EmulateViewport(PaperWidth, 1000))
	tab.OnPaper("a load under way", "#language")
	if !Value[bool](tab, `[...document.querySelectorAll("h1, #loads h2, #loads td, #loads dd, #loads svg")].every(e => e.checkVisibility())`) {
		t.Error("something that the page says is not on paper")
	}
	result := r.end()
	tab.Wait(`document.querySelector("#headline").textContent === "` + headlines[result.Verdict] + `"`)
	tab.OnPaper("the end", "#language")
	if got, want := Value[string](tab, `document.querySelector("#loads p").textContent`), string(result.Loads[0].Verdict)+" "+result.Loads[0].Why; got != want {
		t.Errorf("the page says %q, the run file %q", got, want)
	}
	tab.Accessible("the end")
	tab.Clean(r.page)
}

// TestALostConnectionIsSaid kills the run, whose page then says that it is no news any more.
func TestALostConnectionIsSaid(t *testing.T) {
	tab, r := Open(t), start(t, "conform", "--parallel", "1")
	tab.Do(chromedp.Navigate(r.page))
	tab.Wait(`document.querySelector("#share").value > 0`)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait() // it was killed
	tab.Wait(`document.querySelector("#headline").textContent === "The connection is lost: this is the last that was seen"`)
}
