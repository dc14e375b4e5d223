package reports

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

// spectrum draws the latency of a phase over the share of calls: each step to the right leaves a tenth of the calls
// before it. Both axes are logarithmic.
type spectrum struct {
	plot
	Phase     *Phase
	Due, Send string
	DueDots   []dot
	SendDots  []dot
}

type dot struct{ X, Y float64 }

// spectra are those of the phases in which calls were accepted, on one scale.
func spectra(phases []Phase, anchor string) []*spectrum {
	low, high, most := math.Inf(1), 0.0, int64(1000)
	for _, ph := range phases {
		if ph.Due.Count > 0 {
			low, high = min(low, ph.Due.least(), ph.Send.least()), max(high, ph.Due.Max, ph.Send.Max)
			most = max(most, ph.Due.Count)
		}
	}
	if high <= 0 {
		return nil
	}
	from, to := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	nines := math.Ceil(math.Log10(float64(most))) // the longest of n calls stands at 1-1/n
	var out []*spectrum
	for i := range phases {
		if ph := &phases[i]; ph.Due.Count > 0 {
			out = append(out, drawSpectrum(ph, fmt.Sprintf("%s-s%d", anchor, i+1), from, max(to, from+1), nines))
		}
	}
	return out
}

// least is the smallest quantile that is known.
func (q Quantiles) least() float64 { return positive(cmp.Or(q.P25, q.P50)) }

// positive keeps a latency of nothing on a logarithmic scale: a microsecond.
func positive(ms float64) float64 { return max(ms, 0.001) }

// drawSpectrum draws one phase between the powers of ten from and to, in milliseconds, over so many nines.
func drawSpectrum(ph *Phase, id string, from, to, nines float64) *spectrum {
	s := &spectrum{Phase: ph, plot: plot{W: 440, H: 230, Left: 64, Top: 18, Right: 404, Bottom: 190}}
	s.name(id, say("spectrum-of", ph.Name), say("spectrum-desc", ph.Due.P50, ph.Due.P99, ph.Due.Max, ph.Send.P50, ph.Send.P99, ph.Send.Max))
	y := func(ms float64) float64 {
		share := (math.Log10(positive(ms)) - from) / (to - from)
		return s.Bottom - (s.Bottom-s.Top)*min(1, max(0, share))
	}
	for p := from; p <= to; p++ {
		s.YTicks = append(s.YTicks, tick{y(math.Pow(10, p)), decimal(math.Pow(10, p)) + " ms"})
	}
	x := func(nine float64) float64 { return s.Left + (s.Right-s.Left)*min(1, nine/nines) }
	for i, label := range []string{"0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"} {
		if float64(i) <= nines {
			s.XTicks = append(s.XTicks, tick{x(float64(i)), label})
		}
	}
	s.Due, s.DueDots = polyline(ph.Due, x, y)
	s.Send, s.SendDots = polyline(ph.Send, x, y)
	return s
}

// Axis names the axis of shares.
func (s *spectrum) Axis() phrase { return say("spectrum-axis") }

// quantile is the latency that a share of the calls keeps below: all but one in ten to the power nine.
type quantile struct {
	share    string // empty: the longest of all
	nine, ms float64
}

func (q Quantiles) points() []quantile {
	return []quantile{{"25 %", math.Log10(4.0 / 3), q.P25}, {"50 %", math.Log10(2), q.P50}, {"75 %", math.Log10(4), q.P75}, {"90 %", 1, q.P90},
		{"95 %", math.Log10(20), q.P95}, {"99 %", 2, q.P99}, {"99.5 %", math.Log10(200), q.P995}, {"99.9 %", 3, q.P999}, {"99.99 %", 4, q.P9999},
		{"", math.Log10(float64(q.Count)), q.Max}}
}

// spectrumRow is what a spectrum shows of one share of the calls, in milliseconds.
type spectrumRow struct{ Share, Due, Send string }

// Table has the points of the spectrum.
func (s *spectrum) Table() (rows []spectrumRow) {
	last, send := math.Log10(float64(s.Phase.Due.Count)), s.Phase.Send.points()
	for i, p := range s.Phase.Due.points() {
		if p.nine <= last && p.ms > 0 {
			rows = append(rows, spectrumRow{p.share, decimal(p.ms), decimal(send[i].ms)})
		}
	}
	return rows
}

// polyline joins the quantiles that are known.
func polyline(q Quantiles, x, y func(float64) float64) (path string, dots []dot) {
	if q.Count == 0 {
		return "", nil
	}
	last := math.Log10(float64(q.Count))
	for _, p := range q.points() {
		if p.nine <= last && p.ms > 0 {
			dots = append(dots, dot{x(p.nine), y(p.ms)})
		}
	}
	var b strings.Builder
	for i, d := range dots {
		b.WriteString([]string{"M", "L"}[min(i, 1)] + coord(d.X) + " " + coord(d.Y))
	}
	return b.String(), dots
}
