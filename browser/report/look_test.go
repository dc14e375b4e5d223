//go:build e2e

package report_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestAPlotIsRead: under the pointer it says what its table has for that second, in the language of the page.
func TestAPlotIsRead(t *testing.T) {
	for lang, words := range map[string]struct{ browser, unit, offered string }{"en": {"en", " s: ", "offered "}, "auto": {"ko-KR", "초: ", "초당 보낸 요청 "}} {
		t.Run(lang, func(t *testing.T) {
			tab, at := Open(t, chromedp.Flag("accept-lang", words.browser)), page(t, sample(t, "mixed"), lang)
			readAPlot(t, tab, at, words.unit, words.offered)
		})
	}
}

func readAPlot(t *testing.T, tab *Tab, at, unit, offered string) {
	t.Helper()
	tab.Do(chromedp.Navigate(at))
	const figure = `(() => { const f = document.querySelector(".wide"); f.scrollIntoView(); const b = f.querySelector("svg").getBoundingClientRect(); return [b.left + b.width * %s, b.top + b.height / 2]; })()`
	over := Value[[]float64](tab, fmt.Sprintf(figure, "0.4"))
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, over[0], over[1]))
	said := Value[string](tab, `document.querySelector(".wide .reading")?.textContent ?? ""`)
	second, rest, _ := strings.Cut(said, unit)
	row := Value[string](tab, fmt.Sprintf(`[...[...document.querySelectorAll(".wide .numbers tbody tr")].find(r => r.cells[0].textContent === "%s")?.cells ?? []].map(c => c.textContent).join()`, second))
	cells := strings.Split(row, ",")
	if len(cells) < 5 || !strings.Contains(rest, offered+cells[1]) {
		t.Errorf("the plot says %q, its table %q", said, row)
	}
	aside := Value[[]float64](tab, fmt.Sprintf(figure, "0.001"))
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, aside[0], aside[1]))
	if Value[bool](tab, `document.querySelector(".reading") !== null`) {
		t.Error("beside the drawing area the plot still says something")
	}
	tab.Clean(at)
}

// TestOnPaper: what passed is counted, what did not is told.
func TestOnPaper(t *testing.T) {
	tab, at := Open(t), page(t, sample(t, "mixed"), "en")
	tab.Do(chromedp.Navigate(at), Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	for _, tt := range []struct {
		selector string
		shown    bool
	}{
		{"#s2", true}, {".area .rule:not(.kept)", true}, {".rule.kept", false}, {"#matrix table", false}, {"nav", false}, {".numbers", false}, {".area summary", true},
	} {
		tab.Wait(fmt.Sprintf(`document.querySelector(%q).checkVisibility({contentVisibilityAuto: true}) === %v`, tt.selector, tt.shown)) // a frame later at most
	}
}

// TestShots writes pictures for people to look at: make shots.
func TestShots(t *testing.T) {
	folder := Shots(t)
	pages := map[string]string{}
	for _, lang := range []string{"en", "ko"} {
		for _, name := range []string{"pass", "mixed"} {
			pages[name+"-"+lang] = page(t, sample(t, name), lang)
		}
		pages["compare-"+lang] = sides(t, sample(t, "pass"), sample(t, "mixed"), lang)
	}
	for name, at := range pages {
		tab := Open(t)
		tab.Do(chromedp.Navigate(at))
		tab.Everywhere(filepath.Join(folder, name))
		tab.Paper(filepath.Join(folder, name+"-paper.png"))
	}
}
