package proof

import (
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestAFailureOfTheServiceCatchesNothing wherever in the scenario it was, kept or not, unless the rule is about failures.
func TestAFailureOfTheServiceCatchesNothing(t *testing.T) {
	for _, tt := range []struct {
		name, rule string
		statuses   []int
		want       bool // caught
	}{
		{"every answer is one", "KMS2-KEY-006", []int{200, 404}, true},
		{"the last answer is a failure", "KMS2-KEY-006", []int{200, 500}, false},
		{"an answer before the last is", "KMS2-KEY-006", []int{503, 200}, false},
		{"with a region down", "KMS2-HA-001", []int{503, 200}, true},
		{"by what a caller sends", "KMS2-ERR-050", []int{500}, true},
	} {
		s := reports.Scenario{Outcome: reports.Failed, Keyword: "Then", Rules: []string{tt.rule}}
		for _, status := range tt.statuses {
			s.Worst = max(s.Worst, status)
		}
		if caught(s) != tt.want {
			t.Errorf("%s: caught %v, want %v", tt.name, !tt.want, tt.want)
		}
		if letter := letterOf(s); shows(letter) != tt.want || letter == 0 {
			t.Errorf("%s: the letter %q, which shows a kill: %v, want %v", tt.name, letter, shows(letter), tt.want)
		}
	}
}

// TestAFindingAboutTheTargetVoidsNoLoad: only where the load was not what it should be scenarios catch nothing.
func TestAFindingAboutTheTargetVoidsNoLoad(t *testing.T) {
	seen := reports.Scenario{ID: "cipher/one", Outcome: reports.Failed, Keyword: "Then"}
	for name, tt := range map[string]struct {
		exits        []int
		caught, lost int
	}{
		"none": {nil, 1, 0}, "a wrong answer": {[]int{1}, 1, 0}, "a note": {[]int{0}, 1, 0},
		"a load that was not held": {[]int{3}, 0, 1}, "both": {[]int{1, 3}, 0, 1},
	} {
		run, k := &reports.Run{Scenarios: []reports.Scenario{seen}}, Kill{}
		for _, exit := range tt.exits {
			run.Findings = append(run.Findings, reports.Finding{Exit: exit})
		}
		if k.judgeUnderLoad(run); len(k.By) != tt.caught || len(k.Missed) != tt.lost {
			t.Errorf("%s: caught by %v, missed %v", name, k.By, k.Missed)
		}
	}
}

// TestOnlyAWrongAnswerOfTheLoadCatchesBesideIt: the scenario may have seen nothing, and is not asked.
func TestOnlyAWrongAnswerOfTheLoadCatchesBesideIt(t *testing.T) {
	lies, void := reports.Finding{Kind: underLoadKind, Exit: 1}, reports.Finding{Kind: underLoadKind, Exit: 3}
	other := reports.Finding{Kind: "known-failures", Exit: 1}
	for name, tt := range map[string]struct {
		findings     []reports.Finding
		caught, lost int
	}{
		"none": {nil, 0, 1}, "a wrong answer": {[]reports.Finding{lies}, 1, 0}, "another finding": {[]reports.Finding{other}, 0, 1},
		"a load that was not held": {[]reports.Finding{lies, void}, 0, 1},
	} {
		k := Kill{}
		if k.judgeLoad(&reports.Run{Findings: tt.findings}); len(k.By) != tt.caught || len(k.Missed) != tt.lost {
			t.Errorf("%s: caught by %v, missed %v", name, k.By, k.Missed)
		}
	}
}
