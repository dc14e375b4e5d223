package loadgen

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// What could not be sent because the target owed answers counts in every block, and not in the last ones alone.
func TestABlockThatWasHeldUpProvesNothing(t *testing.T) {
	p, err := Lookup("isolation")
	if err != nil {
		t.Fatal(err)
	}
	serve := func(Call) Answer { return Answer{} }
	r, err := Simulate(p, Options{Seed: 1, AllowOverload: true}, Conditions{Travel: 300 * time.Microsecond}, serve)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	isolated := func() reports.Claim {
		for _, c := range Judge(r).Claims {
			if c.Name == claimIsolation {
				return c
			}
		}
		return reports.Claim{}
	}
	if c := isolated(); c.Verdict != reports.Proven {
		t.Fatalf("isolation is %s: %s", c.Verdict, c.Why)
	}
	planned := int64(0)
	for _, a := range r.Played {
		planned += a.tally().planned
	}
	r.Played[1].tracks[0].blocked = planned / 500
	if c := isolated(); c.Verdict != reports.ClaimInconclusive || !strings.Contains(c.Why, "still owed answers") || c.PError != 0 {
		t.Errorf("isolation is %s: %s", c.Verdict, c.Why)
	}
}
