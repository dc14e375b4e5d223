//go:build e2e

package console_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
)

// The tests in this file go through the chapter "Set up authentication" of the vendor's guide, a flow each,
// and ask the API what became of it.

// creator is what the API tells of the token creator.
func (v *visit) creator() (id, status string) {
	v.t.Helper()
	data := v.ask("GET", "/tag/token-generator")
	id, _ = data["tokenGeneratorId"].(string)
	return id, data["status"].(string)
}

// enabled opens the tab and enables the token creator.
func enabled(t *testing.T) *visit {
	t.Helper()
	v := open(t)
	v.tab("auth", `document.querySelector("#enable-creator")`)
	v.click("#enable-creator", `document.querySelector("#creator-id")`)
	return v
}

// tokens creates a set with these hours, empty for those that the form proposes, and closes its window.
func (v *visit) tokens(refreshHours, accessHours string) (refresh, access string) {
	v.t.Helper()
	v.click("#create-token", theDialog)
	v.fill("[name=refresh]", refreshHours)
	v.fill("[name=access]", accessHours)
	v.click(submit, `document.querySelector("#access-token")`)
	access, refresh = Value[string](v.Tab, `document.querySelector("#access-token").value`), Value[string](v.Tab, `document.querySelector("#refresh-token").value`)
	if strings.Count(access, ".") != 2 || strings.Count(refresh, ".") != 2 || access == refresh {
		v.t.Fatal("the dialog shows no two tokens")
	}
	v.act(submit, noDialog) // the page is drawn anew behind the window
	return refresh, access
}

// try has the server judge a token, which must say want.
func (v *visit) try(token, want string) {
	v.t.Helper()
	v.fill("#token", token)
	v.click("#try-token", `document.querySelector("#tried")`)
	if got := v.Text("#tried"); !strings.Contains(got, want) {
		v.t.Errorf("trying the token: %q, want %q", got, want)
	}
}

// decoded is what the page says that a token says.
func (v *visit) decoded(token string, wants ...string) {
	v.t.Helper()
	v.fill("#token", token)
	got := v.Text("#decoded")
	for _, want := range wants {
		if !strings.Contains(got, want) {
			v.t.Errorf("decoded: %s; want %q", got, want)
		}
	}
}

// cautioned opens a dialog whose caution must say want.
func (v *visit) cautioned(button, want string) {
	v.t.Helper()
	v.click(button, theDialog)
	if got := v.Text("dialog .caution"); !strings.Contains(got, want) {
		v.t.Errorf("the caution of %s says %q, want %q", button, got, want)
	}
}

// refusing is clean, but for the line that the browser itself writes for each refusal of the API.
func (v *visit) refusing() {
	v.t.Helper()
	for _, s := range v.Said() {
		if !strings.Contains(s, "Failed to load resource") {
			v.t.Errorf("on the console: %s", s)
		}
	}
	for _, url := range v.Asked() {
		if !strings.HasPrefix(url, v.home()) {
			v.t.Errorf("the page asked %s", url)
		}
	}
}

func TestTheTokenCreatorIsEnabled(t *testing.T) {
	v := enabled(t)
	if id, status := v.creator(); status != "ACTIVE" || id != v.Text("#creator-id") {
		t.Errorf("the API says %s, %s; the page %s", id, status, v.Text("#creator-id"))
	}
	v.clean()
}

func TestTokensAreCreatedWithBothTTLs(t *testing.T) {
	v := enabled(t)
	refresh, access := v.tokens("12", "3")
	v.decoded(access, "ACCESS", "this key", "in 3 hours")
	v.decoded(refresh, "REFRESH", "this key", "in 12 hours")
	v.try(access, "accepts")
	v.try(refresh, "accepts")
	usual, short := v.tokens("", "")
	v.decoded(usual, "in 2,160 hours")
	v.decoded(short, "in 72 hours")
	// Two sets of two, and the one that the trial of the refresh token asked for.
	if got := v.ask("GET", "/tag/token-generator")["issuedTokenCount"]; got != 5.0 {
		t.Errorf("the API counts %v tokens, want 5", got)
	}
	v.clean()
}

