//go:build e2e

package console_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
)

// TestShots writes pictures for people to look at: make shots. They are of a server on which something was done, and of
// each step of the guide's chapter.
func TestShots(t *testing.T) {
	folder := Shots(t)
	for _, lang := range []string{"en", "ko"} {
		v := open(t, chromedp.Flag("accept-lang", lang))
		shoot := func(name string) { v.Everywhere(filepath.Join(folder, "console-"+name+"-"+lang)) }
		v.tab("auth", `document.querySelector("#enable-creator")`)
		shoot("guide-1-before")
		v.click("#enable-creator", `document.querySelector("#creator-id")`)
		shoot("guide-2-enabled")
		v.click("#create-token", theDialog)
		shoot("guide-3-create")
		v.click(submit, `document.querySelector("#access-token")`)
		shoot("guide-4-tokens")
		access := Value[string](v.Tab, `document.querySelector("#access-token").value`)
		v.act(submit, noDialog)
		v.try(access, "")
		shoot("guide-5-decoded")
		v.click("#replace-creator", theDialog)
		shoot("guide-6-replace")
		v.click("dialog button[type=button]", noDialog)
		for range 4 {
			v.send("POST", "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
		}
		v.send("POST", "/console/api/api20/kms/v1/keys/nowhere/encrypt", `{"plaintext":"aGVsbG8="}`)
		for _, p := range []struct{ name, at, until string }{
			{"keys", "keys", "#create-key"}, {"key", "key/api20/tag/overview", "#rename"}, {"versions", "key/api20/tag/versions", "#rotate"},
			{"activity", "key/api20/tag/activity", "main table"}, {"load", "load", ".meter"}, {"journal", "journal", ".badge.refused"}, {"server", "service", "#reset"},
		} {
			v.page(p.at, fmt.Sprintf(`document.querySelector(%q)`, p.until))
			shoot(p.name)
		}
	}
}
