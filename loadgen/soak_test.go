package loadgen

import (
	"math/rand/v2"
	"slices"
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

// TestACallMeetsTheChangesOfItsOwnToken as a look at all of them has it, on random calls in the order of their sends.
func TestACallMeetsTheChangesOfItsOwnToken(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	second := func(most float64) time.Duration { return time.Duration(rng.Float64() * most * float64(time.Second)) }
	met := 0
	for range 50 {
		p := &Played{}
		for range 20 {
			p.Renewals = append(p.Renewals, Renewal{Key: rng.IntN(3), At: second(100), Took: second(3), OK: rng.IntN(4) > 0})
		}
		turns := p.turnovers()
		for at := time.Duration(0); at < 110*time.Second; at += second(0.5) {
			key, c := rng.IntN(3), call{send: micros(at), done: micros(at + second(4))}
			sent, done := time.Duration(c.send)*time.Microsecond, time.Duration(c.done)*time.Microsecond
			want := slices.ContainsFunc(p.Renewals, func(r Renewal) bool {
				return r.Key == key && r.OK && sent <= r.At+r.Took+turnover && done >= r.At-turnover
			})
			if want {
				met++
			}
			if got := turns.meet(key, c); got != want {
				t.Fatalf("a call on key %d from %v to %v meets one: %v, want %v", key, sent, done, got, want)
			}
		}
	}
	if met == 0 {
		t.Error("no call met a change")
	}
}
