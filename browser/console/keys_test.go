//go:build e2e

package console_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestAKeyIsMadeAndChanged creates a key with all that the form offers, renames it and changes its memo.
func TestAKeyIsMadeAndChanged(t *testing.T) {
	v := open(t)
	v.click("#create-key", theDialog)
	v.fill("[name=name]", "made-here")
	v.fill("[name=period]", "30")
	v.check("[name=auto]")
	v.check("[name=convergent]")
	v.fill("[name=memo]", "주문 <b>")
	v.click(submit, `document.querySelector("h1")?.textContent.includes("made-here")`)
	tag := v.shownTag()
	v.is(tag, map[string]any{"keyName": "made-here", "memo": "주문 <b>", "isConvergent": true, "isAutoRotation": true, "rotationPeriod": 30.0})

	v.click("#rename", theDialog)
	v.fill("[name=value]", "renamed_1")
	v.click(submit, noDialog+` && document.querySelector("h1").textContent.includes("renamed_1")`)
	v.click("#memo", theDialog)
	v.fill("[name=value]", "")
	v.click(submit, noDialog+` && !document.querySelector("main").textContent.includes("주문")`)
	v.is(tag, map[string]any{"keyName": "renamed_1", "memo": ""})
	v.clean()
}

// TestANameThatIsTakenIsSaid: a refusal stays in the dialog, with what was typed.
func TestANameThatIsTakenIsSaid(t *testing.T) {
	v := open(t)
	v.click("#create-key", theDialog)
	v.fill("[name=name]", "orders")
	v.click(submit, `document.querySelector("dialog .fault")?.textContent.startsWith("4")`)
	if got := Value[string](v.Tab, `document.querySelector("[name=name]").value`); got != "orders" {
		t.Errorf("the name is now %q", got)
	}
	if got := v.ask("GET", "?pageNo=1&pageSize=10")["totalCount"]; got != 1.0 {
		t.Errorf("%v keys, want the one", got)
	}
}

func TestAKeyIsDisabledAndItsDeletionCancelled(t *testing.T) {
	v := open(t)
	v.tab("overview", `document.querySelector("#disable")`)
	v.click("#disable", `document.querySelector("#enable")`)
	v.is("tag", map[string]any{"status": "DISABLE"})
	v.click("#enable", `document.querySelector("#disable")`)
	v.is("tag", map[string]any{"status": "ENABLE"})
	v.click("#request-deletion", theDialog)
	v.click("dialog button[type=button]", noDialog)
	v.is("tag", map[string]any{"status": "ENABLE"})
	v.click("#request-deletion", theDialog)
	v.click(submit, `document.querySelector("#cancel-deletion")`)
	v.is("tag", map[string]any{"status": "REVOKE"})
	v.click("#cancel-deletion", `document.querySelector("#enable")`)
	v.is("tag", map[string]any{"status": "DISABLE"})
	v.clean()
}

func TestVersionsAndRotation(t *testing.T) {
	v := open(t)
	v.tab("versions", `document.querySelector("#rotate")`)
	v.click("#rotate", `document.querySelector("[aria-label='Disable version 1']")`)
	v.is("tag", map[string]any{"currentVersion": 2.0})
	v.click("[aria-label='Disable version 1']", `document.querySelector("[aria-label='Enable version 1']")`)
	if got := v.version(1); got != "DISABLE" {
		t.Errorf("version 1 is %s", got)
	}
	v.click("[aria-label='Enable version 1']", `document.querySelector("[aria-label='Disable version 1']")`)
	if got := v.version(1); got != "ENABLE" {
		t.Errorf("version 1 is %s", got)
	}
	v.click("#auto-on", `document.querySelector("#period")`)
	v.click("#period", theDialog)
	v.fill("[name=value]", "730")
	v.click(submit, noDialog+` && document.querySelector("main").textContent.includes("every 730 days")`)
	v.is("tag", map[string]any{"isAutoRotation": true, "rotationPeriod": 730.0})
	v.click("#auto-off", `document.querySelector("#auto-on")`)
	v.is("tag", map[string]any{"isAutoRotation": false})
	v.tab("activity", `document.querySelector("table")?.textContent.includes("succeeded")`)
	if logged, shown := len(v.ask("GET", "/tag/activities?pageSize=100")["activityLogList"].([]any)), Value[int](v.Tab, `document.querySelectorAll("main tbody tr").length`); logged != shown {
		t.Errorf("%d lines of %d are shown", shown, logged)
	}
	v.clean()
}

// TestLongListsGoOnOnTheNextPage: keys after 200, activities after 100.
func TestLongListsGoOnOnTheNextPage(t *testing.T) {
	keys := []reference.Key{{Name: "orders", Tag: "tag"}}
	for i := range 200 {
		keys = append(keys, reference.Key{Name: fmt.Sprintf("key-%03d", i), Tag: fmt.Sprintf("tag-%03d", i)})
	}
	v := openWith(t, keys)
	for range 101 {
		v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
	}
	const rows = `document.querySelectorAll("main tbody tr").length`
	for _, tt := range []struct {
		at, says string
		all      int
	}{{"keys/api20", "1 to 200 of 201", 201}, {"key/api20/tag/activity", "1 to 100 of 101", 101}} {
		v.page(tt.at, fmt.Sprintf(`document.querySelector(".pager")?.textContent.startsWith(%q)`, tt.says))
		first := Value[int](v.Tab, rows)
		v.click(".pager a", `document.querySelector(".pager a")?.textContent === "Previous page"`)
		if rest := Value[int](v.Tab, rows); first+rest != tt.all {
			t.Errorf("%s: %d and %d lines, want %d in all", tt.at, first, rest, tt.all)
		}
		v.click(".pager a", fmt.Sprintf(`document.querySelector(".pager")?.textContent.startsWith(%q)`, tt.says))
	}
	v.clean()
}

// version is the status of a version of the key that was there from the start.
func (v *visit) version(n int) string {
	v.t.Helper()
	for _, one := range v.ask("GET", "/tag/versions")["versionList"].([]any) {
		if m := one.(map[string]any); m["version"] == float64(n) {
			return m["status"].(string)
		}
	}
	return "missing"
}

// TestIsolatedKeysLiveWhereTheyAreMade creates a key in Japan alone.
func TestIsolatedKeysLiveWhereTheyAreMade(t *testing.T) {
	v := open(t)
	v.click(`a[href="#/keys/api20jp"]`, `document.querySelector("main .none")`)
	v.click("#create-key", theDialog)
	v.fill("[name=name]", "tokyo-only")
	v.click(submit, `document.querySelector("h1")?.textContent.includes("tokyo-only")`)
	if got := v.ask("GET", "?pageNo=1&pageSize=10")["totalCount"]; got != 1.0 {
		t.Errorf("%v global keys, want the one that was there", got)
	}
	v.clean()
}

// TestALateDeletionIsDone moves the clock past the end of the waiting time.
func TestALateDeletionIsDone(t *testing.T) {
	v := open(t)
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/tag/request-deletion", "")
	v.page("service", `document.querySelector("#clock-step")`)
	v.fill("#clock-step", (72*time.Hour + time.Minute).String())
	v.click("#clock-step-go", `document.querySelector(".calls").textContent.includes("/admin/clock")`)
	v.page("keys", `document.querySelector("main .none")`)
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
	v.Wait(`document.querySelector("main td a")?.textContent === "orders"`)
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
