//go:build e2e

package report_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
)

func TestTheComparison(t *testing.T) {
	tab, at := Open(t, chromedp.Flag("accept-lang", "ko")), sides(t, sample(t, "pass"), sample(t, "mixed"), "auto")
	tab.Do(chromedp.EmulateViewport(400, 800), chromedp.Navigate(at))
	if w := Value[int](tab, `document.documentElement.scrollWidth`); w > 400 {
		t.Errorf("%d pixels wide in a window of 400", w)
	}
	if text := Value[string](tab, `document.body.innerText`); !strings.Contains(text, "악화") || strings.Contains(text, "Regressed") || strings.Contains(text, "differs:") {
		t.Error("the comparison does not follow the browser's language")
	}
	Value[int](tab, `[...document.querySelectorAll("details")].map(d => d.open = true).length`)
	tab.Accessible("the comparison in Korean")
	tab.Clean(at)
}

// TestTheComparisonByKeyboard follows each of its links: past the head, and to each part.
func TestTheComparisonByKeyboard(t *testing.T) {
	tab, at := Open(t), sides(t, sample(t, "pass"), sample(t, "mixed"), "en")
	tab.Do(chromedp.Navigate(at), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	if got := focused(tab, "id"); got != "main" {
		t.Errorf("the first link leads to %q, want the results", got)
	}
	tab.Do(chromedp.Navigate(at))
	followed := map[string]bool{}
	for range 30 {
		tab.Do(chromedp.KeyEvent(kb.Tab))
		if !Value[bool](tab, `getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement === document.body`) {
			t.Fatalf("nobody sees the focus on %s", focused(tab, "outerHTML.slice(0, 120)"))
		}
		if href := focused(tab, "hash ?? ''"); strings.HasPrefix(href, "#") && href != "#main" {
			followed[href] = Value[bool](tab, `document.querySelector(document.activeElement.hash) !== null`)
		}
	}
	for _, part := range []string{"#unlike", "#regression", "#changed", "#outcomes", "#load-1"} {
		if !followed[part] {
			t.Errorf("no link leads to %s: %v", part, followed)
		}
	}
	tab.Clean(at)
}
