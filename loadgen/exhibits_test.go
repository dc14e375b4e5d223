package loadgen_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

func TestAHotKeyIsToldFromItsVictims(t *testing.T) {
	for _, tt := range []struct {
		name      string
		service   loadgen.Service
		want      reports.ClaimVerdict
		disturbed int // cells of twelve
	}{
		{"300 each", zoo.Each(zoo.Bucket(300, 300)), reports.Proven, 0},
		{"200 shared", zoo.Shared(zoo.Bucket(200, 200)), reports.Refuted, 12},
		{"300 shared", zoo.Shared(zoo.Bucket(300, 300)), reports.Refuted, 12},
		{"pairs share 300", zoo.Grouped(2, zoo.Bucket(300, 300)), reports.Refuted, 4},
	} {
		l := judged(t, profile(t, "isolation"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], tt.service)
		c := claim(l, "isolation")
		if c.Verdict != tt.want {
			t.Errorf("%s: isolation is %s: %s (%s)", tt.name, c.Verdict, c.Why, c.Bound)
		}
		if l.Isolation == nil || len(l.Isolation.Cells) != 12 || len(l.Isolation.Victims) != 4 {
			t.Fatalf("%s: isolation %+v, want 12 cells and 4 victims", tt.name, l.Isolation)
		}
		n := 0
		for _, c := range l.Isolation.Cells {
			if c.Disturbed {
				n++
			}
			if c.Disturbed && tt.name == "pairs share 300" && c.Hot/2 != c.Victim/2 {
				t.Errorf("%s: key %d disturbs key %d", tt.name, c.Hot, c.Victim)
			}
		}
		if n != tt.disturbed {
			t.Errorf("%s: %d cells are disturbed, want %d", tt.name, n, tt.disturbed)
		}
		if v := l.Isolation.Victims[0]; tt.disturbed == 0 && (*v.Ratio.Best != 1 || v.PValue != 1) || tt.disturbed == 12 && *v.Ratio.High > 0.7 {
			t.Errorf("%s: the first key gets %v of what it gets alone, p = %v", tt.name, *v.Ratio.Best, v.PValue)
		}
	}
}

// Delays without refusals hurt as well: what the median grows by is seen.
func TestAVictimsLatencyIsCompared(t *testing.T) {
	free := math.Inf(-1)
	slow := func(c loadgen.Call) loadgen.Answer { // one server for all keys, 250 calls per second
		at := float64(c.At.UnixNano()) / 1e9
		free = max(free, at) + 1.0/250
		return loadgen.Answer{After: time.Duration((free - at) * float64(time.Second))}
	}
	l := judged(t, profile(t, "isolation"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], slow)
	if v := l.Isolation.Victims[1]; *v.P50.Low < 100 {
		t.Errorf("the median grows by %v to %v ms behind a full server", *v.P50.Low, *v.P50.High)
	}
}

func TestARefutedClaimHasAWitness(t *testing.T) {
	for _, tt := range []struct {
		name, claim, text string
		service           loadgen.Service
	}{
		{"5 % short", "rate", "lets at least", zoo.Each(zoo.Bucket(285, 285))},
		{"200 shared", "guarantee", "calls in a row of key", zoo.Shared(zoo.Bucket(200, 200))},
		{"300 shared", "independence", "between them accepted", zoo.Shared(zoo.Bucket(300, 300))},
	} {
		l := judged(t, profile(t, "per-key-300"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], tt.service)
		found := false
		for _, w := range l.Witnesses {
			if w.Claim != tt.claim {
				continue
			}
			found = true
			if !strings.Contains(w.Text, tt.text) || w.To < w.From || w.Calls < 2 || w.Accepted >= w.Calls || w.Phase == "" {
				t.Errorf("%s: %+v", tt.name, w)
			}
		}
		if !found {
			t.Errorf("%s: no witness against %s: %+v", tt.name, tt.claim, l.Witnesses)
		}
	}
	if l := judged(t, profile(t, "per-key-300"), loadgen.Options{AllowOverload: true}, clients["near"], zoo.Each(zoo.Bucket(300, 300))); len(l.Witnesses) != 0 {
		t.Errorf("witnesses against an honest limiter: %+v", l.Witnesses)
	}
}

