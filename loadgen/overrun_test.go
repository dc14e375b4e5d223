package loadgen

import (
	"math/rand/v2"
	"testing"
	"time"
)

// shortestOverrun is overrun by its definition: every stretch of accepted calls is looked at.
func shortestOverrun(calls []call, l Limit, hidden float64) (n int) {
	for begin := range calls {
		done := 0.0
		for end := begin; end < len(calls); end++ {
			done = max(done, inSeconds(calls[end].done))
			if in := end - begin + 1; (n == 0 || in < n) && float64(in) > l.Burst+l.Rate*(done-inSeconds(calls[begin].send)+hidden) {
				n = in
			}
		}
	}
	return n
}

// A witness of a limit is the stretch of the fewest calls, also where one that ends earlier has more of them, and where
// calls overtake each other or clocks that differ stamped them.
func TestAWitnessOfALimitHasTheFewestCalls(t *testing.T) {
	l, found := Limit{Scope: PerKey, Rate: 100, Burst: 10}, 0
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 3))
		ph := Phase{Name: "P", Role: Together, Keys: 1, Rate: 150, Length: 2 * time.Second}
		a := newPlayed(ph, 1, 0)
		a.recorded(&Recording{Seed: seed})
		plan := newSchedule(ph, seed)
		for next, ok := plan.take(); ok; next, ok = plan.take() {
			class, way := Accepted, time.Duration(rng.ExpFloat64()*float64(3*time.Millisecond))
			if rng.Float64() < 0.34 {
				class = RateLimited
			}
			a.sent(next, next.due, next.due+way, class)
		}
		var accepted []call
		for _, c := range bySend(a.tracks) {
			if c.class == Accepted {
				accepted = append(accepted, c)
			}
		}
		hidden := 0.0
		if seed%2 > 0 {
			a.Striped, a.Slack, hidden = []int{0}, 10*time.Millisecond, 0.02
			a.blur()
		}
		want := shortestOverrun(accepted, l, hidden)
		from, to, n, ok := overrun(a.tracks, l, len(accepted)+1)
		if ok != (want > 0) || n != want {
			t.Fatalf("seed %d: %d calls from %v to %v, want %d", seed, n, from, to, want)
		}
		if ok {
			found++
		}
		if _, _, n, ok := overrun(a.tracks, l, want); ok {
			t.Fatalf("seed %d: %d calls are fewer than %d", seed, n, want)
		}
	}
	if found < 10 || found == 50 {
		t.Errorf("%d of 50 streams overran the bucket: that shows little", found)
	}
}
