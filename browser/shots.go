package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Shots is the folder that pictures of the pages are written into, for people to look at. The test is skipped where
// none is asked for, by the variable SHOTS.
func Shots(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("SHOTS")
	if folder == "" {
		t.Skip("SHOTS names no folder for pictures")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Shoot writes a picture of the whole page, as wide as that, in light or dark.
func (tab *Tab) Shoot(file string, width int64, scheme string) {
	tab.t.Helper()
	tab.Do(chromedp.EmulateViewport(width, 900), Scheme(scheme))
	png := Result(tab, chromedp.FullScreenshot(100))
	if err := os.WriteFile(file, png, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}

// Everywhere writes pictures of the page in light and dark, wide and narrow. Their names begin with that.
func (tab *Tab) Everywhere(begin string) {
	tab.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 400} {
			tab.Shoot(fmt.Sprintf("%s-%s-%d.png", begin, scheme, width), width, scheme)
		}
	}
}

// Paper writes a picture of the page as it is printed.
func (tab *Tab) Paper(file string) {
	tab.t.Helper()
	tab.Do(Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}), chromedp.EmulateViewport(760, 1075))
	if err := os.WriteFile(filepath.Clean(file), Result(tab, chromedp.FullScreenshot(100)), 0o644); err != nil {
		tab.t.Fatal(err)
	}
}