// The limiter that was there is, of the ones that might have been, the nearest by far.
func TestTheReplayOfTheTruthIsNearest(t *testing.T) {
	for name, service := range map[string]loadgen.Service{
		"300 per second for each key":       zoo.Each(zoo.Bucket(300, 300)),
		"300 per second shared by all keys": zoo.Shared(zoo.Bucket(300, 300)),
		"200 per second shared by all keys": zoo.Shared(zoo.Bucket(200, 200)),
	} {
		l := judged(t, profile(t, "per-key-300"), loadgen.Options{Seed: 5, AllowOverload: true}, clients["near"], service)
		if len(l.Replays) != 5 || l.Replays[0].Role != reports.Published || l.Replays[4].Role != reports.Fitted {
			t.Fatalf("%d replays, want the published limit first of 5, and what was fitted last", len(l.Replays))
		}
		if fitted := l.Replays[4].Apart; fitted >= 0.1 {
			t.Errorf("%s: the replay of what was fitted is %.3f apart", name, fitted)
		}
		i := slices.IndexFunc(l.Replays, func(r reports.Replay) bool { return r.Limiter == name })
		truth := l.Replays[i].Apart
		if truth > 0.1 { // in which order the calls of two keys came to a limiter of both is lost on their way
			t.Errorf("%s: the replay of the truth is %.3f apart", name, truth)
		}
		for _, r := range l.Replays[:4] {
			if r.Limiter != name && r.Apart < 2*max(truth, 0.02) {
				t.Errorf("%s: the replay of %q is %.3f apart, that of the truth %.3f", name, r.Limiter, r.Apart, truth)
			}
			if len(r.Accepted) != len(l.Keys) || len(r.Accepted[0]) != len(l.Keys[0].Offered) {
				t.Errorf("%s: the replay has %d keys of %d seconds", name, len(r.Accepted), len(r.Accepted[0]))
			}
		}
	}
}

// Over fifteen seconds a rate is known to a few tenths, and a reserve of several seconds' worth is seen.
func TestALongLookIsExact(t *testing.T) {
	for _, tt := range []struct {
		rate, burst float64
	}{{300, 300}, {300, 1500}, {299, 30}} {
		m := judged(t, profile(t, "identify"), loadgen.Options{Seed: 2, AllowOverload: true}, clients["near"], zoo.Each(zoo.Bucket(tt.rate, tt.burst))).Model
		if m == nil || m.Kind != "token bucket" || m.Scope != "key" && tt.burst < 1000 {
			t.Fatalf("%v: model %+v", tt, m)
		}
		low, high := *m.Rate.Low, *m.Rate.High
		if low > tt.rate || high < tt.rate || high-low > 0.7 {
			t.Errorf("%v: rate %v to %v", tt, low, high)
		}
	}
}

// A block that the generator failed is left out and said; while every key was hot in another, the rest counts.
func TestABlockThatFailedIsLeftOut(t *testing.T) {
	p := profile(t, "isolation")
	p.Again = 0
	o := loadgen.Options{Seed: 3, AllowOverload: true, Stall: func(phase string, due time.Duration) time.Duration {
		if phase == "P7.2 on" && due%time.Second < 3*time.Millisecond {
			return 300 * time.Millisecond
		}
		return 0
	}}
	c := claim(judged(t, p, o, clients["near"], zoo.Each(zoo.Bucket(300, 300))), "isolation")
	if c.Verdict != reports.Proven || !strings.Contains(c.Bound, "1 of 16 blocks are left out") {
		t.Errorf("%s: %s (%s)", c.Verdict, c.Why, c.Bound)
	}
	p.Phases[0].Blocks = 8 // six for each victim: whose calls are delayed, they cannot show
	if c := claim(judged(t, p, o, clients["near"], zoo.Each(zoo.Bucket(300, 300))), "isolation"); c.Verdict != reports.Proven || strings.Contains(c.Text+c.Why, "delayed") {
		t.Errorf("by eight blocks it is %s: %s, %s", c.Verdict, c.Text, c.Why)
	}
	p.Phases[0].Blocks = 4
	if c := claim(judged(t, p, o, clients["near"], zoo.Each(zoo.Bucket(300, 300))), "isolation"); c.Verdict != reports.ClaimInvalid {
		t.Errorf("without its block of key 2 it is %s: %s", c.Verdict, c.Why)
	}
}

// What a count by the calendar second would have done depends on where in a second the load began.
func TestACalendarSecondIsOneOfTheClock(t *testing.T) {
	const into = 400 * time.Millisecond
	window := zoo.Each(zoo.Window(300, time.Second, into))
	r, err := loadgen.Simulate(profile(t, "per-key-300"), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], window)
	if err != nil {
		t.Fatal(err)
	}
	apart := func() float64 {
		replays := loadgen.Judge(r).Replays
		i := slices.IndexFunc(replays, func(r reports.Replay) bool { return r.Window && r.Scope == "key" })
		if i < 0 {
			t.Fatalf("%+v", replays)
		}
		return replays[i].Apart
	}
	if unaware := apart(); unaware < 0.02 {
		t.Fatalf("a calendar that began with the load is %v apart: this shows nothing", unaware)
	}
	if r.Began = time.Unix(1, int64(into)); apart() > 0.005 {
		t.Errorf("the calendar that answered is %v apart", apart())
	}
}
