//go:build e2e

package console_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// background is the colour of the page.
const background = `getComputedStyle(document.body).backgroundColor`

func TestBothLanguages(t *testing.T) {
	v := open(t, chromedp.Flag("accept-lang", "ko"))
	if got := v.Text("h1"); got != "키" {
		t.Errorf("a Korean browser reads %q", got)
	}
	v.choose("#language", "en", `document.querySelector("h1")?.textContent === "Keys" && document.documentElement.lang === "en"`)
	v.choose("#language", "ko", `document.querySelector("h1")?.textContent === "키" && document.documentElement.lang === "ko"`)
	if got := v.Text("footer"); !strings.HasPrefix(got, "테스트용 기준 서버입니다.") {
		t.Errorf("below it says %q in Korean", got)
	}
	v.Do(chromedp.Navigate(v.home()))
	v.Wait(`document.querySelector("#create-key")?.textContent === "키 생성"`)
	v.clean()
}

// TestTheAddressMayNameALanguage, until somebody chooses another.
func TestTheAddressMayNameALanguage(t *testing.T) {
	v := open(t)
	at := v.home() + "console/?lang=ko"
	v.Do(chromedp.Navigate(at))
	v.Wait(`document.querySelector("#create-key")?.textContent === "키 생성"`)
	v.choose("#language", "en", `document.querySelector("#create-key")?.textContent === "Create key"`)
	v.Do(chromedp.Navigate(at))
	v.Wait(`document.querySelector("#create-key")?.textContent === "Create key"`)
	v.clean()
}

// TestColours: as the system, or as chosen, which the browser keeps.
func TestColours(t *testing.T) {
	v := open(t)
	v.Do(Scheme("light"))
	light := Value[string](v.Tab, background)
	v.Do(Scheme("dark"))
	dark := Value[string](v.Tab, background)
	if dark == light {
		t.Fatalf("light and dark are both %s", dark)
	}
	v.choose("#theme", "light", background+` === "`+light+`"`)
	v.Do(chromedp.Navigate(v.home()))
	v.Wait(`document.querySelector("#create-key") && ` + background + ` === "` + light + `"`)
	v.choose("#theme", "", background+` === "`+dark+`"`)
	v.clean()
}

// reach goes from stop to stop by Tab until one matches.
func (v *visit) reach(what string) {
	v.t.Helper()
	for range 60 {
		v.Do(chromedp.KeyEvent(kb.Tab))
		if Value[bool](v.Tab, fmt.Sprintf(`document.activeElement.matches(%q)`, what)) {
			if !Value[bool](v.Tab, `getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
				v.t.Errorf("nobody sees the focus on %s", what)
			}
			return
		}
	}
	v.t.Fatalf("Tab does not reach %s", what)
}

// TestKeyboardAlone creates a key, renames it and enables its token creator without a mouse. The focus is
// never lost: after a dialog it is on the button that opened it, on a new page before what the page says.
func TestKeyboardAlone(t *testing.T) {
	v := open(t)
	press := func(key, until string) {
		t.Helper()
		v.Do(chromedp.KeyEvent(key))
		v.Wait(until)
	}
	focused := func(what string) string { return fmt.Sprintf(`document.activeElement.matches(%q)`, what) }

	v.reach("#create-key")
	press(kb.Enter, theDialog)
	press(kb.Escape, noDialog+" && "+focused("#create-key"))
	press(kb.Enter, theDialog+" && "+focused("[name=name]"))
	v.Do(chromedp.KeyEvent("by-keyboard"))
	press(kb.Enter, `document.querySelector("h1")?.textContent.includes("by-keyboard") && `+focused("main"))

	v.reach("#rename")
	press(kb.Enter, theDialog+" && "+focused("[name=value]"))
	v.Do(chromedp.KeyEvent(kb.End), chromedp.KeyEvent("2"))
	press(kb.Enter, noDialog+" && "+focused("#rename"))
	v.reach(`a[href$="/auth"]`)
	press(kb.Enter, `document.querySelector("#enable-creator") && `+focused("main"))
	v.reach("#enable-creator")
	press(kb.Enter, `document.querySelector("#creator-id")`)
	v.did(string(kms.EnableCreator), 200)
	v.clean()
}

// TestNobodyIsShutOut audits every page, and the dialogs.
func TestNobodyIsShutOut(t *testing.T) {
	for _, lang := range []string{"en", "ko"} {
		v := open(t, chromedp.Flag("accept-lang", lang))
		v.send("POST", "/console/api/api20/kms/v1/keys/tag/token-generator", "")
		v.send("POST", "/console/api/api20/kms/v1/keys/tag/acl", `{"ipList":["127.0.0.1"]}`)
		v.send("POST", "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
		v.send("POST", "/console/api/api20/kms/v1/keys/nowhere/encrypt", `{"plaintext":"aGVsbG8="}`)
		v.Do(chromedp.EmulateViewport(400, 800))
		for at, until := range map[string]string{
			"keys": "#create-key", "key/api20/tag/overview": "#rename", "key/api20/tag/auth": "#create-token", "key/api20/tag/versions": "#rotate",
			"key/api20/tag/activity": "main table", "load": ".meter", "journal": ".badge.refused", "service": "#reset",
		} {
			v.page(at, fmt.Sprintf(`document.querySelector(%q)`, until))
			v.Accessible(lang + " " + at)
			if w := Value[int](v.Tab, `document.documentElement.scrollWidth`); w > 400 {
				t.Errorf("%s in %s is %d pixels wide in a window of 400", at, lang, w)
			}
		}
		v.page("key/api20/tag/auth", `document.querySelector("#create-token")`)
		for _, button := range []string{"#replace-creator", "#create-token"} {
			v.click(button, theDialog)
			v.Accessible(lang + " " + button)
			v.click("dialog button[type=button]", noDialog)
		}
		v.clean()
	}
}
