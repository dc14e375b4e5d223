//go:build e2e

package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reports"
)

func TestEveryPageIsQuiet(t *testing.T) {
	runs := map[string]*reports.Run{"largest": largest(t)}
	for _, name := range []string{"pass", "mixed", "nothing", "hostile"} {
		runs[name] = sample(t, name)
	}
	for name, r := range runs {
		t.Run(name, func(t *testing.T) {
			tab, at := Open(t), page(t, r, "auto")
			tab.Do(chromedp.Navigate(at + "#s2"))
			if n := Value[int](tab, `document.querySelectorAll("img, iframe, script:not(:last-of-type)").length`); n > 0 {
				t.Errorf("%d elements came from text", n)
			}
			if len(r.Scenarios) > 1 && !Value[bool](tab, `document.getElementById("s2").checkVisibility()`) {
				t.Error("the link to a scenario did not open it")
			}
			tab.Clean(at)
		})
	}
}

// TestThisTestCanFail shows it a page that does what ours must not.
func TestThisTestCanFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.html")
	bad := `<!doctype html><img src="http://127.0.0.1:9/x.png"><script>console.error("oh"); nothing()</script>`
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := Open(t)
	tab.Do(chromedp.Navigate("file://" + path))
	if len(tab.Said()) < 2 || len(tab.Asked()) < 2 {
		t.Errorf("said %q, asked %q: the error, the exception or the request went unseen", tab.Said(), tab.Asked())
	}
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

const lines = `[...document.querySelectorAll("li[data-o]")].filter(e => e.checkVisibility()).length`

func TestFilters(t *testing.T) {
	r := sample(t, "mixed")
	r.Scenarios[4].Level = reports.Inferred
	tab, at := Open(t), page(t, r, "en")
	tab.Do(chromedp.Navigate(at))
	status := func() string { return Value[string](tab, `document.querySelector("#filter output").textContent`) }
	before := Value[int](tab, lines)
	for _, tt := range []struct {
		name  string
		do    chromedp.Action[chromedp.Void]
		shown int
		says  string
	}{
		{"failures", click(`#filter button[data-o=fail]`), 4, "4 of 12 lines shown"},
		{"and warnings", click(`#filter button[data-o=warn]`), 5, "5 of 12 lines shown"},
		{"with a word", chromedp.SendKeys(chromedp.CSS(`#filter input`), "very second"), 1, "1 of 12 lines shown"},
		{"that is nowhere", chromedp.SendKeys(chromedp.CSS(`#filter input`), " xyzzy"), 0, "0 of 12 lines shown"},
		{"cleared", chromedp.SendKeys(chromedp.CSS(`#filter input`), kb.Escape), before, ""},
		{"an area", chromedp.SendKeys(chromedp.CSS(`#filter [name=area]`), "API"), 2, "2 of 12 lines shown"},
		{"all of them", click(`#filter .clear`), before, ""},
		{"a level", chromedp.SendKeys(chromedp.CSS(`#filter [name=level]`), "INFERRED"), 1, "1 of 12 lines shown"},
		{"all again", click(`#filter .clear`), before, ""},
	} {
		tab.Do(tt.do)
		if got := Value[int](tab, lines); got != tt.shown || status() != tt.says {
			t.Errorf("%s: %d lines and %q, want %d and %q", tt.name, got, status(), tt.shown, tt.says)
		}
	}
	tab.Clean(at)
}

func TestAFailureTellsAll(t *testing.T) {
	tab, at := Open(t), page(t, sample(t, "mixed"), "en")
	tab.Do(chromedp.Navigate(at), click(`.grave a`))
	tab.Allow("clipboard-read")
	told := Value[string](tab, `document.getElementById("s2").innerText`)
	for _, want := range []string{"An access token opens no cipher call after its end.", "KMS2-TOK-014", "a refusal with status 401", "status 200 with a ciphertext", "connection reset", "curl -sS -X POST", "$TOKEN"} {
		if !strings.Contains(told, want) {
			t.Errorf("the failure does not tell %q", want)
		}
	}
	tab.Do(click(`#s2 .exchange[open] .copy`), chromedp.WaitReady(`//button[text()="Copied"]`))
	copied := Value[string](tab, `navigator.clipboard.readText()`)
	if shown := Value[string](tab, `document.querySelector("#s2 .exchange[open] .curl").textContent`); copied != shown || copied == "" {
		t.Errorf("copied %q, want %q", copied, shown)
	}
	tab.Clean(at)
}

