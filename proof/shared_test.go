package proof_test

import (
	"fmt"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// TestANameThatIsAnothersIsNoFinding runs on an account of which others have taken half of all names
// of three characters that the scenario can think of.
func TestANameThatIsAnothersIsNoFinding(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	var others []reference.Key
	for _, second := range letters[:len(letters)/2] {
		for _, third := range letters {
			others = append(others, reference.Key{Name: fmt.Sprintf("k%c%c", second, third)})
		}
	}
	open := proof.Reference(reference.Options{Seed: 1, Keys: others})
	for seed := range uint64(12) {
		result, err := steps.Run(t.Context(), steps.Options{Open: open, Seed: seed, IDs: []string{"key/A name of three characters is taken"}})
		if err != nil {
			t.Fatal(err)
		}
		if s := result.Scenarios[0]; s.Outcome != reports.Passed {
			t.Errorf("seed %d: %s: %s", seed, s.Outcome, s.Reason)
		}
	}
}
