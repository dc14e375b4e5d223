package reports

import (
	"slices"
	"testing"
)

// replayed is a load of two keys that the published limit would have let through whole, with what 200 for all
// would have done.
func replayed() *Load {
	return &Load{
		Keys: []KeySeries{{Name: "a", Offered: []int64{300, 300}, Accepted: []int64{300, 290}}, {Name: "b", Offered: []int64{300, 300}, Accepted: []int64{300, 300}}},
		Replays: []Replay{
			{Limiter: "300 for each key", Role: Published, Apart: 0.01, Accepted: [][]int64{{300, 300}, {300, 300}}},
			{Limiter: "200 for all", Apart: 0.6, Accepted: [][]int64{{200, 100}, {200, 100}}},
			{Limiter: "a bucket", Role: Fitted, Apart: 0.005, Accepted: [][]int64{{300, 295}, {300, 300}}},
		},
	}
}

// What the page says of other limiters is what the run file says.
func TestTheReplaysOfTheRunFileAreDrawn(t *testing.T) {
	l := replayed()
	w := l.otherwise("x")
	if len(w.Figures) != 3 || !w.Figures[0].Nearest || w.Figures[1].Nearest || w.Figures[2].Nearest {
		t.Errorf("got %+v; the first is the nearest that was not made to fit", w.Figures)
	}
	if r := w.Rows[0]; r.Was != "590" || !slices.Equal(r.Would, []string{"600", "300", "595"}) {
		t.Errorf("got %+v", r)
	}
	if fits := l.replayed(Fitted).series(); !slices.Equal(fits[0], []float64{300, 295}) {
		t.Errorf("the fitted limiter is drawn as %v", fits)
	}
	if due := l.due(); !slices.Equal(due[0], []float64{300, 300}) {
		t.Errorf("%v is due, want what the published limit gives", due[0])
	}
	l.Replays = nil
	if w, fits, due := l.otherwise("x"), l.replayed(Fitted).series(), l.due(); w != nil || fits != nil || due[0] != nil {
		t.Errorf("a run file without replays: %v, %v, %v", w, fits, due)
	}
}

func TestIsolation(t *testing.T) {
	l := &Load{
		Replays: []Replay{{Role: Published, Accepted: [][]int64{{100, 0, 400}, {0, 0, 100}}}},
		Keys:    []KeySeries{{Offered: []int64{100, 0, 400}, Accepted: []int64{100, 0, 320}}, {Offered: []int64{0, 0, 100}, Accepted: []int64{0, 0, 50}}},
		Phases:  []Phase{{Name: "P1", Seconds: 1, Rate: 100, Keys: []int{0}}, {Name: "P2", Start: 2, Seconds: 1, Rate: 100, Keys: []int{0, 1}}},
	}
	m := isolated(l)
	want := [][]isolationCell{{{"100", "100 %", "full"}, {"320", "80 %", "near"}}, {{}, {"50", "50 %", "less"}}}
	for k, row := range m.Rows {
		if !slices.Equal(row.Cells, want[k]) {
			t.Errorf("key %d: got %v, want %v", k, row.Cells, want[k])
		}
	}
	l.Replays = []Replay{{Role: Published, Accepted: [][]int64{{100, 0, 600}, {0, 0, 100}}}}
	l.Keys[0].Offered[2], l.Keys[0].Accepted[2] = 900, 600 // two thirds, and all that 300 with a full bucket give
	if c := isolated(l).Rows[0].Cells[1]; c.Class != "full" {
		t.Errorf("got %v: what the limit gives is no less than is due", c)
	}
	l.Keys[0].Accepted[2] = 320
	l.Phases[1].Name = "P1" // a second attempt replaces the first
	if m := isolated(l); len(m.Phases) != 1 || m.Rows[0].Cells[0].Rate != "320" {
		t.Errorf("got %+v", m)
	}
	if got := percent(0.99999); got != "> 99.9 %" {
		t.Errorf("got %q: not all of it", got)
	}
}

func TestTheSpectrumsAxisCountsNines(t *testing.T) {
	q := Quantiles{Count: 10_000, P50: 1, P90: 1, P99: 10, P999: 10, Max: 100}
	s := spectra([]Phase{{Due: q, Send: q}, {}}, "x")
	if len(s) != 1 {
		t.Fatalf("got %d drawings, want none of a phase without calls", len(s))
	}
	if d := s[0].DueDots; d[4].X != s[0].Right || d[4].Y != s[0].Top || d[1].X-s[0].Left != d[2].X-d[1].X {
		t.Errorf("got %v: the longest of 10,000 stands at four nines, each nine one step", d)
	}
	few := spectra([]Phase{{Due: Quantiles{Count: 5, P50: 1, P90: 2, P99: 2, P999: 2, Max: 2}}}, "x")
	if d := few[0].DueDots; len(d) != 2 {
		t.Errorf("got %v: five calls have no 90th percentile", d)
	}
}
