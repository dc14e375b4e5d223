//go:build e2e

package console_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
)

// TestTheGuidesFlows goes through the chapter "Set up authentication" of the vendor's guide.
func TestTheGuidesFlows(t *testing.T) {
	v := open(t)
	v.tab("auth", `document.querySelector("#enable-creator")`)
	v.click("#enable-creator", `document.querySelector("#creator-id")`)
	first := v.Text("#creator-id")

	v.click("#create-token", theDialog)
	v.fill("[name=access]", "3")
	v.click(submit, `document.querySelector("#access-token")`)
	access, refresh := Value[string](v.Tab, `document.querySelector("#access-token").value`), Value[string](v.Tab, `document.querySelector("#refresh-token").value`)
	if strings.Count(access, ".") != 2 || strings.Count(refresh, ".") != 2 || access == refresh {
		t.Fatal("the dialog shows no two tokens")
	}
	v.click(submit, noDialog+` && document.querySelector("main").textContent.includes("Tokens issued2")`)
	if Value[bool](v.Tab, fmt.Sprintf(`document.documentElement.outerHTML.includes(%q)`, access)) {
		t.Error("the page still has the token after its dialog closed")
	}

	try := func(token, want string) {
		t.Helper()
		v.fill("#token", token)
		v.click("#try-token", `document.querySelector("#tried")`)
		if got := v.Text("#tried"); !strings.Contains(got, want) {
			t.Errorf("trying the token: %q, want %q", got, want)
		}
	}
	v.fill("#token", access)
	if got := v.Text("#decoded"); !strings.Contains(got, "ACCESS") || !strings.Contains(got, "this key") || !strings.Contains(got, "in 3 hours") {
		t.Errorf("decoded: %s", got)
	}
	try(access, "accepts")
	try(refresh, "accepts")

	v.click("#enable-acl", theDialog)
	if got := v.Text("dialog .caution"); !strings.Contains(got, "every address is denied") {
		t.Errorf("the caution says %q", got)
	}
	v.click(submit, `document.querySelector("#disable-acl")`)
	try(access, "403")
	if Value[string](v.Tab, `document.querySelector("#token").value`) != access {
		t.Error("an action on the page took the pasted token away")
	}
	v.fill("#new-address", "127.0.0.1")
	v.click("#add-address", `document.querySelector("[aria-label='Delete 127.0.0.1']")`)
	try(access, "accepts")
	v.click("[aria-label='Delete 127.0.0.1']", `!document.querySelector("[aria-label='Delete 127.0.0.1']")`)
	try(access, "403")
	v.click("#disable-acl", `document.querySelector("#enable-acl")`)

	v.click("#replace-creator", theDialog)
	v.fill("[name=word]", "wrong")
	v.Do(chromedp.Click(chromedp.CSS(submit)))
	if Value[bool](v.Tab, noDialog) {
		t.Error("the creator was replaced although the name was not typed")
	}
	v.fill("[name=word]", "orders")
	v.click(submit, fmt.Sprintf(`!document.querySelector("dialog") && document.querySelector("#creator-id")?.textContent !== %q`, first))
	try(access, "401")
	v.click("#disable-creator", theDialog)
	v.fill("[name=word]", "orders")
	v.click(submit, `document.querySelector("#enable-creator")`)
	if said := strings.Join(logged(v), " "); strings.Contains(said, access) {
		t.Error("the journal has a token")
	}
	for _, s := range v.Said() { // a refusal of the API is a line of the browser's own
		if !strings.Contains(s, "Failed to load resource") {
			t.Errorf("on the console: %s", s)
		}
	}
}

func logged(v *visit) []string {
	var out []string
	for _, e := range v.server.Journal().Entries(reference.Filter{}) {
		out = append(out, fmt.Sprint(e))
	}
	return out
}