func TestLightAndDark(t *testing.T) {
	tab, at := Open(t), page(t, sample(t, "mixed"), "en")
	light := func() bool {
		return Value[string](tab, `getComputedStyle(document.body).backgroundColor`) == "rgb(255, 255, 255)"
	}
	for _, tt := range []struct {
		name string
		do   chromedp.Action[chromedp.Void]
		want bool
	}{
		{"as the system, light", Scheme("light"), true},
		{"as the system, dark", Scheme("dark"), false},
		{"switched to light", click("#theme"), true},
		{"and back", click("#theme"), false},
		{"on paper", Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}), true},
	} {
		if tt.name == "as the system, light" {
			tab.Do(chromedp.Navigate(at))
		}
		tab.Do(tt.do)
		if tt.name != "on paper" { // the button follows a frame later at most
			tab.Wait(fmt.Sprintf(`document.getElementById("theme").ariaPressed === "%v"`, !tt.want))
		}
		if light() != tt.want {
			t.Errorf("%s: the page is light: %v", tt.name, !tt.want)
		}
	}
	tab.Clean(at)
}

var hangul = regexp.MustCompile(`\p{Hangul}`)

// visible is the text that shows, without the names of the languages on their switch.
const visible = `(document.getElementById("language").hidden = true, document.body.innerText)`

func TestBothLanguages(t *testing.T) {
	r := sample(t, "mixed")
	for _, tt := range []struct {
		lang, browser, want string
	}{
		{"auto", "en", "en"}, {"auto", "ko-KR", "ko"}, {"auto", "fr,ko", "en"}, {"en", "ko", "en"}, {"ko", "en", "ko"},
	} {
		t.Run(tt.lang+" in "+tt.browser, func(t *testing.T) {
			tab, at := Open(t, chromedp.Flag("accept-lang", tt.browser)), page(t, r, tt.lang)
			tab.Do(chromedp.Navigate(at))
			check(t, tab, tt.want)
			Value[bool](tab, `document.getElementById("language").hidden = false`)
			tab.Do(click("#language"))
			check(t, tab, map[string]string{"en": "ko", "ko": "en"}[tt.want])
			tab.Clean(at)
		})
	}
}

