package browser

import (
	"fmt"

	"github.com/chromedp/cdproto/emulation"
)

// Print has a page look as it does on paper.
var Print = Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})

// PaperWidth is what A4 leaves between margins of a centimetre, in CSS pixels.
const PaperWidth = 718

// OnPaper fails the test where the printed page has controls or what else a selector finds, where it is wider than the
// paper, or where text is cut off at the end of its box.
func (tab *Tab) OnPaper(name, hidden string) {
	tab.t.Helper()
	left := Value[string](tab, fmt.Sprintf(`[...document.querySelectorAll("button, select, textarea, [type=search], [type=checkbox], .skip, " + %q)].filter(e => e.checkVisibility()).map(e => e.id || e.className || e.tagName).join()`, hidden))
	if left != "" {
		tab.t.Errorf("%s: on paper there is %s", name, left)
	}
	if w := Value[int](tab, `document.documentElement.scrollWidth`); w > PaperWidth {
		tab.t.Errorf("%s: on paper it is %d pixels wide, and the paper %d", name, w, PaperWidth)
	}
	cut := Value[string](tab, `[...document.querySelectorAll("body *")].filter(e => getComputedStyle(e).overflowX !== "visible" && e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1).map(e => e.id || e.className || e.tagName).join()`)
	if cut != "" {
		tab.t.Errorf("%s: on paper %s is cut off", name, cut)
	}
}
