package steps_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// TestWaitingTakesTheClocksPlace: with leave to wait, the rules about the end of a token are checked
// where no clock can be set; all waits go on at once.
func TestWaitingTakesTheClocksPlace(t *testing.T) {
	expiry := steps.Options{Tags: "@KMS2-TOK-031 or @KMS2-REN-011 or @KMS2-REN-012", Seed: 3}
	ran := func(wait time.Duration) (passed, skipped int) {
		s := setting{change: func(t *target.Target) { t.Wait = wait }}
		synctest.Test(t, func(t *testing.T) {
			on, start := s.foreign(t), time.Now()
			o := expiry
			o.Open = func(context.Context) (*target.Target, error) { return on, nil }
			r := run(t, o)
			for _, s := range r.Scenarios {
				if s.Outcome != reports.Passed && s.Outcome != reports.Skipped {
					t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
				}
			}
			if took := time.Since(start); took > wait+time.Minute {
				t.Errorf("the run took %v, allowed %v", took, wait)
			}
			passed, skipped = outcomes(r)[reports.Passed], outcomes(r)[reports.Skipped]
		})
		return passed, skipped
	}
	if passed, _ := ran(0); passed > 0 {
		t.Errorf("%d passed without waiting", passed)
	}
	short, _ := ran(61*time.Minute + time.Second)
	long, skipped := ran(13 * time.Hour)
	if short == 0 || long <= short || skipped == 0 {
		t.Errorf("%d passed within an hour, %d within 13, and %d were skipped all the same", short, long, skipped)
	}
}

// TestWaitingFindsATokenThatLivesOn: what only time shows is found by waiting, too, on both sides of
// the end.
func TestWaitingFindsATokenThatLivesOn(t *testing.T) {
	for _, flaw := range []string{"expiry-ignored", "expiry-two-minutes-late", "expiry-early"} {
		s := setting{flaw: flaw, change: func(t *target.Target) { t.Wait = 2 * time.Hour }}
		s.prove(t, steps.Options{Rule: "KMS2-REN-011"}, func(t *testing.T, r *steps.Result, _ *target.Target) {
			if n := outcomes(r); n[reports.Failed] == 0 || n[reports.Errored]+n[reports.Blocked] > 0 {
				t.Errorf("%s: outcomes %v", flaw, n)
			}
		})
	}
}
