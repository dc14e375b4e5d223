package proof_test

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// TestABaselineLetsTheSameTargetPass: symptoms hold nothing that another seed changes.
func TestABaselineLetsTheSameTargetPass(t *testing.T) {
	for i, m := range mutant.All() {
		if i%600 != 1 {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			target := func(seed uint64) *proof.Target {
				return &proof.Target{Name: m.Name, Scenario: proof.Mutant(m, reference.Options{Seed: seed})}
			}
			first, err := proof.Job{Target: target(1), Seed: 1, Conform: &steps.Options{}, Strict: true}.Do(t.Context())
			if err != nil || len(first.With(reports.Failed, reports.Warned)) == 0 {
				t.Fatalf("%v, %v; want failures", first.Counts(), err)
			}
			known := steps.Baseline(first, steps.Known{Reason: "r", Owner: "o", Issue: "i", Until: "2999-12-31"}, nil, time.Time{})
			again, err := proof.Job{Target: target(2), Seed: 2, Conform: &steps.Options{Known: known}, Strict: false}.Do(t.Context())
			if err != nil || again.ExitCode() != 0 {
				t.Errorf("exit code %d (%v): %q", again.ExitCode(), err, again.Reasons)
			}
			for _, s := range again.With(reports.Failed, reports.Warned) {
				t.Errorf("%s: %s; %s", s.ID, s.Reason, s.Known)
			}
		})
	}
}
