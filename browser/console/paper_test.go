//go:build e2e

package console_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestOnPaper: no page has anything to click or to fill in, all of it fits the paper, and nothing that it says is cut off.
func TestOnPaper(t *testing.T) {
	v := open(t)
	v.send("POST", "/console/api/api20/kms/v1/keys/tag/token-generator", "")
	v.send("POST", "/console/api/api20/kms/v1/keys/tag/acl", `{"ipList":["127.0.0.1","203.0.113.7"]}`)
	v.send("POST", "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
	v.Do(Print, chromedp.EmulateViewport(PaperWidth, 1000))
	for at, until := range map[string]string{
		"keys": "#create-key", "key/api20/tag/overview": "#rename", "key/api20/tag/auth": "#create-token", "key/api20/tag/versions": "#rotate",
		"key/api20/tag/activity": "main table", "load": ".meter", "journal": "main table td", "service": "#reset",
	} {
		v.page(at, fmt.Sprintf(`document.querySelector(%q)`, until))
		v.OnPaper(at, ".calls, header, .tabs, .settings")
		if !Value[bool](v.Tab, `[...document.querySelectorAll("main h1, main h2, main td, main dd")].every(e => e.checkVisibility())`) {
			t.Errorf("%s: something that it says is not on paper", at)
		}
	}
	v.clean()
}
