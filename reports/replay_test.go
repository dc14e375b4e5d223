package reports

import (
	"slices"
	"testing"
)

func TestABucketSecondBySecond(t *testing.T) {
	for _, tt := range []struct {
		name    string
		offered []float64
		want    []float64
	}{
		{"the last that fits", []float64{300, 300, 300}, []float64{300, 300, 300}},
		{"a full bucket at first", []float64{700, 450, 450}, []float64{600, 300, 300}},
		{"it fills again", []float64{600, 0, 600}, []float64{600, 0, 600}},
		{"and holds no more than its burst", []float64{0, 0, 0, 900}, []float64{0, 0, 0, 600}},
	} {
		if got := (bucket{300, 300}).take(tt.offered); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestKeysShareABucketByWhatTheyOffer(t *testing.T) {
	got := bucket{200, 0}.share([][]float64{{300, 50}, {100}})
	if !slices.Equal(got[0], []float64{150, 50}) || !slices.Equal(got[1], []float64{50}) {
		t.Errorf("got %v", got)
	}
}

// TestTheOtherLimitTellsTheApisApart: what passes under 300 for each key does not under 200 for all, and back.
func TestTheOtherLimitTellsTheApisApart(t *testing.T) {
	keys := []KeySeries{{Offered: []int64{300, 300, 300}, Accepted: []int64{300, 300, 300}}, {Offered: []int64{300, 300, 300}, Accepted: []int64{300, 300, 300}}}
	w := (&Load{Limit: &Limit{Rate: 300, Scope: "key"}, Keys: keys}).otherwise("x")
	if w.Rows[0].Was != "900" || w.Rows[0].Would != "400" {
		t.Errorf("got %+v, want 900 and 400", w.Rows[0])
	}
	w = (&Load{Limit: &Limit{Rate: 200, Scope: "system"}, Keys: keys}).otherwise("x")
	if w.Rows[0].Would != "900" {
		t.Errorf("got %+v, want 900", w.Rows[0])
	}
	if w := (&Load{Limit: &Limit{Rate: 300, Scope: "key"}, Keys: keys[:1]}).otherwise("x"); w != nil {
		t.Error("one key cannot tell a shared limit from its own")
	}
}

func TestTheFittedLimiterIsDrawnOnlyWhereItIsKnown(t *testing.T) {
	n := 300.0
	keys := []KeySeries{{Offered: []int64{900, 900}}}
	m := Model{Kind: "token bucket", Scope: "key", Rate: Interval{Best: &n}}
	if got := (&Load{Keys: keys, Model: &m}).fitted(); !slices.Equal(got[0], []float64{600, 300}) {
		t.Errorf("got %v", got)
	}
	for _, other := range []Model{{Kind: "none seen", Scope: "key", Rate: Interval{Best: &n}}, {Kind: "token bucket", Scope: "unknown", Rate: Interval{Best: &n}}, {Kind: "token bucket", Scope: "key"}} {
		if got := (&Load{Keys: keys, Model: &other}).fitted(); got != nil {
			t.Errorf("%+v: got %v, want nothing", other, got)
		}
	}
}

func TestIsolation(t *testing.T) {
	l := &Load{
		Limit:  &Limit{Rate: 300, Scope: "key"},
		Keys:   []KeySeries{{Offered: []int64{100, 0, 400}, Accepted: []int64{100, 0, 320}}, {Offered: []int64{0, 0, 100}, Accepted: []int64{0, 0, 50}}},
		Phases: []Phase{{Name: "P1", Seconds: 1, Rate: 100, Keys: []int{0}}, {Name: "P2", Start: 2, Seconds: 1, Rate: 100, Keys: []int{0, 1}}},
	}
	m := isolated(l)
	want := [][]isolationCell{{{"100", "100 %", "full"}, {"320", "80 %", "near"}}, {{}, {"50", "50 %", "less"}}}
	for k, row := range m.Rows {
		if !slices.Equal(row.Cells, want[k]) {
			t.Errorf("key %d: got %v, want %v", k, row.Cells, want[k])
		}
	}
	l.Keys[0].Offered[2], l.Keys[0].Accepted[2] = 900, 600 // two thirds, and all that 300 with a full bucket give
	if c := isolated(l).Rows[0].Cells[1]; c.Class != "full" {
		t.Errorf("got %v: what the limit gives is no less than is due", c)
	}
	l.Keys[0].Accepted[2] = 320
	l.Phases[1].Name = "P1" // a second attempt replaces the first
	if m := isolated(l); len(m.Phases) != 1 || m.Rows[0].Cells[0].Rate != "320" {
		t.Errorf("got %+v", m)
	}
	for _, tt := range []struct {
		shares []float64
		want   float64
	}{{[]float64{0.5, 0.5}, 1}, {[]float64{1, 0, 0, 0}, 0.25}, {nil, 1}} {
		if got := jain(tt.shares); got != tt.want {
			t.Errorf("jain(%v) = %v, want %v", tt.shares, got, tt.want)
		}
	}
	if got := percent(0.99999); got != "> 99.9 %" {
		t.Errorf("got %q: not all of it", got)
	}
}

func TestTheSpectrumsAxisCountsNines(t *testing.T) {
	q := Quantiles{Count: 10_000, P50: 1, P90: 1, P99: 10, P999: 10, Max: 100}
	s := spectra(&Load{Phases: []Phase{{Due: q, Send: q}, {}}}, "x")
	if len(s) != 1 {
		t.Fatalf("got %d drawings, want none of a phase without calls", len(s))
	}
	if d := s[0].DueDots; d[4].X != s[0].Right || d[4].Y != s[0].Top || d[1].X-s[0].Left != d[2].X-d[1].X {
		t.Errorf("got %v: the longest of 10,000 stands at four nines, each nine one step", d)
	}
	few := spectra(&Load{Phases: []Phase{{Due: Quantiles{Count: 5, P50: 1, P90: 2, P99: 2, P999: 2, Max: 2}}}}, "x")
	if d := few[0].DueDots; len(d) != 2 {
		t.Errorf("got %v: five calls have no 90th percentile", d)
	}
}
