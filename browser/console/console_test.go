//go:build e2e

// Package console_test clicks through the console of a reference and compares with the API.
package console_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// A visit is a tab that shows the console of a server of its own.
type visit struct {
	*Tab
	t      *testing.T
	server *reference.Server
}

func open(t *testing.T, options ...chromedp.ExecAllocatorOption) *visit {
	t.Helper()
	s := reference.NewServer(reference.Options{Seed: 1, Keys: []reference.Key{{Name: "orders", Tag: "tag"}}})
	t.Cleanup(func() { s.Close() })
	v := &visit{Open(t, options...), t, s}
	v.Do(chromedp.Navigate(s.URLs[reference.Admin] + "/"))
	v.wait(`document.querySelector("#create-key")`)
	return v
}

// wait waits until the expression holds.
func (v *visit) wait(expression string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`new Promise((ok, no) => { const from = Date.now(); const look = () => {
		if (%s) ok(true); else if (Date.now() - from > 10000) no(new Error("waited in vain")); else setTimeout(look, 20); }; look(); })`, expression))
}

// click clicks, and then waits until the expression holds.
func (v *visit) click(selector, until string) {
	v.t.Helper()
	v.wait(fmt.Sprintf(`document.querySelector(%q) && !document.querySelector(%q).disabled`, selector, selector))
	v.Do(chromedp.Click(chromedp.CSS(selector)))
	v.wait(until)
}

