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
