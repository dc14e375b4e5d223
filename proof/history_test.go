package proof_test

import (
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

func TestHistoriesOfSeveralClientsFitOneOrder(t *testing.T) {
	result, err := steps.Run(t.Context(), steps.Options{Open: proof.Reference(reference.Options{Seed: 1}), Seed: 3, Explore: 40, Clients: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Scenarios) != 2 {
		t.Fatalf("%d kinds of histories; want one in one region and one across two", len(result.Scenarios))
	}
	for _, s := range result.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
		}
		t.Log(s.ID, s.Readings)
	}
}

// TestAHistoryOfRotationsNamesTheRuleOfRotations, or the one of the version that encrypts where a use shows it first.
func TestAHistoryOfRotationsNamesTheRuleOfRotations(t *testing.T) {
	m, err := mutant.Find("rotations-counted-alike")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(5) {
		result, err := steps.Run(t.Context(), steps.Options{Open: proof.Mutant(m, reference.Options{Seed: 1}), Seed: seed, Explore: 200, Clients: 4, FailFast: true})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(result.Scenarios, func(s reports.Scenario) bool { return s.Outcome == reports.Failed })
		if i < 0 {
			t.Errorf("seed %d: no history failed", seed)
			continue
		}
		if s := result.Scenarios[i]; !slices.Equal(s.Rules, []string{"KMS2-ROT-004"}) && !slices.Equal(s.Rules, []string{"KMS2-ENC-014"}) {
			t.Errorf("seed %d: rules %q: %s", seed, s.Rules, s.Reason)
		} else {
			t.Log(seed, s.Title, s.Rules, s.Reason)
		}
	}
}