func TestTTLsHaveTheirBounds(t *testing.T) {
	v := enabled(t)
	v.click("#create-token", theDialog)
	for _, hours := range []string{"0", "17521"} {
		v.fill("[name=access]", hours)
		v.Do(chromedp.Click(chromedp.CSS(submit)))
		if !Value[bool](v.Tab, `document.querySelector("[name=access]").validity.valid === false && !document.querySelector("#access-token")`) {
			t.Errorf("%s hours are taken", hours)
		}
	}
	v.fill("[name=access]", "17520")
	v.fill("[name=refresh]", "1")
	v.click(submit, `document.querySelector("#access-token")`)
	v.clean()
}

func TestTokensAreShownOnce(t *testing.T) {
	v := enabled(t)
	refresh, access := v.tokens("", "")
	for _, token := range []string{access, refresh} {
		if Value[bool](v.Tab, fmt.Sprintf(`document.documentElement.outerHTML.includes(%q)`, token)) {
			t.Error("the page still has a token after its dialog closed")
		}
		if slices.ContainsFunc(v.server.Journal().Entries(reference.Filter{}), func(e reference.Entry) bool { return strings.Contains(fmt.Sprint(e), token) }) {
			t.Error("the journal has a token")
		}
	}
	v.clean()
}

func TestReplacingTheCreatorEndsItsTokens(t *testing.T) {
	v := enabled(t)
	_, access := v.tokens("", "")
	first, _ := v.creator()
	v.cautioned("#replace-creator", "ends at once")
	v.fill("[name=word]", "wrong")
	v.Do(chromedp.Click(chromedp.CSS(submit)))
	if id, _ := v.creator(); id != first || Value[bool](v.Tab, noDialog) {
		t.Error("the creator was replaced although the name was not typed")
	}
	v.fill("[name=word]", "orders")
	v.click(submit, fmt.Sprintf(`!document.querySelector("dialog") && document.querySelector("#creator-id")?.textContent !== %q`, first))
	if id, status := v.creator(); id == first || status != "ACTIVE" || id != v.Text("#creator-id") {
		t.Errorf("the API says %s, %s; want another than %s", id, status, first)
	}
	v.try(access, "401")
	v.refusing()
}

func TestDisablingTheCreatorEndsItsTokens(t *testing.T) {
	v := enabled(t)
	_, access := v.tokens("", "")
	v.cautioned("#disable-creator", "no token of this key is accepted")
	v.fill("[name=word]", "orders")
	v.click(submit, `document.querySelector("#enable-creator")`)
	if _, status := v.creator(); status != "INACTIVE" {
		t.Errorf("the API says %s", status)
	}
	v.try(access, "401")
	v.click("#enable-creator", `document.querySelector("#creator-id")`)
	v.try(access, "401") // enabling again brings nothing back
	v.refusing()
}

// listed is what the API tells of the IP ACL.
func (v *visit) listed() string {
	v.t.Helper()
	data := v.ask("GET", "/tag/acl")
	return fmt.Sprint(data["isAclEnabled"], data["allowedIpList"])
}

