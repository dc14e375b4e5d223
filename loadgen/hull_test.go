package loadgen

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The hull finds what trying every pair finds.
func TestTheBoundsAreThoseOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var marks []mark
		at := 0.0
		for range rapid.IntRange(2, 40).Draw(t, "refusals") {
			at += rapid.Float64Range(1e-6, 0.01).Draw(t, "gap")
			m := mark{seen: seen{at: at, by: at + rapid.Float64Range(0, 0.02).Draw(t, "way")}}
			m.doneBefore = rapid.IntRange(0, 60).Draw(t, "done")
			m.sentBefore = m.doneBefore + rapid.IntRange(0, 3).Draw(t, "under way")
			marks = append(marks, m)
		}
		var done []float64
		for range rapid.IntRange(0, 40).Draw(t, "accepted") {
			done = append(done, rapid.Float64Range(0, 0.3).Draw(t, "done"))
		}
		slices.Sort(done)
		got, want := pairBounds(marks, done, 0), interval{0, math.Inf(1)}
		for i, u := range marks {
			for n, by := range done {
				if u.at < by {
					want.low = max(want.low, float64(n-u.sentBefore)/(by-u.at))
				}
			}
			for _, v := range marks[i+1:] {
				if shortest := v.at - u.by; shortest > 0 {
					want.high = min(want.high, float64(v.sentBefore-u.doneBefore+1)/shortest)
				}
			}
		}
		if !near(got.low, want.low) || !near(got.high, want.high) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))
}
