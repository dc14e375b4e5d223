package proof

import (
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

func TestARunNamesTheMutantsThatItsRulesCatch(t *testing.T) {
	rules := []reports.Rule{{ID: "KMS2-KEY-004"}, {ID: "KMS2-NONE-999"}}
	if err := noteMutants(rules); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(rules[0].Mutants, "shared-names") || rules[1].Mutants != nil {
		t.Errorf("got %q and %q, want shared-names among the first and none of a rule that is not in the register", rules[0].Mutants, rules[1].Mutants)
	}
}
