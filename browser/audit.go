package browser

import (
	_ "embed"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed audit.js
var audit string

// Audit lists what keeps a reader from using the page as it is shown now: text of little contrast, what can be
// clicked or typed into and has no name, pictures without one, the same id twice, a heading that skips a level, a cell
// that only its colour tells from others.
func (tab *Tab) Audit() []string {
	tab.t.Helper()
	return Value[[]string](tab, audit)
}

// Accessible fails the test for each line of Audit, in light and in dark.
func (tab *Tab) Accessible(what string) {
	tab.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		tab.Do(Scheme(scheme))
		for _, line := range tab.Audit() {
			tab.t.Errorf("%s, %s: %s", what, scheme, line)
		}
	}
}

// Scheme makes the system's colours "light" or "dark".
func Scheme(name string) chromedp.Action[chromedp.Void] {
	return Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

// Wait waits until the expression holds, for 25 seconds at most, as a busy machine may need them. A failure shows
// what the page then says.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	shown := Value[string](tab, fmt.Sprintf(`new Promise((done) => { const from = Date.now(); const look = () => {
		if (%s) done(""); else if (Date.now() - from > 25000) done("..." + document.body.innerText); else setTimeout(look, 20); }; look(); })`, expression))
	if shown != "" {
		tab.t.Fatalf("in vain: %s\nthe page says\n%s", expression, shown)
	}
}
