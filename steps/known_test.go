package steps

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

func TestExcuse(t *testing.T) {
	entry := Known{Scenario: "a/one", Symptom: "seen b", Reason: "r", Owner: "o", Issue: "i", Until: "2027-03-31"}
	byRule := Known{Rule: "KMS2-KEY-*", Symptom: "seen b", Reason: "r", Owner: "o", Issue: "i", Until: "2027-03-31"}
	lost := entry
	lost.Scenario = "c/*"
	now := time.Date(2027, 3, 31, 23, 0, 0, 0, time.UTC)
	const pass, fail, warn = reports.Passed, reports.Failed, reports.Warned
	const given = reports.Outcome("a precondition that was not met")
	for _, tt := range []struct {
		name     string
		entry    Known
		now      time.Time
		one, two reports.Outcome
		symptom  string
		want     reports.Outcome // of a/one
		finding  string
	}{
		{"a listed failure", entry, now, fail, pass, "seen b", reports.KnownFail, ""},
		{"a listed warning", entry, now, warn, pass, "seen b", reports.KnownFail, ""},
		{"another symptom", entry, now, fail, pass, "seen c", fail, "another symptom"},
		{"a warning, another symptom", entry, now, warn, pass, "seen c", warn, "another symptom"},
		{"a listed pass", entry, now, pass, pass, "", reports.UnexpectedPass, ""},
		{"an error is not excused", entry, now, reports.Errored, pass, "seen b", reports.Errored, ""},
		{"a blocked one is not excused", entry, now, reports.Blocked, pass, "seen b", reports.Blocked, ""},
		{"a listed precondition", entry, now, given, pass, "seen b", reports.KnownFail, ""},
		{"a precondition, another symptom", entry, now, given, pass, "seen c", reports.Blocked, "another symptom"},
		{"a skipped one is left alone", entry, now, reports.Skipped, pass, "", reports.Skipped, ""},
		{"over since a day", entry, now.Add(time.Hour), fail, pass, "seen b", fail, "ended"},
		{"fits nothing", lost, now, fail, pass, "seen b", fail, "no scenario fits"},
		{"by rule", byRule, now, fail, pass, "seen b", reports.KnownFail, "of what fits this entry 1 passed: a/two;"},
		{"by rule, one still fails", byRule, now, pass, fail, "seen b", pass, "of what fits this entry 1 passed: a/one;"},
		{"by rule, all fail", byRule, now, fail, fail, "seen b", reports.KnownFail, ""},
		{"by rule, none fails", byRule, now, pass, pass, "", reports.UnexpectedPass, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ran := []reports.Scenario{
				{ID: "a/one", Rules: few[0].Rules, Outcome: tt.one, Reason: tt.symptom},
				{ID: "a/two", Rules: few[1].Rules, Outcome: tt.two, Reason: tt.symptom},
			}
			if tt.one == given {
				ran[0].Outcome, ran[0].Expected = reports.Blocked, "b"
			}
			findings := excuse(ran, few, []Known{tt.entry}, tt.now)
			if ran[0].Outcome != tt.want {
				t.Errorf("got %s (%s), want %s", ran[0].Outcome, ran[0].Reason, tt.want)
			}
			if tt.finding == "" && len(findings) > 0 {
				t.Errorf("got findings %v", findings)
			}
			exit := 1
			if strings.Contains(tt.finding, "passed") { // a note
				exit = 0
			}
			if tt.finding != "" && (len(findings) != 1 || !strings.Contains(findings[0].Text, tt.finding) || findings[0].Exit != exit) {
				t.Errorf("got findings %v, want one about %q with exit %d", findings, tt.finding, exit)
			}
		})
	}
}

// TestOneOfTwoEntriesIsEnough: whichever comes first, the symptom that is seen is a known one.
func TestOneOfTwoEntriesIsEnough(t *testing.T) {
	one := Known{Scenario: "a/one", Symptom: "seen b", Until: "2027-03-31"}
	two := Known{Scenario: "a/*", Symptom: "seen c", Until: "2027-03-31"}
	now := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for _, known := range [][]Known{{one, two}, {two, one}} {
		ran := []reports.Scenario{{ID: "a/one", Outcome: reports.Warned, Reason: "seen b"}}
		if found := excuse(ran, few, known, now); len(found) > 0 || ran[0].Outcome != reports.KnownFail {
			t.Errorf("%s, %v", ran[0].Outcome, found)
		}
	}
}

func TestAKnownFileThatTheLibraryPanicsOnIsWrong(t *testing.T) {
	if got, err := ParseKnown([]byte("known: !00 00")); err == nil || got != nil {
		t.Errorf("%v, %v; want an error", got, err)
	}
}

func TestParseKnown(t *testing.T) {
	const right = "known:\n  - scenario: a/one\n    symptom: s\n    reason: r\n    owner: o\n    issue: i\n    until: 2027-03-31\n"
	got, err := ParseKnown([]byte(right))
	if err != nil || len(got) != 1 || got[0].Until != "2027-03-31" {
		t.Fatalf("got %v, %v", got, err)
	}
	for what, change := range map[string][2]string{
		"unknown member": {"owner: o", "owned: o"},
		"no symptom":     {"    symptom: s\n", ""},
		"no owner":       {"    owner: o\n", ""},
		"bad date":       {"2027-03-31", "soon"},
		"both patterns":  {"    symptom", "    rule: x\n    symptom"},
		"no pattern":     {"scenario: a/one", "rule: ''"},
	} {
		if _, err := ParseKnown([]byte(strings.Replace(right, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}
