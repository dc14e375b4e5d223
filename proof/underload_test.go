package proof_test

import (
	"slices"
	"strings"
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

// TestUnderLoadOnTheReference holds below, at and above the limit that no answer is wrong. That the load is
// held is for a quiet machine, and where it is not, the run says so.
func TestUnderLoadOnTheReference(t *testing.T) {
	for share, level := range map[float64]string{0.8: "80 %", 1: "100 %", 1.5: "150 %"} {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			job := proof.Job{
				Command: "conform", Target: resolve(t, "reference"), Seed: 1, UnderLoad: []float64{share},
				Conform: &steps.Options{IDs: []string{"creator/*ends its*", "acl/A deleted*", "cipher/What the*, the*"}, Tags: proof.UnderLoadTag},
			}
			run, err := job.Do(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n := len(run.With(reports.Passed)); n != 8 || n != len(run.Scenarios) {
				t.Errorf("%d of %d passed, want 8: %+v", n, len(run.Scenarios), run.Findings)
			}
			if got, want := run.Scenarios[0].ID, "acl/A deleted address is denied at once, for the access token (under "+level+" load)"; got != want {
				t.Errorf("the first scenario is %s, want %s", got, want)
			}
			held := run.Config["load held at "+level]
			t.Log(held)
			if share > 1 && len(run.Findings) == 0 && strings.Count(held, "over the limit 0") > 0 {
				t.Errorf("all of the load was offered, and nothing was over the limit: %s", held)
			}
			for _, f := range run.Findings {
				if !strings.Contains(f.Text, "a busy machine") {
					t.Errorf("%s: %s", f.Kind, f.Text)
				}
			}
			if run.Rules[0].Mutants == nil || len(run.Target.Declared) == 0 {
				t.Errorf("rule %+v, declared %v", run.Rules[0], run.Target.Declared)
			}
		})
	}
}
