package proof

import (
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestAFailureOfTheServiceCatchesNothing wherever in the scenario it was, unless the rule is about failures.
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
			s.Exchanges = append(s.Exchanges, reports.Exchange{Status: status})
		}
		if caught(s) != tt.want {
			t.Errorf("%s: caught %v, want %v", tt.name, !tt.want, tt.want)
		}
		if letter := letterOf(s); shows(letter) != tt.want || letter == 0 {
			t.Errorf("%s: the letter %q, which shows a kill: %v, want %v", tt.name, letter, shows(letter), tt.want)
		}
	}
}
