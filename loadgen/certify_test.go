package loadgen

import (
	"strings"
	"testing"
	"time"
)

// TestNoSecondIsCrowded: whoever makes up for time that was lost sends more calls in some second than are due in it,
// wherever that begins. What a call may be late and one call for the edges are allowed.
func TestNoSecondIsCrowded(t *testing.T) {
	const lost = time.Second // from then on nothing leaves for a while
	for _, tt := range []struct {
		held, missAfter time.Duration
		crowded         bool
	}{
		{0, 5 * time.Millisecond, false},
		{9 * time.Millisecond, 5 * time.Millisecond, false},
		{20 * time.Millisecond, 5 * time.Millisecond, true},
		{20 * time.Millisecond, 20 * time.Millisecond, false},
		{100 * time.Millisecond, 20 * time.Millisecond, true},
	} {
		ph := Phase{Name: "P", Role: Conform, Keys: 2, Rate: 300, Length: 4 * time.Second}
		p := Profile{Keys: 2, MissAfter: tt.missAfter, Limit: Limit{Scope: PerKey, Rate: 300, Burst: 300},
			Conforming: Bounds{Sent: 0.9, LateP99: time.Second, Burst: 1000}, Phases: []Phase{ph}}
		a := newPlayed(ph, 1, 0)
		a.recorded(&Recording{Seed: 1})
		plan := newSchedule(ph, 1)
		for next, ok := plan.take(); ok; next, ok = plan.take() {
			send := next.due
			if send > lost && send < lost+tt.held && next.key == 1 {
				send = lost + tt.held
			}
			a.sent(next, send, send+time.Millisecond, Accepted)
		}
		problems := certify(p, a)
		if crowded := len(problems) == 1 && strings.Contains(problems[0], "calls on key 2 left within a second, at 300 per second"); crowded != tt.crowded || !crowded && len(problems) > 0 {
			t.Errorf("held up for %v where %v is allowed: %q", tt.held, tt.missAfter, problems)
		}
	}
}

// TestAPlanCrowdsNoSecond: what leaves when it is due is no making up, whatever the rate and wherever the calls lie in
// their intervals.
func TestAPlanCrowdsNoSecond(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 2.5, 12.8, 20.49, 99.5, 300} {
		for _, spacing := range []Spacing{Phased, Moved} {
			ph := Phase{Name: "P", Role: Gentle, Keys: 4, Rate: rate, Spacing: spacing, Length: time.Minute}
			a := newPlayed(ph, 1, 0)
			a.recorded(&Recording{Seed: 1})
			plan := newSchedule(ph, 1)
			for next, ok := plan.take(); ok; next, ok = plan.take() {
				a.sent(next, next.due, next.due+time.Millisecond, Accepted)
			}
			if problem := a.crowd(0); problem != "" {
				t.Errorf("%s at %v: %s", spacing, rate, problem)
			}
		}
	}
}
