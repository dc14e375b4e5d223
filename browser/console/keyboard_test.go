//go:build e2e

package console_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// press presses keys, and then waits until the expression holds.
func (v *visit) press(until string, keys ...string) {
	v.t.Helper()
	for _, key := range keys {
		v.Do(chromedp.KeyEvent(key))
	}
	v.Wait(until)
}

// on is press on a part that Tab reaches. The focus is somewhere in the page afterwards.
func (v *visit) on(part, until string, keys ...string) {
	v.t.Helper()
	v.reach(part)
	v.press(until, keys...)
	v.Wait(`document.activeElement && document.activeElement !== document.body`)
}

// lives are the hours of a token, by its claims.
func lives(t *testing.T, token string) int {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no token", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Iat, Exp int }
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	return (claims.Exp - claims.Iat) / 3600
}

// TestTheGuideWithTheKeyboardAlone goes through the chapter "Set up authentication" of the vendor's guide by Tab, Enter,
// Space, arrows and letters, and asks the API after each step.
func TestTheGuideWithTheKeyboardAlone(t *testing.T) {
	v := open(t)
	v.on(`a[href*="/key/api20/tag"]`, `document.querySelector("#rename") && document.activeElement.matches("main")`, kb.Enter)
	v.on(`a[href$="/auth"]`, `document.querySelector("#enable-creator") && document.activeElement.matches("main")`, kb.Enter)

	v.on("#enable-creator", `document.querySelector("#creator-id")`, " ")
	first, status := v.creator()
	if status != "ACTIVE" {
		t.Errorf("the API says that the creator is %s", status)
	}

	v.on("#create-token", theDialog+` && document.activeElement.matches("[name=refresh]")`, kb.Enter)
	v.press(`document.querySelector("[name=refresh]").value === "12"`, "1", "2")
	v.reach("[name=access]")
	v.press(`document.querySelector("[name=access]").value === "3"`, kb.ArrowUp, kb.ArrowUp, kb.ArrowUp)
	v.press(`document.querySelector("#access-token")`, kb.Enter)
	access, refresh := Value[string](v.Tab, `document.querySelector("#access-token").value`), Value[string](v.Tab, `document.querySelector("#refresh-token").value`)
	if a, r := lives(t, access), lives(t, refresh); a != 3 || r != 12 {
		t.Errorf("the tokens live for %d and %d hours, want 3 and 12", a, r)
	}
	v.reach("div:has(> .field > #access-token) summary")
	v.press(`document.querySelector("div:has(> .field > #access-token) details").open`, " ")
	v.reach(submit)
	v.press(noDialog+` && document.activeElement.matches("#create-token")`, " ")
	if got := v.ask("GET", "/tag/token-generator")["issuedTokenCount"]; got != 2.0 {
		t.Errorf("the API counts %v tokens, want the set", got)
	}

	v.reach("#enable-acl")
	v.press(theDialog, kb.Enter)
	v.reach(submit)
	v.press(noDialog+` && document.querySelector("#disable-acl") && document.activeElement.matches("main")`, " ") // its button is gone
	v.on("#new-address", `document.querySelector("[aria-label='Delete 127.0.0.1']")`, "127.0.0.1", kb.Enter)
	if got := v.listed(); got != "true[127.0.0.1]" && got != "true [127.0.0.1]" {
		t.Errorf("the API lists %s", got)
	}
	v.on("[aria-label='Delete 127.0.0.1']", `!document.querySelector("[aria-label='Delete 127.0.0.1']")`, " ")
	if got := v.listed(); got != "true[]" && got != "true []" {
		t.Errorf("the API lists %s after the deletion", got)
	}

	v.reach("#replace-creator")
	v.press(theDialog+` && document.activeElement.matches("[name=word]")`, kb.Enter)
	v.press(fmt.Sprintf(`%s && document.querySelector("#creator-id")?.textContent !== %q`, noDialog, first), "orders", kb.Enter)
	if id, status := v.creator(); id == first || status != "ACTIVE" {
		t.Errorf("the API says %s, %s; want another creator than %s", id, status, first)
	}
	v.reach("#disable-creator")
	v.press(theDialog, kb.Enter)
	v.press(noDialog+` && document.querySelector("#enable-creator")`, "orders", kb.Enter)
	if _, status := v.creator(); status != "INACTIVE" {
		t.Errorf("the API says that the creator is %s after it was disabled", status)
	}
	v.did(string(kms.DisableCreator), 200)
	v.clean()
}
