package loadgen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// dues returns the due times of each key, as the schedule hands them out.
func dues(ph Phase, seed uint64) (byKey [][]time.Duration, all []time.Duration) {
	byKey = make([][]time.Duration, ph.Keys)
	plan := newSchedule(ph, seed)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		byKey[next.key] = append(byKey[next.key], next.due)
		all = append(all, next.due)
	}
	return byKey, all
}

// drawPhase draws any phase that can be played.
func drawPhase(t *rapid.T) Phase {
	ph := Phase{Name: "P", Role: rapid.SampledFrom([]Role{Conform, Together}).Draw(t, "role"), Keys: rapid.IntRange(1, 9).Draw(t, "keys")}
	ph.Spacing = rapid.SampledFrom([]Spacing{"", Even, Phased, Moved, Poisson}).Draw(t, "spacing")
	ph.Rate = rapid.Float64Range(1, 500).Draw(t, "rate")
	if ph.Spacing == Poisson {
		ph.Length = time.Duration(rapid.Int64Range(int64(time.Second), int64(5*time.Second)).Draw(t, "for"))
		ph.Gap = time.Duration(rapid.Float64Range(0, 0.9).Draw(t, "gap") / ph.Rate * float64(time.Second))
		return ph
	}
	for range rapid.IntRange(0, 5).Draw(t, "stretches") {
		s := Stretch{Burst: rapid.SampledFrom([]int{0, 0, 1, 17}).Draw(t, "burst")}
		if s.Burst == 0 {
			s = Stretch{Length: time.Duration(rapid.Int64Range(1, int64(2*time.Second)).Draw(t, "length")),
				Rate: rapid.SampledFrom([]float64{0, ph.Rate / 3, ph.Rate}).Draw(t, "from"), To: rapid.SampledFrom([]float64{0, 0, ph.Rate}).Draw(t, "to")}
		}
		ph.Shape = append(ph.Shape, s)
	}
	ph.Shape = append(ph.Shape, Stretch{Length: time.Second, Rate: ph.Rate})
	for _, s := range ph.Shape {
		ph.Length += s.Length
	}
	return ph
}

// expected returns how many calls of a key should be due before t.
func expected(ph Phase, t float64) (n float64) {
	for _, s := range ph.stretches() {
		length := s.Length.Seconds()
		if t < length {
			slope := (s.end() - s.Rate) / length
			return n + s.Rate*t + slope*t*t/2
		}
		n += s.calls()
		t -= length
	}
	return n
}

func TestEveryScheduleKeepsItsPhase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ph, seed := drawPhase(t), rapid.Uint64().Draw(t, "seed")
		if err := ph.check("phase", ph.Keys); err != nil {
			t.Skip(err.Error())
		}
		byKey, all := dues(ph, seed)
		if !slices.IsSorted(all) {
			t.Fatal("the schedule goes back in time")
		}
		for key, times := range byKey {
			if len(times) != ph.planned() {
				t.Fatalf("key %d: %d calls, %d are planned", key, len(times), ph.planned())
			}
			if times[0] < 0 || times[len(times)-1] > ph.Length {
				t.Fatalf("key %d: calls from %v to %v in a phase of %v", key, times[0], times[len(times)-1], ph.Length)
			}
			for i, due := range times {
				if ph.Spacing == Poisson {
					if i > 0 && due-times[i-1] < ph.Gap-time.Nanosecond {
						t.Fatalf("key %d: %v between two calls, at least %v is asked for", key, due-times[i-1], ph.Gap)
					}
					continue
				}
				// Whatever the course, at no time is a key a call ahead or more than one behind: the
				// i-th call is due when between i and i+1 calls should be. A burst raises that at once.
				before, after := expected(ph, due.Seconds()-2e-9), expected(ph, due.Seconds()+2e-9)
				if float64(i) > after+1e-3 || float64(i+1) < before-1e-3 {
					t.Fatalf("key %d: call %d is due at %v, when %.4f to %.4f should have been", key, i, due, before, after)
				}
			}
		}
	})
}

func TestTheSameSeedIsTheSameSchedule(t *testing.T) {
	for _, spacing := range []Spacing{Even, Phased, Moved, Poisson} {
		ph := Phase{Keys: 3, Rate: 100, Length: time.Second, Spacing: spacing}
		_, one := dues(ph, 7)
		_, same := dues(ph, 7)
		_, other := dues(ph, 8)
		if !slices.Equal(one, same) || slices.Equal(one, other) == (spacing != Even) {
			t.Errorf("%s: equal %v for one seed, %v for two", spacing, slices.Equal(one, same), slices.Equal(one, other))
		}
	}
}