func check(t *testing.T, tab *Tab, lang string) {
	t.Helper()
	if got := Value[string](tab, `document.documentElement.lang`); got != lang {
		t.Fatalf("the page is in %q, want %q", got, lang)
	}
	Value[bool](tab, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
	text := Value[string](tab, visible) + Value[string](tab, `[...document.querySelectorAll("[aria-label],[placeholder]")].map(e => e.ariaLabel + e.placeholder).join() + document.querySelector("svg title").textContent`)
	if (lang == "ko") != hangul.MatchString(text) {
		t.Errorf("in %s the page shows %.200q", lang, text)
	}
	if lang == "ko" {
		for _, english := range Value[[]string](tab, inEnglish) {
			t.Errorf("in Korean the page says %q", english)
		}
	}
}

// inEnglish are what the page itself has as a word in English, and shows outside of what is marked as English or is code.
const inEnglish = `(() => {
	const english = new Set(), found = [];
	for (const e of document.querySelectorAll(".en + .ko")) if (e.textContent !== e.previousSibling.textContent) english.add(e.previousSibling.textContent.trim());
	for (const e of document.querySelectorAll("[data-en]")) if (e.dataset.en !== e.dataset.ko) english.add(e.dataset.en.trim());
	const ours = e => !e.closest("[lang=en], code, pre, script, style") && e.checkVisibility();
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) if (english.has(texts.currentNode.data.trim()) && ours(texts.currentNode.parentElement)) found.push(texts.currentNode.data.trim());
	for (const e of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
		for (const name of ["aria-label", "placeholder", "title"]) if (english.has(e.getAttribute(name)) && ours(e)) found.push(name + ": " + e.getAttribute(name));
	}
	return [...new Set(found), ...(english.size < 50 ? ["only " + english.size + " words were found"] : [])];
})()`

// TestTheKeyboardIsEnough walks the page by Tab: everything that it stops at shows that it has the focus.
func TestTheKeyboardIsEnough(t *testing.T) {
	tab, at := Open(t), page(t, sample(t, "mixed"), "en")
	tab.Do(chromedp.Navigate(at), chromedp.KeyEvent(kb.Tab))
	if got := focused(tab, "className"); got != "skip" {
		t.Errorf("the first stop is %q, want the link past the head", got)
	}
	tab.Do(chromedp.KeyEvent(kb.Enter))
	if got := focused(tab, "id"); got != "main" {
		t.Errorf("the link leads to %q, want the results", got)
	}
	reached := map[string]bool{}
	for range 200 {
		tab.Do(chromedp.KeyEvent(kb.Tab))
		if !Value[bool](tab, `getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement === document.body`) {
			t.Fatalf("nobody sees the focus on %s", focused(tab, "outerHTML.slice(0, 120)"))
		}
		if focused(tab, "dataset.o") == "fail" && !reached["filter"] {
			reached["filter"] = true
			tab.Do(chromedp.KeyEvent(" "))
			if got := Value[int](tab, lines); got != 4 {
				t.Errorf("the space bar on the filter shows %d lines, want 4", got)
			}
		}
		if Value[bool](tab, `document.activeElement.matches(".rule summary") && document.activeElement.parentElement.classList.contains("bad")`) && !reached["failure"] {
			reached["failure"] = true
			tab.Do(chromedp.KeyEvent(kb.Enter))
			if !Value[bool](tab, `document.activeElement.parentElement.open`) {
				t.Error("Enter does not open a failure")
			}
		}
		if focused(tab, "className") == "copy" {
			reached["copy"] = true
			break
		}
	}
	if len(reached) != 3 {
		t.Errorf("by keyboard one gets to %v only", reached)
	}
	tab.Clean(at)
}

func focused(tab *Tab, what string) string {
	return Value[string](tab, `String(document.activeElement.`+what+`)`)
}

// TestNobodyIsShutOut audits the page with everything open.
func TestNobodyIsShutOut(t *testing.T) {
	for _, tt := range []struct{ name, lang string }{{"pass", "en"}, {"mixed", "en"}, {"mixed", "ko"}, {"nothing", "en"}} {
		tab, at := Open(t), page(t, sample(t, tt.name), tt.lang)
		tab.Do(chromedp.Navigate(at))
		Value[int](tab, `[...document.querySelectorAll("details")].map(d => d.open = true).length`)
		tab.Accessible(tt.name + " in " + tt.lang)
	}
}

func TestItReadsWithoutScript(t *testing.T) {
	tab, at := Open(t), page(t, sample(t, "mixed"), "ko")
	tab.Do(Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(at))
	tab.Do(chromedp.WaitNotVisible(chromedp.CSS("#filter")), chromedp.WaitNotVisible(chromedp.CSS("#look")),
		click(`.rule details.bad > summary`), chromedp.WaitVisible(chromedp.CSS(`#s2`)))
	if !strings.Contains(tab.Text("body"), "먼저 볼 것") {
		t.Error("the page is not in the language that was asked for")
	}
	tab.Clean(at)
}

func TestNoPageIsWiderThanItsWindow(t *testing.T) {
	for _, name := range []string{"pass", "mixed"} {
		for _, lang := range []string{"en", "ko"} {
			tab, at := Open(t), page(t, sample(t, name), lang)
			tab.Do(chromedp.EmulateViewport(400, 800), chromedp.Navigate(at))
			if w := Value[int](tab, `document.documentElement.scrollWidth`); w > 400 {
				t.Errorf("%s in %s is %d pixels wide in a window of 400", name, lang, w)
			}
		}
	}
}

// TestALargeRunOpensAsFastAsAPlainTable compares with a table of a quarter of its bytes, for how long either takes is the
// machine's affair: that table takes a second or less on one that does nothing else.
func TestALargeRunOpensAsFastAsAPlainTable(t *testing.T) {
	r := largest(t)
	at := page(t, r, "auto")
	info, err := os.Stat(strings.TrimPrefix(at, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= 2_000_000 {
		t.Errorf("%d bytes, want less than 2 MB", info.Size())
	}
	plain := filepath.Join(t.TempDir(), "plain.html")
	if err := os.WriteFile(plain, plainTable(int(info.Size()/4)), 0o600); err != nil {
		t.Fatal(err)
	}
	var ratios []float64
	for range 3 {
		ours, theirs := painted(t, at), painted(t, "file://"+plain)
		t.Logf("painted after %.0f ms, a plain table of a quarter of its bytes after %.0f ms", ours, theirs)
		ratios = append(ratios, ours/theirs)
	}
	slices.Sort(ratios)
	if got := ratios[len(ratios)/2]; got >= 1 {
		t.Errorf("it takes %.2f times as long to open as a plain table of a quarter of its bytes", got)
	}
}

// painted returns after how many milliseconds a page was first drawn.
func painted(t *testing.T, at string) float64 {
	t.Helper()
	tab := Open(t)
	tab.Do(chromedp.Navigate(at))
	return Value[float64](tab, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))`)
}

// plainTable returns a page of about so many bytes that is nothing but a table.
func plainTable(size int) []byte {
	b := []byte("<!doctype html><meta charset=utf-8><title>t</title><table>\n")
	for i := 0; len(b) < size; i++ {
		b = fmt.Appendf(b, "<tr><td>%d<td>the key of a scenario is disabled<td>pass<td>%d ms\n", i, i%97)
	}
	return b
}
