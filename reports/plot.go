package reports

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// plot is a drawing of one series of calls per second: lengths in user units of the SVG, all labels as text.
type plot struct {
	ID            string
	Title, Desc   phrase // for who cannot see it
	W, H          float64
	End           float64 // seconds at the right edge
	Left, Top     float64 // of the drawing area
	Right, Bottom float64
	XTicks        []tick
	YTicks        []tick
	Bands         []band
	Limit         *limitLine
	Offered       string
	Accepted      string
	Limited       string // empty if there was none
	Other         string
	Fit           string // what was expected of Accepted
	Rows          []plotRow
	RowSeconds    int // a row of the table and a step of the lines is the mean over so many seconds
}

type tick struct {
	At    float64
	Label string
}

// limitLine is where the published limit stands.
type limitLine struct {
	At  float64
	Say phrase
}

type plotRow struct {
	Second                            int
	Offered, Accepted, Limited, Other string
	Fit                               string // where the plot has a fit
}

const (
	plotPoints = 160 // steps drawn at most, and
	plotStep   = 3   // no narrower than these units
	plotRows   = 50  // rows of the table at most

	letter    = 7  // units that a letter of 12 is wide, at most
	labelRows = 2  // rows of labels above the drawing area, and
	labelRow  = 13 // their height
)

// series is what a plot draws: calls in each second.
type series struct {
	offered, accepted, limited, other []float64
	fit                               []float64 // what a limiter would accept; nil: none is drawn
}

func (s series) seconds() int {
	return max(len(s.offered), len(s.accepted), len(s.limited), len(s.other))
}

func (s series) peak() float64 {
	top := 0.0
	for _, v := range [][]float64{s.offered, s.accepted, s.limited, s.other, s.fit} {
		for _, x := range v {
			top = max(top, x)
		}
	}
	return top
}

// binned is the mean over every width seconds; the last bin may be shorter.
func (s series) binned(width int) series {
	return series{binned(s.offered, width), binned(s.accepted, width), binned(s.limited, width), binned(s.other, width), binned(s.fit, width)}
}

func binned(v []float64, width int) []float64 {
	if width <= 1 {
		return v
	}
	var out []float64
	for part := range slices.Chunk(v, width) {
		out = append(out, sum(part)/float64(len(part)))
	}
	return out
}

func sum(v []float64) float64 {
	total := 0.0
	for _, x := range v {
		total += x
	}
	return total
}

func seriesOf(k *KeySeries) series {
	return series{spread(k.Offered, k.Step), spread(k.Accepted, k.Step), spread(k.Limited, k.Step), spread(k.Other, k.Step), nil}
}

// spread returns a series second by second: the calls of a longer step are spread evenly over it.
func spread(v []int64, step int64) []float64 {
	if step <= 1 {
		return floats(v)
	}
	out := make([]float64, 0, int64(len(v))*step)
	for _, x := range v {
		for range step {
			out = append(out, float64(x)/float64(step))
		}
	}
	return out
}

func floats(v []int64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

// sumOf adds up the series of all keys, second by second.
func sumOf(keys []KeySeries) series {
	var all series
	for i := range keys {
		s := seriesOf(&keys[i])
		all.offered = plus(all.offered, s.offered)
		all.accepted = plus(all.accepted, s.accepted)
		all.limited = plus(all.limited, s.limited)
		all.other = plus(all.other, s.other)
	}
	return all
}

func plus(a, b []float64) []float64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	a = slices.Clone(a)
	for i, x := range b {
		a[i] += x
	}
	return a
}