func (v *visit) fill(selector, text string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event("input")); return true; })()`, selector, text))
}

// tab goes to a part of the key that was there from the start.
func (v *visit) tab(name, until string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`(location.hash = "#/key/api20/tag/%s", true)`, name))
	v.wait(until)
}

// did fails the test unless the latest call of an operation ended with the status.
func (v *visit) did(op string, status int) {
	v.t.Helper()
	for _, e := range v.server.Journal().Entries(reference.Filter{}) {
		if string(e.Op) == op && e.Status == status {
			return
		}
	}
	v.t.Errorf("the API saw no %s that ended with %d", op, status)
}

func (v *visit) clean() {
	v.t.Helper()
	v.Clean(v.server.URLs[reference.Admin] + "/")
}

const (
	noDialog  = `!document.querySelector("dialog")`
	theDialog = `document.querySelector("dialog")`
	submit    = `dialog button[type=submit]`
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
	if got := v.Text("#decoded"); !strings.Contains(got, "ACCESS") || !strings.Contains(got, "this key") || !strings.Contains(got, "in 3.0 hours") {
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

// TestKeysVersionsAndTheServer clicks through what else there is.
func TestKeysVersionsAndTheServer(t *testing.T) {
	v := open(t)
	v.click("#create-key", theDialog)
	v.fill("[name=name]", "made-here")
	v.click(submit, `document.querySelector("h1")?.textContent.includes("made-here")`)
	v.click("#disable", `document.querySelector("#enable")`)
	v.click("#enable", `document.querySelector("#disable")`)
	v.click("#request-deletion", theDialog)
	v.click(submit, `document.querySelector("#cancel-deletion")`)
	v.click("#cancel-deletion", `document.querySelector("#enable")`)
	v.tab("versions", `document.querySelector("#rotate")`)
	v.click("#rotate", `document.querySelector("[aria-label='Disable version 1']")`)
	v.click("[aria-label='Disable version 1']", `document.querySelector("[aria-label='Enable version 1']")`)
	v.click("#auto-on", `document.querySelector("#auto-off")`)
	v.tab("activity", `document.querySelector("table")?.textContent.includes("succeeded")`)
	Value[bool](v.Tab, `(location.hash = "#/service", true)`)
	before := v.server.Clock().Now()
	v.click("#advance-72h", `true`)
	v.wait(`document.querySelector(".calls").textContent.includes("/admin/clock")`)
	if passed := v.server.Clock().Now().Sub(before); passed.Hours() < 72 {
		t.Errorf("the clock moved by %v, want 72h", passed)
	}
	v.click("#region-KR", `document.querySelector("section[aria-labelledby=regions] .badge.down")`)
	if !v.server.Regions().KR.Down {
		t.Error("KR is up")
	}
	Value[bool](v.Tab, `(location.hash = "#/journal", true)`)
	v.wait(`document.querySelector("main table")`)
	v.clean()
}

// TestTheCurlLineMakesTheSameCall runs what the page shows, after the clock was moved.
func TestTheCurlLineMakesTheSameCall(t *testing.T) {
	v := open(t)
	v.send(http.MethodPost, "/admin/clock", `{"advance":"72h"}`)
	v.tab("versions", `document.querySelector("#rotate")`)
	v.click("#rotate", `document.querySelector(".calls pre:has(+ button)") && document.querySelector(".calls").textContent.includes("/rotate")`)
	script := Value[string](v.Tab, `[...document.querySelectorAll(".calls details")].find(d => d.textContent.includes("/rotate")).querySelector("pre").textContent`)
	owner := v.server.Accounts()[0]
	if strings.Contains(script, owner.SecretKey) || strings.Contains(script, owner.AccessKey) {
		t.Error("the line holds a credential")
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Env = append(os.Environ(), "ACCESS_KEY="+owner.AccessKey, "SECRET_KEY="+owner.SecretKey)
	out, err := cmd.Output()
	if err != nil || !bytes.Contains(out, []byte(`"version":3`)) {
		t.Errorf("%s\nanswers %s, %v", script, out, err)
	}
	v.clean()
}

func TestBothLanguagesAndDark(t *testing.T) {
	v := open(t, chromedp.Flag("accept-lang", "ko"))
	if got := v.Text("h1"); got != "키" {
		t.Errorf("a Korean browser reads %q", got)
	}
	light := Value[string](v.Tab, `getComputedStyle(document.body).backgroundColor`)
	v.Do(Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}))
	if dark := Value[string](v.Tab, `getComputedStyle(document.body).backgroundColor`); dark == light {
		t.Errorf("light and dark are both %s", dark)
	}
	Value[bool](v.Tab, `(() => { const s = document.querySelector("#language"); s.value = "en"; s.dispatchEvent(new Event("change")); return true; })()`)
	v.wait(`document.querySelector("h1")?.textContent === "Keys" && document.documentElement.lang === "en"`)
	v.clean()
}

// TestKeyboardAlone enables a token creator without a mouse.
func TestKeyboardAlone(t *testing.T) {
	v := open(t)
	reach := func(what string) {
		t.Helper()
		for range 60 {
			v.Do(chromedp.KeyEvent(kb.Tab))
			if Value[bool](v.Tab, fmt.Sprintf(`document.activeElement.matches(%q)`, what)) {
				v.Do(chromedp.KeyEvent(kb.Enter))
				return
			}
		}
		t.Fatalf("Tab does not reach %s", what)
	}
	reach(`a[href$="/overview"]`)
	v.wait(`document.querySelector("#request-deletion")`)
	reach(`a[href$="/auth"]`)
	v.wait(`document.querySelector("#enable-creator")`)
	reach("#enable-creator")
	v.wait(`document.querySelector("#creator-id")`)
	v.did(string(kms.EnableCreator), 200)
	v.clean()
}

// TestWhatCannotBeUndone migrates one key and deletes another, each after its name was typed.
func TestWhatCannotBeUndone(t *testing.T) {
	v := open(t)
	v.tab("overview", `document.querySelector("#disable")`)
	v.click("#disable", `document.querySelector("#migrate")`)
	v.click("#migrate", theDialog)
	v.fill("[name=region]", "JPN")
	v.fill("[name=word]", "orders")
	v.click(submit, `!document.querySelector("dialog") && location.hash === "#/keys/api20" && document.querySelector("main .none")`)
	Value[bool](v.Tab, `(location.hash = "#/keys/api20jp", true)`)
	v.wait(`document.querySelector("main td a")?.textContent === "orders"`)
	v.click("main td a", `document.querySelector("#request-deletion")`)
	v.click("#request-deletion", theDialog)
	v.click(submit, `document.querySelector("#delete")`)
	v.click("#delete", theDialog)
	v.fill("[name=word]", "orders")
	v.click(submit, `!document.querySelector("dialog") && document.querySelector("main .none")`)
	v.did(string(kms.MigrateKey), 200)
	v.did(string(kms.DeleteKey), 200)
	v.clean()
}

// TestLoadShowsWhatTheLimiterDecided encrypts once more than a limit of three allows.
func TestLoadShowsWhatTheLimiterDecided(t *testing.T) {
	v := open(t)
	v.send(http.MethodPost, "/admin/clock", `{"freeze":true}`)
	v.send(http.MethodPut, "/admin/limits", `{"api20":"3/3"}`)
	for range 4 {
		v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
	}
	v.send(http.MethodPost, "/admin/clock", `{"advance":"1s"}`)
	Value[bool](v.Tab, `(location.hash = "#/load", true)`)
	v.wait(`document.querySelector(".meter")?.textContent === "orders3 admitted, 1 refused in the last second; limit 3/3"`)
	v.clean()
}

// send asks the admin listener beside the page.
func (v *visit) send(method, path, body string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URLs[reference.Admin]+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Kmsproof-Account", "owner")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
}
