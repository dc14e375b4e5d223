package reports

import (
	"math"
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
	if foot := coord(loud.Bottom); !strings.HasPrefix(loud.Accepted, "M38 "+foot+"L38 ") || !strings.HasSuffix(loud.Accepted, "V"+foot) {
		t.Errorf("%q does not stand on the axis", loud.Accepted)
	}
}

func TestWords(t *testing.T) {
	for _, tt := range [][2]string{
		{count(1, "key"), "1 key"}, {count(2_000, "key"), "2,000 keys"}, {grouped(-1_234_567), "-1,234,567"}, {grouped(-123), "-123"},
		{list([]string{"a", "b", "c"}, ", ", 2), "a, b, and 1 more"}, {sentence("it is so"), "It is so."}, {sentence("Is it?"), "Is it?"},
		{shorten("aé", 2), "a…"}, {shorten("abc", 3), "abc"}, {span(999), "999 ms"}, {span(45_250), "45.2 s"}, {span(185_000), "3 min 5 s"},
		{decimal(1234), "1,234"}, {decimal(2.25), "2.2"}, {decimal(0.5), "0.5"}, {risk(1e-6), "1e-6"}, {risk(0), ""},
		{harmless("a\x00\x1b\xff\u202e\uffffb\n"), "a\ufffd\ufffd\ufffd\ufffd\ufffdb\n"},
		{strings.Join(wrap("aaa bb c", 5), "|"), "aaa|bb c"}, {strings.Join(wrap("abcdefg h", 3), "|"), "abc|def|g h"},
	} {
		if tt[0] != tt[1] {
			t.Errorf("got %q, want %q", tt[0], tt[1])
		}
	}
}
