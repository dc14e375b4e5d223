package loadgen

import (
	"testing"
	"time"
)

// An attempt begins when its requests are signed, which may be later than it was planned, and a
// phase need not last whole seconds.
func TestASecondIsKeptWhereverAnAttemptBegins(t *testing.T) {
	ph := Phase{Name: "P", Role: Conform, Keys: 1, Rate: 100, Length: 8571 * time.Millisecond}
	a := newPlayed(ph, 1, 0)
	a.seed = 1
	a.Start = 999 * time.Millisecond
	plan, n := newSchedule(ph, 1), int64(0)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		a.sent(next, next.due, next.due+time.Millisecond, Accepted)
	}
	for _, accepted := range (Recording{Keys: numbered(1), Played: []*Played{a}}).series()[0].Accepted {
		n += accepted
	}
	if want := int64(ph.planned()); n != want {
		t.Errorf("%d calls in the seconds, want %d", n, want)
	}
}
