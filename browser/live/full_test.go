//go:build e2e

package live_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestAPageTooManySaysSo: it was refused, which is no connection that is lost.
func TestAPageTooManySaysSo(t *testing.T) {
	r := start(t, "conform", "--parallel", "1")
	events, err := url.JoinPath(r.page, "events")
	if err != nil {
		t.Fatal(err)
	}
	for range 16 {
		answer, err := http.Get(events)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
	}
	tab := Open(t)
	tab.Do(chromedp.Navigate(r.page))
	tab.Wait(`document.querySelector("#headline").textContent.includes("at most 16 pages")`)
	tab.Do(chromedp.Click(chromedp.CSS("#language")))
	tab.Wait(`document.querySelector("#headline").textContent.includes("최대 16개 페이지")`)
}
