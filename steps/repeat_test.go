package steps_test

import (
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

var (
	repetitions = flag.Int("repetitions", 2, "how often TestShuffledRepetitions runs the suite")
	firstSeed   = flag.Uint64("first-seed", 1, "seed of the first of them; each other has the next")
)

// TestShuffledRepetitions looks for scenarios that pass but sometimes, each time in another order: in
// turn on a server for each scenario and on one for all.
func TestShuffledRepetitions(t *testing.T) {
	for i := range uint64(*repetitions) {
		seed := *firstSeed + i
		o := steps.Options{Open: honest, Seed: seed, Parallel: 4}
		if seed%2 == 0 {
			o.Open = sharing(t, through)
		}
		r := run(t, o)
		for _, s := range r.Scenarios {
			if s.Outcome != reports.Passed {
				t.Errorf("seed %d: %s: %s: %s %s: %s", seed, s.Outcome, s.ID, s.Keyword, s.Step, s.Reason)
			}
		}
		if len(r.Findings)+len(r.Leftovers)+len(r.NotRun) > 0 {
			t.Errorf("seed %d: findings %v, leftovers %v, not run %v", seed, r.Findings, r.Leftovers, r.NotRun)
		}
		if (i+1)%50 == 0 {
			t.Logf("%d repetitions", i+1)
		}
	}
}

// TestNothingWaits: in a bubble the machine's time stands still unless somebody waits for it.
func TestNothingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if n := outcomes(run(t, steps.Options{Open: honest})); n[reports.Passed] == 0 {
			t.Errorf("outcomes %v", n)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("the run waited %v", waited)
		}
	})
}