func TestTheIPACLDeniesUntilAnAddressIsAdded(t *testing.T) {
	v := enabled(t)
	_, access := v.tokens("", "")
	v.cautioned("#enable-acl", "every address is denied")
	v.click(submit, `document.querySelector("#disable-acl")`)
	v.try(access, "403")
	if Value[string](v.Tab, `document.querySelector("#token").value`) != access {
		t.Error("an action on the page took the pasted token away")
	}
	for _, step := range []struct{ act, until, list, answer string }{
		{"#add-address", `document.querySelector("[aria-label='Delete 127.0.0.1']")`, "true [127.0.0.1]", "accepts"},
		{"[aria-label='Delete 127.0.0.1']", `!document.querySelector("[aria-label='Delete 127.0.0.1']")`, "true []", "403"},
		{"#disable-acl", `document.querySelector("#enable-acl")`, "false []", "accepts"},
	} {
		if step.act == "#add-address" {
			v.fill("#new-address", "127.0.0.1")
		}
		v.click(step.act, step.until)
		if got := strings.Replace(v.listed(), "true[", "true [", 1); strings.Replace(got, "false[", "false [", 1) != step.list {
			t.Errorf("after %s the API says %s, want %s", step.act, got, step.list)
		}
		v.try(access, step.answer)
	}
	v.refusing()
}

// TestOddTokensAreRead: what is no token is said, and what is one is shown, however odd its claims.
func TestOddTokensAreRead(t *testing.T) {
	v := open(t)
	v.tab("auth", `document.querySelector("#token")`)
	token := func(header, claims string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".x"
	}
	const header, fault = `{"alg":"RS256"}`, "Header or claims are no JSON object"
	for _, tt := range []struct{ token, want string }{
		{"a.b", "three parts"},
		{token(header, `null`), fault},
		{token(`null`, `{}`), fault},
		{token(header, `[1]`), fault},
		{token(header, `"text"`), fault},
		{token(header, `{"exp":`), fault},
		{token(header, `{"exp":1e300,"iat":-1e300}`), "Expires –"},
		{token(header, `{"exp":"tomorrow","iat":{}}`), "Issued – Expires –"},
		{token(header, `{"exp":null}`), "Expires –"},
		{token(header, `{"iat":0}`), "Expires never"},
		{token(header, `{"exp":0}`), "expired"},
		{token(`{"alg":{"toString":1}}`, `{"1":{"toString":1},"2":{"toString":1},"sub":[null]}`), `Kind {"toString":1} Algorithm {"toString":1} Key another key {"toString":1} Issued to [null]`},
	} {
		v.fill("#token", tt.token)
		if got := strings.Join(strings.Fields(v.Text("#decoded")), " "); !strings.Contains(got, tt.want) {
			t.Errorf("%s: the page says %q, want %q", tt.token, got, tt.want)
		}
	}
	v.choose("#language", "ko", `/[가-힣]/.test(document.querySelector("#decode").textContent)`) // the page is drawn anew a moment after its language is
	v.fill("#token", token(header, `{"exp":0}`))
	if got := v.Text("#decoded"); !strings.Contains(got, "만료됨") {
		t.Errorf("in Korean an expired token is %q", got)
	}
	v.clean()
}

// TestCopyingSaysSo, both where there is a clipboard and where there is none.
func TestCopyingSaysSo(t *testing.T) {
	v := enabled(t)
	v.Allow("clipboard-write")
	v.Allow("clipboard-read")
	v.click("#create-token", theDialog)
	v.click(submit, `document.querySelector("#access-token")`)
	v.click("div:has(> .field > #access-token) .actions button", `[...document.querySelectorAll("dialog button")].some(b => b.textContent === "Copied" && b.ariaLabel === "Copied: Access token")`)
	if !Value[bool](v.Tab, `navigator.clipboard.readText().then(text => text === document.querySelector("#access-token").value)`) {
		t.Error("what was copied is not the token")
	}
	v.act(submit, noDialog)
	v.click(".calls details[open] button", `[...document.querySelectorAll(".calls button")].some(b => b.textContent === "Copied")`)
	Value[bool](v.Tab, `(navigator.clipboard.writeText = () => Promise.reject(new Error("none")), true)`)
	v.Wait(`[...document.querySelectorAll(".calls button")].every(b => b.textContent === "Copy")`)
	v.click(".calls details[open] button", `getSelection().toString() === document.querySelector(".calls details[open] pre").textContent`)
	v.clean()
}
