package proof_test

import (
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// TestScenariosUnderLoadNeedNoClock: the load lives by the clock, so nobody may move it.
func TestScenariosUnderLoadNeedNoClock(t *testing.T) {
	cases, err := steps.Plan(steps.Options{Tags: proof.UnderLoadTag})
	if err != nil || len(cases) < 20 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		if slices.Contains(c.Needs, features.Clock) || slices.Contains(c.Needs, features.Overload) || c.Serial {
			t.Errorf("%s needs %v", c.ID, c.Needs)
		}
	}
}

// TestUnderLoadOnTheReference is about the scenarios: that the load is held is for a quiet machine, and
// where it is not, the run says so.
func TestUnderLoadOnTheReference(t *testing.T) {
	job := proof.Job{
		Command: "conform", Target: resolve(t, "reference"), Seed: 1, UnderLoad: []float64{0.8},
		Conform: &steps.Options{IDs: []string{"creator/*ends its*"}, Tags: proof.UnderLoadTag},
	}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(run.With(reports.Passed)); n == 0 || n != len(run.Scenarios) {
		t.Errorf("%d of %d passed: %+v", n, len(run.Scenarios), run.Findings)
	}
	if run.Config["load held at 80 %"] == "" || run.Scenarios[0].ID != "creator/Replacing the creator ends its access tokens at once (under 80 % load)" {
		t.Errorf("config %v, first scenario %s", run.Config, run.Scenarios[0].ID)
	}
}
