//go:build e2e

package live_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestShots writes pictures for people to look at: make shots. Runs that are judged by their load are left alone until
// they have ended, as the browser takes the machine that sends it.
func TestShots(t *testing.T) {
	folder := Shots(t)
	profile := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(profile, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, underWay string // what shows that it is; empty: it is left alone
		args           []string
	}{
		{"scenarios", `document.querySelector("#failed .w-fail")`, []string{"conform", "--parallel", "1", "--target", "mutant:expiry-ignored"}},
		{"load", `document.querySelectorAll("#loads tbody path[d^=M0]").length === 9`, []string{"load", profile}},
		{"keys-that-share", "", []string{"load", "per-key-300", "--target", "mutant:shared-limiter"}},
		{"prove", "", []string{"prove"}},
	} {
		tab, r := Open(t), start(t, tt.args...)
		tab.Do(chromedp.Navigate(r.page))
		if tt.underWay != "" {
			tab.Wait(tt.underWay)
			shoot(tab, filepath.Join(folder, "live-"+tt.name+"-under-way"))
		}
		result := r.end()
		tab.Wait(`document.querySelector("#state").classList.length > 1`)
		shoot(tab, filepath.Join(folder, "live-"+tt.name+"-"+string(result.Verdict)))
	}
}

// shoot writes pictures in both languages, and leaves the page as it was.
func shoot(tab *Tab, begin string) {
	for _, lang := range []string{"en", "ko"} {
		tab.Wait(`document.documentElement.lang === "` + lang + `"`)
		tab.Everywhere(begin + "-" + lang)
		tab.Do(chromedp.Click(chromedp.CSS("#language")))
	}
}
