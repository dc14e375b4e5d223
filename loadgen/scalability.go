package loadgen

import (
	"math"

	"github.com/kmsproof/kmsproof/reports"
)

// What a climb draws beside its steps decides nothing: a fit of the universal scalability law says how
// calls stand in each other's way if that law holds, and the knee of the latency moves with the axes.

// A load is what a rate of a climb came to: how many calls were served in a second, and for how long each was under way.
type load struct{ served, seconds float64 }

// under is how many calls were under way at once, by Little's law.
func (p load) under() float64 { return p.served * p.seconds }

// scalability fits the universal scalability law (N. Gunther, Guerrilla Capacity Planning, 2007)
//
//	X(N) = γN / (1 + α(N-1) + βN(N-1))
//
// to served calls X and calls under way N. N/X is linear in 1/γ, α/γ and β/γ, so that least squares on
// relative errors give them; a coefficient that came out negative is zero, and the others are fitted anew.
// It is nil below four points, as three coefficients fit any three.
func scalability(points []load) *reports.Scalability {
	if len(points) < 4 {
		return nil
	}
	var best []float64
	least := math.Inf(1)
	for _, with := range [][]bool{{true, true, true}, {true, true, false}, {true, false, true}, {true, false, false}} {
		c, off := leastSquares(points, with)
		if c != nil && c[0] > 0 && c[1] >= 0 && c[2] >= 0 && off < least {
			best, least = c, off
		}
	}
	if best == nil {
		return nil
	}
	s := &reports.Scalability{Gamma: 1 / best[0], Alpha: max(0, best[1]/best[0]), Beta: max(0, best[2]/best[0])} // no negative zero
	if s.Beta > 0 && s.Alpha < 1 {
		n := math.Sqrt((1 - s.Alpha) / s.Beta)
		s.Peak = s.Gamma * n / (1 + s.Alpha*(n-1) + s.Beta*n*(n-1))
	}
	return s
}

// leastSquares returns the coefficients by least squares, those left out as zero, and the sum of squares; nil where
// the points do not give them.
func leastSquares(points []load, with []bool) ([]float64, float64) {
	row := func(p load) []float64 {
		n := p.under()
		terms := []float64{1, n - 1, n * (n - 1)}
		for i := range terms {
			terms[i] /= p.seconds // relative to what is to be explained, N/X, which is the time under way
			if !with[i] {
				terms[i] = 0
			}
		}
		return terms
	}
	var a [3][4]float64 // the normal equations
	for _, p := range points {
		r := row(p)
		for i := range 3 {
			for j := range 3 {
				a[i][j] += r[i] * r[j]
			}
			a[i][3] += r[i]
		}
	}
	for i := range 3 {
		if !with[i] {
			a[i][i] = 1
		}
	}
	c := solved(a)
	if c == nil {
		return nil, 0
	}
	off := 0.0
	for _, p := range points {
		r := row(p)
		d := r[0]*c[0] + r[1]*c[1] + r[2]*c[2] - 1
		off += d * d
	}
	return c, off
}

// solved solves three equations by elimination with the largest pivot; nil where they have no one solution.
func solved(a [3][4]float64) []float64 {
	for i := range 3 {
		pivot := i
		for j := i + 1; j < 3; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[pivot][i]) {
				pivot = j
			}
		}
		a[i], a[pivot] = a[pivot], a[i]
		if math.Abs(a[i][i]) < 1e-12 {
			return nil
		}
		for j := range 3 {
			if j == i {
				continue
			}
			f := a[j][i] / a[i][i]
			for k := i; k < 4; k++ {
				a[j][k] -= f * a[i][k]
			}
		}
	}
	return []float64{a[0][3] / a[0][0], a[1][3] / a[1][1], a[2][3] / a[2][2]}
}

// bend returns the place of the knee of a rising curve: where, both axes scaled to one, it lies farthest below
// its chord (Satopää et al., Finding a "Kneedle" in a Haystack, 2011). It is zero where there are fewer than
// three points or none lies below.
func bend(x, y []float64) (at float64) {
	n := len(x) - 1
	if n < 2 || x[n] <= x[0] || y[n] <= y[0] {
		return 0
	}
	far := 0.0
	for i := range x {
		if d := (x[i]-x[0])/(x[n]-x[0]) - (y[i]-y[0])/(y[n]-y[0]); d > far {
			far, at = d, x[i]
		}
	}
	return at
}

// climb shows what was played of each rate, smallest first.
func (e *evidence) climb() *reports.Climb {
	ph, ok := e.p.phase(Climb)
	if !ok {
		return nil
	}
	c := &reports.Climb{Within: millis(ph.Within), Steps: []reports.ClimbStep{}}
	var points []load
	for _, r := range e.reached(ph) {
		s, p := r.shown()
		c.Steps = append(c.Steps, s)
		if p.served > 0 && r.end != endedByGenerator {
			points = append(points, p)
		}
	}
	c.Law = scalability(points)
	c.Sort()
	c.Knee = latencyBend(c.Steps)
	return c
}

// latencyBend returns the rate at which the latency of the steps bends most, in the order of their rates. What the
// generator was late by is no latency of the target.
func latencyBend(steps []reports.ClimbStep) float64 {
	var rates, p99 []float64
	for _, s := range steps {
		if s.By != endedByGenerator {
			rates, p99 = append(rates, s.Rate), append(p99, s.P99)
		}
	}
	return bend(rates, p99)
}

// shown is what a report shows of a rate.
func (r reached) shown() (reports.ClimbStep, load) {
	due, send := &histogram{}, &histogram{}
	accepted := int64(0)
	for _, a := range r.attempts {
		accepted += a.tally().accepted
		due.merge(a.merged(func(t *track) *histogram { return &t.due[Accepted] }))
		send.merge(a.merged(func(t *track) *histogram { return &t.send[Accepted] }))
	}
	s := reports.ClimbStep{Rate: r.rate, Seconds: r.length.Seconds(), Served: float64(accepted) / r.length.Seconds(),
		P50: millis(due.quantile(50)), P99: millis(due.quantile(99)), P99Below: millis(r.p99), By: r.end, Why: r.why}
	switch {
	case r.passed():
		s.Outcome = reports.StepPassed
	case r.open():
		s.Outcome, s.By = reports.StepOpen, ""
	default:
		s.Outcome = reports.StepFailed
	}
	return s, load{served: s.Served, seconds: send.mean().Seconds()}
}
