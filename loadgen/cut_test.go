package loadgen

import (
	"testing"
	"time"
)

// A run is cut where it ended early, not where its generator could not go on.
func TestARunIsCutWhereItEndedEarly(t *testing.T) {
	first := Phase{Name: "P1", Role: Gentle, Keys: 1, Rate: 10, Length: time.Second}
	second := Phase{Name: "P2", Role: Together, Keys: 1, Rate: 10, Length: time.Second}
	played := func(ph Phase, calls int, change func(*Played)) *Played {
		a := newPlayed(ph, 1, 0)
		a.recorded(&Recording{Seed: 1})
		plan := newSchedule(ph, 1)
		for range calls {
			next, _ := plan.take()
			a.sent(next, next.due, next.due+time.Millisecond, Accepted)
		}
		if change != nil {
			change(a)
		}
		return a
	}
	for _, tt := range []struct {
		name string
		are  []*Played
		want bool
	}{
		{"it ran to its end", []*Played{played(first, 10, nil), played(second, 10, nil)}, false},
		{"its last phase ended early", []*Played{played(first, 10, nil), played(second, 4, nil)}, true},
		{"its last phase did not begin", []*Played{played(first, 10, nil)}, true},
		{"the generator gave up", []*Played{played(first, 10, nil), played(second, 4, func(a *Played) { a.GivenUp = time.Second })}, false},
		{"a worker gave up", []*Played{played(first, 10, nil), played(second, 4, func(a *Played) { a.Parts = []Part{{GivenUp: time.Second}} })}, false},
		{"it did not begin", nil, false},
		{"a worker was lost", []*Played{played(first, 4, func(a *Played) { a.Lost = []string{"P1: worker w2 was lost"} })}, false},
	} {
		p := Profile{Keys: 1, Phases: []Phase{first, second}}
		e := evidence{p: p, r: Recording{Profile: p, Played: tt.are}}
		if got := e.cut(); got != tt.want {
			t.Errorf("%s: cut %v, want %v", tt.name, got, tt.want)
		}
	}
}
