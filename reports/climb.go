package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Climb is the search for the largest rate that a target carries.
type Climb struct {
	Within float64      `json:"withinMillis"` // the objective: 99 % of the served calls take no longer from due
	Steps  []ClimbStep  `json:"steps"`        // a line for each rate that was tried, the smallest first
	Law    *Scalability `json:"law,omitempty"`
	Knee   float64      `json:"knee,omitzero"` // the rate at which the 99th percentile bends most; an ornament, for it moves with the axes
}

// ClimbStep is what one rate of a climb came to.
type ClimbStep struct {
	Rate     float64     `json:"ratePerSecond"` // offered, on all keys
	Seconds  float64     `json:"seconds"`       // for which it was played, with what it was played on
	Served   float64     `json:"servedPerSecond"`
	P50      float64     `json:"p50"`      // milliseconds from due, of the served
	P99      float64     `json:"p99"`      // the same
	P99Below float64     `json:"p99Below"` // its upper bound at the certainty of the verdict; a minute where too few calls tell one
	Outcome  StepOutcome `json:"outcome"`
	By       string      `json:"by,omitempty"` // what failed the step
	Why      string      `json:"why,omitempty"`
}

// StepOutcome says whether a rate keeps the objective.
type StepOutcome string

// The outcomes of a step.
const (
	StepPassed StepOutcome = "passed"
	StepFailed StepOutcome = "failed"
	StepOpen   StepOutcome = "open" // the calls that were made tell neither
)

// Scalability is a fit of the universal scalability law to the steps of a climb: served calls over calls
// under way, X(N) = gamma N / (1 + alpha (N-1) + beta N (N-1)). It decides nothing, and says nothing of a
// limiter: what a limiter cuts off is flat, not bent.
type Scalability struct {
	Gamma float64 `json:"gamma"`         // calls per second with one under way
	Alpha float64 `json:"alpha"`         // the share that only one can do at a time
	Beta  float64 `json:"beta"`          // what each pair costs
	Peak  float64 `json:"peak,omitzero"` // the most calls per second that the law allows; absent where it sets no peak
}

// Sort puts the steps in the order of their rates. A rate that was confirmed stands twice.
func (c *Climb) Sort() {
	slices.SortStableFunc(c.Steps, func(a, b ClimbStep) int { return cmp.Compare(a.Rate, b.Rate) })
}

// String says what the law gives.
func (s *Scalability) String() string {
	text := fmt.Sprintf("universal scalability law: %.0f per second with one call under way, contention %.2g, crosstalk %.2g", s.Gamma, s.Alpha, s.Beta)
	if s.Peak > 0 {
		text += fmt.Sprintf(", at most %.0f per second", s.Peak)
	}
	return text
}

// line tells a step in a line.
func (s ClimbStep) line() string {
	text := fmt.Sprintf("%6.0f/s for %3.0f s: %.0f/s served, p50 %s ms, p99 %s ms; %s", s.Rate, s.Seconds, s.Served, decimal(s.P50), decimal(s.P99), s.Outcome)
	if s.Why != "" {
		text += ": " + s.Why
	}
	return text
}

// climbPlot draws what was served, and how long the calls took, over what was offered. Both axes of a
// drawing begin at zero.
type climbPlot struct {
	plot
	most  [2]float64 // the values at the right and the upper edge
	Line  string
	Ideal string // all that is offered is served
	Marks []climbMark
	Limit *tick // the objective
	Knee  *tick // At is its place on the x axis
}

func (p *climbPlot) x(rate float64) float64 { return p.Left + (p.Right-p.Left)*rate/p.most[0] }
func (p *climbPlot) y(v float64) float64    { return p.Bottom - (p.Bottom-p.Top)*v/p.most[1] }

type climbMark struct {
	X, Y  float64
	Class string
	Says  phrase
}

// climbView is a climb as the page shows it.
type climbView struct {
	*Climb
	Served, Latency *climbPlot
	Law             phrase
}

func newClimbView(c *Climb, anchor string) *climbView {
	if c == nil || len(c.Steps) == 0 {
		return nil
	}
	v := &climbView{Climb: c}
	rates, most, slow := 0.0, 0.0, c.Within
	for _, s := range c.Steps {
		rates, most, slow = max(rates, s.Rate), max(most, s.Served), max(slow, s.P99)
	}
	v.Served = c.draw(rates, max(rates, most), func(s ClimbStep) float64 { return s.Served })
	v.Served.name(anchor+"-cs", say("climb-served"), say("climb-served-d", len(c.Steps), math.Round(most), math.Round(rates)))
	v.Served.Ideal = "M" + coord(v.Served.Left) + " " + coord(v.Served.Bottom) + "L" + coord(v.Served.x(rates)) + " " + coord(v.Served.y(rates))
	slow = min(slow, 4*c.Within) // what is far beyond the objective would hide the rest
	v.Latency = c.draw(rates, slow, func(s ClimbStep) float64 { return min(s.P99, slow) })
	v.Latency.name(anchor+"-cl", say("climb-late"), say("climb-late-d", len(c.Steps), c.Within))
	v.Latency.Limit = &tick{v.Latency.y(c.Within), decimal(c.Within)}
	if c.Knee > 0 {
		v.Latency.Knee = &tick{v.Latency.x(c.Knee), decimal(math.Round(c.Knee))}
	}
	if l := c.Law; l != nil {
		v.Law = say("climb-law", math.Round(l.Gamma), fmt.Sprintf("%.2g", l.Alpha), fmt.Sprintf("%.2g", l.Beta))
		if l.Peak > 0 {
			v.Law = say("climb-law-peak", math.Round(l.Gamma), fmt.Sprintf("%.2g", l.Alpha), fmt.Sprintf("%.2g", l.Beta), math.Round(l.Peak))
		}
	}
	return v
}

var stepWords = map[StepOutcome]string{StepPassed: "climb-passed", StepFailed: "climb-failed", StepOpen: "climb-open"}

// draw lays the steps out over their rates.
func (c *Climb) draw(right, top float64, of func(ClimbStep) float64) *climbPlot {
	p := &climbPlot{plot: plot{W: 440, H: 230, Left: 56, Top: 18, Right: 412, Bottom: 190}}
	p.most = [2]float64{ceiling(right, 0), ceiling(top, 0)}
	p.XTicks, p.YTicks = ticks(p.most[0], 5, p.x), ticks(p.most[1], 4, p.y)
	for i, s := range c.Steps {
		x, y := p.x(s.Rate), p.y(of(s))
		p.Line += []string{"M", "L"}[min(i, 1)] + coord(x) + " " + coord(y)
		p.Marks = append(p.Marks, climbMark{x, y, string(s.Outcome), say(stepWords[s.Outcome], math.Round(s.Rate), math.Round(s.Served), s.P99)})
	}
	return p
}

// Axis names the axis of rates.
func (p *climbPlot) Axis() phrase { return say("climb-axis") }
