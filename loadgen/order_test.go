package loadgen

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sentCall is a call of a key, for comparing orders.
type sentCall struct {
	key int
	call
}

// recordedAnyhow plays a phase with random lateness, ways and answers, and gives its calls sorted by send.
func recordedAnyhow(seed uint64, keys int, spooled int) (*Played, []sentCall) {
	ph := Phase{Name: "P", Role: Together, Keys: keys, Rate: 200, Length: 3 * time.Second}
	r := &Recording{Seed: seed, spool: &spool{memory: spooled}}
	a := newPlayed(ph, 1, 0)
	a.recorded(r)
	plan, rng := newSchedule(ph, seed), rand.New(rand.NewPCG(seed, 1))
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		if rng.IntN(20) == 0 {
			a.missed(next, time.Millisecond)
			continue
		}
		send := next.due + time.Duration(rng.Int64N(int64(20*time.Millisecond)))
		a.sent(next, send, send+5*time.Millisecond+time.Duration(rng.Int64N(int64(30*time.Millisecond))), []Class{Accepted, RateLimited, ServerError}[rng.IntN(3)])
		if rng.IntN(50) == 0 {
			a.tracks[next.key].log.turn() // pieces shorter than a chunk
		}
	}
	var all []sentCall
	for key := range a.tracks {
		for _, c := range a.tracks[key].calls {
			all = append(all, sentCall{key, c})
		}
	}
	slices.SortStableFunc(all, func(x, y sentCall) int { return cmp.Compare(x.send, y.send) })
	return a, all
}

// The calls of several keys come in the order in which they were sent, from memory and from a file,
// whatever overtook what.
func TestCallsComeInTheOrderOfTheirSends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, want := recordedAnyhow(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 5).Draw(t, "keys"), rapid.SampledFrom([]int{0, 1}).Draw(t, "memory"))
		defer a.tracks[0].log.spool.close()
		n := 0
		for key, c := range bySend(a.tracks) {
			if n == len(want) || (sentCall{key, c}) != want[n] {
				t.Fatalf("call %d is %+v of key %d, want %+v", n, c, key, want[min(n, len(want)-1)])
			}
			n++
		}
		if n != len(want) {
			t.Fatalf("%d calls, want %d", n, len(want))
		}
	})
}

// What excuses a refusal is found with a second of calls in hand; this looks at all of them.
func TestExcusesAreThoseOfAllCalls(t *testing.T) {
	for seed := range uint64(20) {
		l := Limit{Scope: []Scope{PerKey, System}[seed%2], Rate: 120, Burst: 120}
		a, all := recordedAnyhow(seed, 3, 0)
		n, excused, full := 0, 0, 0
		toll := a.toll()
		for key, o := range a.outcomes(l) {
			if (sentCall{key, o.call}) != all[n] {
				t.Fatalf("outcome %d is of %+v, want %+v", n, o.call, all[n])
			}
			n++
			if !o.class.Limited() {
				continue
			}
			latest, second := math.Inf(-1), 0
			for _, c := range all {
				if c.class != Accepted || c.send > o.done || l.Scope == PerKey && c.key != key {
					continue
				}
				if float64(c.send) <= max(float64(o.send), float64(o.done)-toll) {
					latest = max(latest, float64(c.done)-toll)
				}
				if int64(c.done) >= int64(o.send)-1e6 {
					second++
				}
			}
			if near := float64(o.send)-latest < 1e6/l.Rate; near != o.excused || (float64(second) >= l.Rate) != o.full {
				t.Fatalf("seed %d, call %d: excused %v and full %v, want %v and %d calls in the second before", seed, n, o.excused, o.full, near, second)
			}
			if o.excused {
				excused++
			}
			if o.full {
				full++
			}
		}
		if excused == 0 || excused == n || seed%2 == 1 && full == 0 {
			t.Errorf("seed %d: of %d calls %d are excused and %d full: that compares nothing", seed, n, excused, full)
		}
	}
}

func TestNearlySortedIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 9), 1, 200).Draw(t, "values")
		want := slices.Sorted(slices.Values(values))
		n := rapid.IntRange(0, len(values)-1).Draw(t, "n")
		if got := nth(slices.Clone(values), n); got != want[n] {
			t.Fatalf("value %d is %v, want %v", n, got, want[n])
		}
		if sortNearly(values, func(v float64) float64 { return v }); !slices.Equal(values, want) {
			t.Fatalf("%v, want %v", values, want)
		}
	})
}