// draw lays a series out on w by h units. top is the value at the upper edge, so that plots with the same top compare;
// limit is 0 where the plot has no limit line.
func draw(s series, w, h, top, limit float64, phases []Phase) *plot {
	p := &plot{W: w, H: h, Left: 48, Top: 36, Right: w - 20, Bottom: h - 36}
	points := min(plotPoints, int(w/plotStep))
	width := (s.seconds() + points - 1) / points
	steps, end := s.binned(width), float64(max(1, s.seconds()))
	p.End = end
	x := func(second float64) float64 { return p.Left + (p.Right-p.Left)*min(second, end)/end }
	y := func(v float64) float64 { return p.Bottom - (p.Bottom-p.Top)*min(v, top)/top }
	path := func(v []float64) string { return stairs(v, float64(max(1, width)), x, y) }
	p.Offered, p.Accepted = path(steps.offered), path(steps.accepted)
	if p.Accepted != "" { // it stands on the axis, so that it can be filled
		p.Accepted = "M" + coord(p.Left) + " " + coord(p.Bottom) + "L" + p.Accepted[1:] + "V" + coord(p.Bottom)
	}
	if sum(s.limited) > 0 {
		p.Limited = path(steps.limited)
	}
	if sum(s.other) > 0 {
		p.Other = path(steps.other)
	}
	p.Fit = path(steps.fit)
	if limit > 0 {
		p.Limit = &limitLine{y(limit), say("limit", limit)}
	}
	p.XTicks, p.YTicks = ticks(end, 6, x), ticks(top, 4, y)
	p.Bands = bands(phases, end, x)
	p.label()
	p.RowSeconds = max(1, (s.seconds()+plotRows-1)/plotRows)
	p.Rows = rows(s.binned(p.RowSeconds), p.RowSeconds)
	return p
}

// stairs is an SVG path that holds each value for its step. Relative, rounded steps keep it short.
func stairs(v []float64, width float64, x, y func(float64) float64) string {
	if len(v) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("M" + coord(x(0)) + " " + coord(y(v[0])))
	last := ""
	for i, value := range v {
		if at := coord(y(value)); at != last {
			if i > 0 {
				b.WriteString("H" + coord(x(float64(i)*width)) + "V" + at)
			}
			last = at
		}
	}
	b.WriteString("H" + coord(x(float64(len(v))*width)))
	return b.String()
}

// coord writes a coordinate to a tenth of a unit.
func coord(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// ticks are round values from 0 to top, about n of them.
func ticks(top float64, n int, at func(float64) float64) []tick {
	step := roundStep(top / float64(n))
	var out []tick
	for i := 0; float64(i)*step <= top*1.0001; i++ {
		v := float64(i) * step
		out = append(out, tick{math.Round(at(v)*10) / 10, decimal(v)})
	}
	return out
}

// roundStep is the smallest of 1, 2, 5 times a power of ten that is at least least, and at least 1:
// seconds and calls are whole.
func roundStep(least float64) float64 {
	if least <= 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= least {
			return m * power
		}
	}
	return 10 * power
}

// ceiling is a round value at or above the largest value and the limit, for the upper edge.
func ceiling(peak, limit float64) float64 {
	top := max(peak, limit, 1) * 1.05
	step := roundStep(top / 4)
	return math.Ceil(top/step) * step
}

func rows(s series, width int) []plotRow {
	at := func(v []float64, i int) string {
		if i >= len(v) {
			return "0"
		}
		return decimal(math.Round(v[i]*10) / 10)
	}
	var out []plotRow
	for i := range s.seconds() {
		out = append(out, plotRow{i * width, at(s.offered, i), at(s.accepted, i), at(s.limited, i), at(s.other, i), at(s.fit, i)})
	}
	return out
}

// describe says in words what a plot shows.
func describe(s series) phrase {
	return say("desc", s.seconds(), whole(s.offered), whole(s.accepted), whole(s.limited), whole(s.other))
}

// Height, Above, Below, Foot and Gutter place the labels around the drawing area.
func (p *plot) Height() float64 { return p.Bottom - p.Top }
func (p *plot) Above() float64  { return 11 }
func (p *plot) Below() float64  { return p.Bottom + 15 }
func (p *plot) Foot() float64   { return p.H - 5 }
func (p *plot) Gutter() float64 { return p.Left - 5 }
func (p *plot) Middle() float64 { return (p.Left + p.Right) / 2 }
