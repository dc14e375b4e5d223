//go:build e2e

package live_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestShots writes pictures for people to look at: make shots. Runs that are judged by their load are left alone until
// they have ended, as the browser takes the machine that sends it.
func TestShots(t *testing.T) {
	folder := Shots(t)
	for _, tt := range []struct {
		name, underWay string   // what shows that it is; empty: it is left alone
		args           []string // none: the small load
	}{
		{"scenarios", `document.querySelector("#failed .w-fail")`, []string{"conform", "--parallel", "1", "--target", "mutant:expiry-ignored"}},
		{"load", `document.querySelectorAll("#loads tbody path[d^=M0]").length === 9`, nil},
		{"keys-that-share", "", []string{"load", "per-key-300", "--target", "mutant:shared-limiter"}},
		{"prove", "", []string{"prove"}},
	} {
		tab, r := opened(t, tt.args)
		if tt.underWay != "" {
			tab.Wait(tt.underWay)
			shoot(tab, filepath.Join(folder, "live-"+tt.name+"-under-way"))
		}
		result := r.end()
		tab.Wait(`document.querySelector("#state").classList.length > 1`)
		shoot(tab, filepath.Join(folder, "live-"+tt.name+"-"+string(result.Verdict)))
	}
}

// opened starts a run, the small load without arguments, and opens its page.
func opened(t *testing.T, args []string) (*Tab, *run) {
	if args == nil {
		return startSmall(t)
	}
	tab, r := Open(t), start(t, args...)
	tab.Do(chromedp.Navigate(r.page))
	return tab, r
}

// shoot writes pictures in both languages, and leaves the page as it was.
func shoot(tab *Tab, begin string) {
	for _, lang := range []string{"en", "ko"} {
		tab.Wait(`document.documentElement.lang === "` + lang + `"`)
		tab.Everywhere(begin + "-" + lang)
		tab.Do(chromedp.Click(chromedp.CSS("#language")))
	}
}
