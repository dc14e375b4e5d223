//go:build e2e

package console_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
)

func TestTheClockIsSteppedSetAndFrozen(t *testing.T) {
	v := open(t)
	v.page("service", `document.querySelector("#clock-step")`)
	v.act("#freeze", `document.querySelector("#unfreeze")`)
	at := v.server.Clock().Now()
	for _, tt := range []struct {
		button string
		by     time.Duration
	}{{"#advance-1m", time.Minute}, {"#advance-1h", time.Hour}, {"#advance-72h", 72 * time.Hour}, {"#advance-2160h", 2160 * time.Hour}, {"#clock-step-go", 36*time.Hour + 30*time.Minute}} {
		v.fill("#clock-step", "36h30m")
		at = at.Add(tt.by)
		v.act(tt.button, shows(at))
		if got := v.server.Clock().Now(); !got.Equal(at) {
			t.Errorf("%s: the clock shows %v, want %v", tt.button, got, at)
		}
	}
	v.fill("#clock-at", "2031-02-03T04:05:06Z")
	at = time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	v.act("#clock-at-go", shows(at))
	if got := v.server.Clock().Now(); !got.Equal(at) {
		t.Errorf("the clock shows %v, want %v", got, at)
	}
	v.fill("#clock-step", "a while")
	v.click("#clock-step-go", `document.querySelector("dialog")?.textContent.includes("want a duration like 72h")`)
	v.click(submit, noDialog)
	v.choose("#language", "ko", `document.querySelector("#clock-step-go")?.textContent === "진행"`)
	v.fill("#clock-step", "a while")
	v.click("#clock-step-go", `document.querySelector("dialog")?.textContent.includes("진행할 시간은 72h나 1m30s 같은 형식이어야 합니다.")`)
	v.click(submit, noDialog)
	v.page("service", `document.querySelector("#limit-api20")`)
	v.fill("#limit-api20", "many")
	v.click("#limit-api20-go", `document.querySelector("dialog")?.textContent.includes("API 2.0: 초당 호출 수 RATE")`)
	v.click(submit, noDialog)
	v.choose("#language", "en", `document.querySelector("#unfreeze")?.textContent === "Let it run"`)
	v.click("#unfreeze", `document.querySelector("#freeze")`)
	if got := Value[string](v.Tab, `document.querySelector("output").ariaLive`); got != "off" {
		t.Errorf("each second of the clock is read aloud (%s)", got)
	}
}

// shows holds once the page tells that time.
func shows(at time.Time) string {
	return `document.querySelector("output").textContent === "` + at.UTC().Format("2006-01-02T15:04:05Z") + `"`
}

func TestRegionsGoDownLagAndComeBack(t *testing.T) {
	v := open(t)
	v.page("service", `document.querySelector("#region-KR")`)
	v.act("#region-KR", `document.querySelector("section[aria-labelledby=regions] .badge.down")`)
	v.fill("#lag-JPN", "2s")
	v.act("#lag-JPN-go", `document.querySelector("#lag-JPN").value === "2s"`)
	if r := v.server.Regions(); !r.KR.Down || r.JPN.Down || r.JPN.Lag != 2*time.Second {
		t.Errorf("regions %+v, want KR down and JPN two seconds late", r)
	}
	v.act("#region-KR", `!document.querySelector("section[aria-labelledby=regions] .badge.down")`)
	if r := v.server.Regions(); r.KR.Down || r.JPN.Lag != 2*time.Second {
		t.Errorf("regions %+v, want KR up and JPN as it was", r)
	}
	v.clean()
}

func TestLimitsAreSet(t *testing.T) {
	v := open(t)
	v.page("service", `document.querySelector("#limit-api20")`)
	v.fill("#limit-api20", "3/5")
	v.act("#limit-api20-go", `document.querySelector("#limit-api20").value === "3/5"`)
	v.fill("#limit-api10", "off")
	v.act("#limit-api10-go", `document.querySelector("#limit-api10").value === "off"`)
	if got := v.send(http.MethodGet, "/admin/limits", ""); !strings.Contains(got, `"api20":"3/5"`) || !strings.Contains(got, `"api10":"off"`) {
		t.Errorf("limits %s", got)
	}
	v.clean()
}

// TestResetTakesBackWhatWasDone: keys, regions and limits, after a question.
func TestResetTakesBackWhatWasDone(t *testing.T) {
	v := open(t)
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys", `{"keyName":"second","keyType":"AES256","protectionType":"BASIC","isAutoRotation":false}`)
	v.send(http.MethodPut, "/admin/regions/KR", `{"up":false}`)
	v.send(http.MethodPut, "/admin/limits", `{"api20":"1/1"}`)
	v.page("service", `document.querySelector("#reset")`)
	v.click("#reset", theDialog)
	v.click(submit, noDialog+` && document.querySelector("#limit-api20").value === "300/300"`)
	if v.server.Regions().KR.Down {
		t.Error("KR is still down")
	}
	if got := v.ask("GET", "?pageNo=1&pageSize=10")["totalCount"]; got != 1.0 {
		t.Errorf("%v keys, want the one from the start", got)
	}
	v.clean()
}

// TestTheJournalIsFilteredAndCleared while calls go on.
func TestTheJournalIsFilteredAndCleared(t *testing.T) {
	v := open(t)
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/nowhere/encrypt", `{"plaintext":"aGVsbG8="}`)
	const rows = `document.querySelectorAll("main tbody tr").length`
	v.page("journal", rows+` >= 3`)
	before := Value[int](v.Tab, rows)
	Value[bool](v.Tab, `(document.querySelector("main [role=region]").focus(), true)`)
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/tag/encrypt", `{"plaintext":"aGVsbG8="}`)
	v.Wait(fmt.Sprintf(`%s === %d`, rows, before+1))
	if !Value[bool](v.Tab, `document.activeElement.matches("main [role=region]")`) {
		t.Error("who reads the journal is thrown out of it by the next call")
	}
	v.fill("#journal-filter", "NOWHERE")
	v.Wait(rows + ` === 1`)
	if got := v.Text("main tbody tr"); !strings.Contains(got, "404") && !strings.Contains(got, "403") {
		t.Errorf("the call on a key that there is not: %q", got)
	}
	v.send(http.MethodPost, "/console/api/api20/kms/v1/keys/nowhere/decrypt", `{"ciphertext":"x"}`)
	v.Wait(rows + ` === 2`)
	v.fill("#journal-filter", "")
	v.Wait(rows + ` >= 4`)
	v.click("#clear-journal", `document.querySelector("main .none")`)
	if n := len(v.server.Journal().Entries(reference.Filter{})); n != 0 {
		t.Errorf("the journal has %d calls", n)
	}
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
	v.page("load", `document.querySelector(".meter")?.textContent.startsWith("orders3 admitted, 1 refused in the last second; limit 3 a second, 3 at once")`)
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
