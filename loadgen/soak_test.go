package loadgen

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// TestASoakBetsInTheOrderOfTheCalls: eight lost of one key's thousand calls are too many, and of both keys' two
// thousand they are not, whichever key they were lost on.
func TestASoakBetsInTheOrderOfTheCalls(t *testing.T) {
	for _, keys := range []int{1, 2} {
		for on := range keys {
			ph := Phase{Name: "SK", Role: Soak, Keys: keys, Rate: 100, Length: 10 * time.Second}
			a := newPlayed(ph, 1, 0)
			a.recorded(&Recording{Seed: 1})
			plan, made := newSchedule(ph, 1), make([]int, keys)
			for next, ok := plan.take(); ok; next, ok = plan.take() {
				class := Accepted
				if made[next.key]++; next.key == on && made[next.key] > 992 {
					class = ServerError
				}
				a.sent(next, next.due, next.due+time.Millisecond, class)
			}
			c := outlasted(reports.Claim{Text: servedText(provenBelow)}, []*Played{a})
			if refuted := c.Verdict == reports.Refuted; refuted != (keys == 1) || refuted != (c.Text == servedText(rarely)) {
				t.Errorf("%d keys, lost on key %d: it is %s (%s) that %s", keys, on+1, c.Verdict, c.Bound, c.Text)
			}
		}
	}
}
