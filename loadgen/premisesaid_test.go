package loadgen

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestPremisesAreSaidInKorean, and what the controls show: a premise without its Korean stands in a page as English.
func TestPremisesAreSaidInKorean(t *testing.T) {
	exact := fit{kind: bucket, also: slidingLog}
	texts := []string{
		exchangeable.text, delaysToo.text, countedOnly.text, allGrounds(fit{kind: noLimit}).text, certainIf("the limiter is a " + exact.named() + " and " + onWay).text,
		(&evidence{}).ground(claimRefill).text, (&evidence{}).ground(claimAnswers).text, (&evidence{}).ground(claimLatency).text,
		"was believed, and read as 719.2 to 720.4 per second, 719 per second; each key has 720 per second", "was caught", "could not be tried either",
		"P4 was not played again: it takes 5s, and of the time that the profile has for that (again) 0s are left", "P4 was not played again: the budget allows no more calls",
		"did not answer 3 of 780 calls with success, and refuses none, at the third try",
		"the target let 7 calls on key 2 pass and refused 1, but 6 are noted as accepted, 1 as limited and 2 as neither",
	}
	load := reports.Load{Profile: "p"}
	for _, text := range append(texts, "a premise of no known form") {
		load.Claims = append(load.Claims, reports.Claim{Name: claimLimit, Gates: true, Verdict: reports.Proven, Given: text})
	}
	run := &reports.Run{Schema: reports.Schema, Loads: []reports.Load{load}}
	reports.Decide(run)
	var page bytes.Buffer
	if err := reports.HTMLIn(&page, run, "ko"); err != nil {
		t.Fatal(err)
	}
	english := func(text string) bool {
		return strings.Contains(page.String(), `<span lang="en">`+template.HTMLEscapeString(text)+`</span>`)
	}
	for _, text := range texts {
		if english(text) {
			t.Errorf("%q has no Korean", text)
		}
	}
	if !english("a premise of no known form") {
		t.Error("a text that is not known is not shown in English")
	}
}
