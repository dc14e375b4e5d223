package proof_test

import (
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

func TestHistoriesOfSeveralClientsFitOneOrder(t *testing.T) {
	result, err := steps.Run(t.Context(), steps.Options{Open: proof.Reference(reference.Options{Seed: 1}), Seed: 3, Explore: 40, Clients: 4})
	if err != nil {
		t.Fatal(err)
	}
	if s := result.Scenarios[0]; s.Outcome != reports.Passed {
		t.Errorf("%s: %s", s.Outcome, s.Reason)
	} else {
		t.Log(s.Readings)
	}
}
