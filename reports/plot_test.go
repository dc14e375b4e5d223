package reports

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestStairsHoldEachValueForItsStep(t *testing.T) {
	same := func(v float64) float64 { return v }
	tests := []struct {
		name   string
		values []float64
		want   string
	}{
		{"nothing", nil, ""},
		{"one", []float64{3}, "M0 3H1"},
		{"constant", []float64{3, 3, 3}, "M0 3H3"},
		{"a step", []float64{3, 3, 5}, "M0 3H2V5H3"},
		{"a tenth", []float64{0.04, 0.06}, "M0 0H1V0.1H2"},
	}
	for _, tt := range tests {
		if got := stairs(tt.values, 1, same, same); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBinsAreMeans(t *testing.T) {
	got := binned([]float64{1, 3, 5, 7, 9}, 2)
	if want := []float64{2, 6, 9}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// However long a run was, a plot is small enough to be read without a library, and docs/pages.md says how small.
func TestAPlotHasFewSteps(t *testing.T) {
	page, err := os.ReadFile("../docs/pages.md")
	if err != nil {
		t.Fatal(err)
	}
	if said := fmt.Sprintf("at most %d steps", plotPoints); !strings.Contains(string(page), said) {
		t.Errorf("docs/pages.md does not say %q", said)
	}
	if said := fmt.Sprintf("at most %d rows", plotRows); !strings.Contains(string(page), said) {
		t.Errorf("docs/pages.md does not say %q", said)
	}
	for _, seconds := range []int{1, plotPoints, plotPoints + 1, 7200, 86_400} {
		accepted := make([]float64, seconds)
		for i := range accepted {
			accepted[i] = float64(i) // no two steps are alike
		}
		p := draw(series{accepted: accepted}, 1000, 1000, float64(seconds), 0, nil)
		if steps := strings.Count(p.Accepted, "H"); steps > plotPoints || len(p.Rows) > plotRows || p.RowSeconds*len(p.Rows) < seconds {
			t.Errorf("%d s: %d steps, %d rows of %d s", seconds, steps, len(p.Rows), p.RowSeconds)
		}
	}
}

func TestCeilingIsRoundAndHigherThanEverything(t *testing.T) {
	for _, tt := range []struct{ peak, limit, want float64 }{
		{0, 0, 2}, {450, 300, 600}, {285, 300, 400}, {1, 0, 2}, {28_800, 0, 40_000}, {200, 200, 300},
	} {
		if got := ceiling(tt.peak, tt.limit); got != tt.want || got < max(tt.peak, tt.limit) {
			t.Errorf("ceiling(%v, %v) = %v, want %v", tt.peak, tt.limit, got, tt.want)
		}
	}
}

func TestSumOfKeysOfDifferentLength(t *testing.T) {
	all := sumOf([]KeySeries{{Offered: []int64{1, 2, 3}, Accepted: []int64{1}}, {Offered: []int64{10}}})
	if want := []float64{11, 2, 3}; !slices.Equal(all.offered, want) || all.accepted[0] != 1 {
		t.Errorf("got %v, %v; want %v, 1", all.offered, all.accepted, want)
	}
}

func TestDrawingNeedsNoData(t *testing.T) {
	p := draw(series{}, 360, 170, ceiling(0, 0), 0, []Phase{{Name: "P1", Seconds: 5}})
	for _, f := range []float64{p.Bottom, p.XTicks[0].At, p.YTicks[len(p.YTicks)-1].At} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			t.Errorf("got %v", f)
		}
	}
	if p.Offered != "" || p.Accepted != "" || len(p.Rows) != 0 {
		t.Errorf("lines without data: %+v", p)
	}
}

func TestThePlotShowsRefusalsOnlyWhereThereAreSome(t *testing.T) {
	quiet := draw(series{offered: []float64{5}, accepted: []float64{5}, limited: []float64{0}}, 360, 170, 10, 0, nil)
	loud := draw(series{offered: []float64{5}, accepted: []float64{4}, limited: []float64{1}}, 360, 170, 10, 300, nil)
	if quiet.Limited != "" || loud.Limited == "" {
		t.Errorf("got %q and %q", quiet.Limited, loud.Limited)
	}
	if quiet.Limit != nil || loud.Limit == nil {
		t.Error("the limit line does not follow the limit")
	}
	if foot := coord(loud.Bottom); !strings.HasPrefix(loud.Accepted, "M48 "+foot+"L48 ") || !strings.HasSuffix(loud.Accepted, "V"+foot) {
		t.Errorf("%q does not stand on the axis", loud.Accepted)
	}
}

// TestLabelsOfPhasesDoNotRunIntoEachOther: the second goes a row up or down, a third that finds no room is left out.
func TestLabelsOfPhasesDoNotRunIntoEachOther(t *testing.T) {
	var phases []Phase
	for i, name := range []string{"P2", "P6a", "P6b", "P6c", "P7"} {
		phases = append(phases, Phase{Name: name, Start: []float64{0, 50, 51, 52, 90}[i], Seconds: []float64{50, 1, 1, 1, 30}[i]})
	}
	p := draw(series{offered: make([]float64, 120)}, 360, 180, 10, 0, phases)
	if n := len(p.Bands); n != 5 {
		t.Fatalf("%d bands, want 5", n)
	}
	end := map[int]float64{}
	for i, b := range p.Bands {
		half := float64(len(b.Label)*letter) / 2
		if want := []int{1, 1, 2, 0, 1}[i]; b.Row != want {
			t.Errorf("%s is in row %d, want %d", b.Label, b.Row, want)
		}
		if b.Row > 0 && b.Mid-half < end[b.Row] || b.Mid+half > p.Right {
			t.Errorf("%s at %v runs into its neighbour or over the edge", b.Label, b.Mid)
		}
		end[b.Row] = b.Mid + half
	}
	if last := p.XTicks[len(p.XTicks)-1]; last.At+float64(len(last.Label)*letter)/2 > p.W {
		t.Errorf("%q at %v does not fit on %v", last.Label, last.At, p.W)
	}
}

// TestTheSpectrumShowsEveryQuantileThatIsKnown, and takes none for nought that an older run file does not have.
func TestTheSpectrumShowsEveryQuantileThatIsKnown(t *testing.T) {
	same := func(v float64) float64 { return v }
	full := Quantiles{Count: 1_000_000, P25: 1, P50: 2, P75: 3, P90: 4, P95: 5, P99: 6, P995: 7, P999: 8, P9999: 9, Max: 10}
	if _, dots := polyline(full, same, same); len(dots) != 10 || !slices.IsSortedFunc(dots, func(a, b dot) int { return cmp.Compare(a.X, b.X) }) {
		t.Errorf("got %v, want ten dots from left to right", dots)
	}
	if _, dots := polyline(Quantiles{Count: 100, P50: 2, P90: 4, P99: 6, P999: 8, Max: 10}, same, same); len(dots) != 4 {
		t.Errorf("got %v, want p50, p90, p99 and the longest of 100 calls", dots)
	}
}

func TestAKeyWithoutCallsIsNamedAndNotDrawn(t *testing.T) {
	l := &Load{Limit: &Limit{Rate: 300, Scope: "key"}, Keys: []KeySeries{{Name: "a", Offered: []int64{5}, Accepted: []int64{5}}, {Name: "b"}}}
	v := newLoadView(0, l)
	if len(v.Plots) != 1 || !slices.Equal(v.Idle, []string{"b"}) {
		t.Errorf("%d plots, idle %q", len(v.Plots), v.Idle)
	}
	if got := v.Sum.Limit; got == nil || got.Say != say("limit-sum", 2, 300.0) {
		t.Errorf("the sum of two keys has the limit %v, want twice 300", got)
	}
}

func TestWords(t *testing.T) {
	for _, tt := range [][2]string{
		{count(1, "key"), "1 key"}, {count(2_000, "key"), "2,000 keys"}, {grouped(-1_234_567), "-1,234,567"}, {grouped(-123), "-123"},
		{list([]string{"a", "b", "c"}, ", ", 2), "a, b, and 1 more"}, {sentence("it is so"), "It is so."}, {sentence("Is it?"), "Is it?"},
		{shorten("aé", 2), "a…"}, {shorten("abc", 3), "abc"}, {span(999)[english], "999 ms"}, {span(45_250)[english], "45.2 s"}, {span(185_000)[english], "3 min 5 s"}, {span(185_000)[korean], "3분 5초"},
		{decimal(1234), "1,234"}, {decimal(2.25), "2.2"}, {decimal(0.5), "0.5"}, {risk(1e-6), "1e-6"}, {risk(0), ""},
		{harmless("a\x00\x1b\xff\u202e\uffffb\n"), "a\ufffd\ufffd\ufffd\ufffd\ufffdb\n"},
		{strings.Join(wrap("aaa bb c", 5), "|"), "aaa|bb c"}, {strings.Join(wrap("abcdefg h", 3), "|"), "abcdefg|h"},
	} {
		if tt[0] != tt[1] {
			t.Errorf("got %q, want %q", tt[0], tt[1])
		}
	}
}

// A generator may have fallen short on each of hundreds of keys.
func TestACertificateNamesTheFirstProblems(t *testing.T) {
	g := Generator{Problems: slices.Repeat([]string{"key 1"}, 20), Blocked: 3}
	const want = "key 1; key 1; key 1; key 1; key 1; key 1; and 14 more; 3 of them because the target owed too many answers"
	if got := certificate(g); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