// A key offers the same stream alone and beside others: what differs is then the others' doing.
func TestAKeysStreamDoesNotDependOnTheOthers(t *testing.T) {
	for _, spacing := range []Spacing{Phased, Moved, Poisson} {
		alone, _ := dues(Phase{Keys: 1, Rate: 450, Length: time.Second, Spacing: spacing}, 3)
		beside, _ := dues(Phase{Keys: 4, Rate: 450, Length: time.Second, Spacing: spacing}, 3)
		if !slices.Equal(alone[0], beside[0]) {
			t.Errorf("%s: the first key's calls differ", spacing)
		}
		if slices.Equal(beside[0], beside[1]) {
			t.Errorf("%s: two keys walk in step", spacing)
		}
	}
}

// Given their number, the calls of a Poisson stream without gaps are evenly distributed over the
// phase, and the gaps between n of them are exponential but for the end: the share that is longer than
// x is (1-x/T)^n. The test of Kolmogorov and Smirnov at one in a thousand, over a fixed seed.
func TestPoissonIsPoisson(t *testing.T) {
	const n, gap, runs = 100, 2e-3, 400
	random := rand.New(rand.NewPCG(1, 2))
	var places, gaps []float64
	for range runs {
		p := &poisson{random: random, left: n, gap: gap, room: 1 - n*gap}
		last := -gap
		for i := range n {
			due := p.next().Seconds()
			places = append(places, (due-float64(i)*gap)/(1-n*gap))
			gaps = append(gaps, 1-math.Pow(1-(due-last-gap)/(1-n*gap), n))
			last = due
		}
	}
	for name, sample := range map[string][]float64{"places": places, "gaps": gaps} {
		slices.Sort(sample)
		worst := 0.0
		for i, x := range sample {
			worst = max(worst, math.Abs(x-float64(i)/float64(len(sample))), math.Abs(x-float64(i+1)/float64(len(sample))))
		}
		if limit := 1.95 / math.Sqrt(n*runs); worst > limit {
			t.Errorf("%s: they are %.4f off their law, at most %.4f by chance", name, worst, limit)
		}
	}
}

func TestACourseIsReadAndChecked(t *testing.T) {
	const form = `
name: n
title: t
api: "2.0"
keys: 2
limit: {scope: key, rate: 300, burst: 300}
rest: 1s
missAfter: 5ms
again: 0s
conforming: {sent: 0.99, lateP99: 2ms}
saturating: {sent: 0.97, lateP99: 5ms}
phases:
  - {name: P, role: conform, rate: 200, for: 3s%s}
`
	for name, tt := range map[string]struct{ course, want string }{
		"steps":           {", shape: [{for: 1s, rate: 100}, {for: 2s, rate: 200}]", ""},
		"ramp":            {", shape: [{for: 3s, rate: 10, to: 200}]", ""},
		"burst and rest":  {", shape: [{for: 1s}, {burst: 200}, {for: 2s, rate: 1}]", ""},
		"poisson":         {", spacing: poisson, gap: 1ms", ""},
		"phased":          {", spacing: phased", ""},
		"unknown law":     {", spacing: fractal", "phases[0].spacing"},
		"gap of nothing":  {", gap: 1ms", "phases[0].gap: only"},
		"all gap":         {", spacing: poisson, gap: 5ms", "phases[0].gap: 5ms"},
		"two laws":        {", spacing: poisson, shape: [{for: 3s, rate: 200}]", "needs a constant rate"},
		"too short":       {", shape: [{for: 1s, rate: 200}]", "it lasts 1s, the phase 3s"},
		"too steep":       {", shape: [{for: 3s, rate: 100, to: 300}]", "reaches 300"},
		"ends in a burst": {", shape: [{for: 3s, rate: 1}, {burst: 9}]", "ends with a burst"},
		"slow burst":      {", shape: [{for: 3s, burst: 9}]", "shape[0]: a burst"},
		"no time":         {", shape: [{rate: 9}, {for: 3s, rate: 1}]", "shape[0].for"},
		"backwards":       {", shape: [{for: 3s, rate: -9}]", "below zero"},
	} {
		_, err := ParseProfile("p.yaml", fmt.Appendf(nil, form, tt.course))
		if said := fmt.Sprint(err); (err == nil) != (tt.want == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func BenchmarkSchedule(b *testing.B) {
	for _, keys := range []int{4, 64, 256} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			b.ReportAllocs()
			ph := Phase{Role: Conform, Keys: keys, Rate: 300, Length: time.Hour}
			plan := newSchedule(ph, 1)
			for b.Loop() {
				if _, ok := plan.take(); !ok {
					plan = newSchedule(ph, 1)
				}
			}
		})
	}
}
