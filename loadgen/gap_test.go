package loadgen

import (
	"testing"
	"time"
)

// lossy returns an attempt at a hundred calls a second for ten seconds, each answered after a millisecond, of which
// those are lost of whose number lost says so, and one may take longer.
func lossy(took func(n int) time.Duration, lost func(n int) bool) *Played {
	a := newPlayed(Phase{Name: "P", Role: Outage, Keys: 1, Spacing: Even, Rate: 100, Length: 10 * time.Second}, 1, 0)
	a.recorded(&Recording{Seed: 1})
	a.Down = Downtime{DownAsked: 4 * time.Second, Down: 4*time.Second + time.Millisecond, UpAsked: 6 * time.Second, Up: 6*time.Second + time.Millisecond}
	for n := range 1000 {
		s, class := slot{number: n, due: time.Duration(n) * 10 * time.Millisecond}, Accepted
		if lost(n) {
			class = ServerError
		}
		a.sent(s, s.due, s.due+took(n), class)
	}
	return a
}

func TestAGapInServiceEndsWithTheFirstCallThatIsServed(t *testing.T) {
	quick := func(int) time.Duration { return time.Millisecond }
	for name, tt := range map[string]struct {
		took func(int) time.Duration
		lost func(int) bool
		want interval
	}{
		"nothing is lost":           {quick, func(int) bool { return false }, interval{}},
		"from 4 to 6 s":             {quick, func(n int) bool { return n >= 400 && n < 600 }, interval{1.99, 2.011}},
		"to the end":                {quick, func(n int) bool { return n >= 400 }, interval{5.99, 6.01}},
		"every second call":         {quick, func(n int) bool { return n >= 400 && n < 600 && n%2 == 0 }, interval{0, 0.021}},
		"the longest counts":        {quick, func(n int) bool { return n == 300 || n >= 400 && n < 450 || n == 600 }, interval{0.49, 0.511}},
		"one takes long to be lost": {func(n int) time.Duration { return time.Millisecond + map[int]time.Duration{400: 5 * time.Second}[n] }, func(n int) bool { return n == 400 }, interval{0, 0.021}},
		"all take long to be lost": {func(n int) time.Duration {
			if n >= 400 && n < 600 {
				return 5 * time.Second
			}
			return time.Millisecond
		}, func(n int) bool { return n >= 400 && n < 600 }, interval{1.99, 2.011}},
		"one takes long to be served": {func(n int) time.Duration { return time.Millisecond + map[int]time.Duration{399: time.Second}[n] }, func(n int) bool { return n >= 400 && n < 600 }, interval{0.999, 2.011}},
	} {
		got := lossy(tt.took, tt.lost).gap()
		if low, high := got.low-tt.want.low, got.high-tt.want.high; max(low, -low) > 1e-3 || max(high, -high) > 1e-3 {
			t.Errorf("%s: nothing is served for %s, want %s", name, spell(got), spell(tt.want))
		}
	}
}

// A witness of a loss was sent after Korea was taken down, where there is one.
func TestTheFirstLostWasSentAfterTheRegionWentDown(t *testing.T) {
	slow := func(int) time.Duration { return 25 * time.Millisecond }
	for _, tt := range []struct {
		lost func(int) bool
		want string
	}{
		{func(n int) bool { return n >= 398 && n < 600 }, "a call of key 1 was sent 0.000 s after Korea was taken down and ended as server error"},
		{func(n int) bool { return n == 398 }, "a call of key 1 was under way when Korea was taken down and ended as server error"},
		{func(n int) bool { return n == 300 || n == 700 }, ""},
	} {
		e := &evidence{attempts: map[Role]*Played{Outage: lossy(slow, tt.lost)}}
		if w, ok := e.firstLost(); ok != (tt.want != "") || w.Text != tt.want {
			t.Errorf("%q, want %q", w.Text, tt.want)
		}
	}
}
