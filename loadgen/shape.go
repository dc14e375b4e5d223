package loadgen

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Spacing says how the calls of a key lie between each other.
type Spacing string

// The spacings. Where a phase names none, its calls are Even if every call may be accepted (the role
// conform), else Moved.
const (
	// Even: evenly spaced, and the keys take turns, so that the sender asks for the smallest bucket.
	Even Spacing = "even"
	// Phased: evenly spaced, and each key begins at random within its first interval.
	Phased Spacing = "phased"
	// Moved: each call is moved at random within half of its interval. Keys in lock step would win or
	// lose against each other for ever, and a key that is short by itself would look like keys that share.
	Moved Spacing = "moved"
	// Poisson: the calls are independent of each other, but for Phase.Gap. They see a limiter as it is
	// on average, while evenly spaced ones may walk in step with its refill.
	Poisson Spacing = "poisson"
)

// A Stretch is a part of a phase: a rate that is constant, one that rises or falls evenly, silence, or
// a burst.
type Stretch struct {
	Length time.Duration `yaml:"for,omitempty" json:"for,omitzero"`
	Rate   float64       `yaml:"rate,omitempty" json:"rate,omitzero"`   // calls per second on each key; zero is silence
	To     float64       `yaml:"to,omitempty" json:"to,omitzero"`       // the rate at its end; zero: it does not change
	Burst  int           `yaml:"burst,omitempty" json:"burst,omitzero"` // so many calls at once, on each key; the stretch takes no time
}

// end returns the rate at the end of the stretch.
func (s Stretch) end() float64 {
	if s.To > 0 {
		return s.To
	}
	return s.Rate
}

// calls returns how many calls of a key lie in the stretch, with fractions.
func (s Stretch) calls() float64 {
	return float64(s.Burst) + (s.Rate+s.end())/2*s.Length.Seconds()
}

// after returns the seconds into the stretch after which c of its calls are due.
func (s Stretch) after(c float64) float64 {
	if s.Burst > 0 || c <= 0 {
		return 0
	}
	if s.To == 0 {
		return min(c/s.Rate, s.Length.Seconds())
	}
	// The rate is r + s·t, so c = r·t + s·t²/2. This form of the root has no s below the line.
	slope := (s.end() - s.Rate) / s.Length.Seconds()
	root := math.Sqrt(max(0, s.Rate*s.Rate+2*slope*c))
	return min(2*c/(s.Rate+root), s.Length.Seconds())
}

// stretches returns the course of the phase.
func (ph Phase) stretches() []Stretch {
	if len(ph.Shape) > 0 {
		return ph.Shape
	}
	return []Stretch{{Length: ph.Length, Rate: ph.Rate}}
}

// scaled returns the phase with its course stretched in time and in rate. Bursts keep their size.
func (ph Phase) scaled(length, rate float64) Phase {
	ph.Length = time.Duration(float64(ph.Length) * length)
	ph.Down.From = time.Duration(float64(ph.Down.From) * length)
	ph.Down.Length = time.Duration(float64(ph.Down.Length) * length)
	ph.Forced = slices.Clone(ph.Forced)
	for i := range ph.Forced {
		ph.Forced[i].At = time.Duration(float64(ph.Forced[i].At) * length)
	}
	ph.Rate *= rate
	ph.Shape = slices.Clone(ph.Shape)
	for i := range ph.Shape {
		s := &ph.Shape[i]
		s.Length = time.Duration(float64(s.Length) * length)
		s.Rate *= rate
		s.To *= rate
	}
	return ph
}

// checkShape returns why the phase cannot be paced; nil when it can.
func (ph Phase) checkShape(field string) error {
	switch {
	case !slices.Contains([]Spacing{"", Even, Phased, Moved, Poisson}, ph.Spacing):
		return fmt.Errorf("%s.spacing: %q is none of even, phased, moved, poisson", field, ph.Spacing)
	case ph.Gap != 0 && ph.Spacing != Poisson:
		return fmt.Errorf("%s.gap: only the spacing poisson has one", field)
	case ph.Gap < 0 || float64(ph.planned())*ph.Gap.Seconds() > 0.9*ph.Length.Seconds():
		return fmt.Errorf("%s.gap: %v between calls leaves less than a tenth of the phase to chance", field, ph.Gap)
	case ph.Spacing == Poisson && len(ph.Shape) > 0:
		return fmt.Errorf("%s.shape: the spacing poisson needs a constant rate", field)
	case len(ph.Shape) == 0:
		return nil
	}
	var lasts time.Duration
	top := 0.0
	for i, s := range ph.Shape {
		if err := s.check(fmt.Sprintf("%s.shape[%d]", field, i)); err != nil {
			return err
		}
		lasts += s.Length
		top = max(top, s.Rate, s.To)
	}
	switch {
	case (lasts - ph.Length).Abs() > time.Microsecond:
		return fmt.Errorf("%s.shape: it lasts %v, the phase %v", field, lasts, ph.Length)
	case top > ph.Rate*(1+1e-9):
		return fmt.Errorf("%s.shape: it reaches %v calls per second, the phase's rate is %v", field, top, ph.Rate)
	case ph.Shape[len(ph.Shape)-1].Burst > 0:
		return fmt.Errorf("%s.shape: it ends with a burst; the time for its answers must follow, as a stretch without a rate", field)
	}
	return nil
}

func (s Stretch) check(field string) error {
	switch {
	case s.Burst < 0 || s.Burst > 100_000:
		return fmt.Errorf("%s.burst: %d is not within 0 and 100000", field, s.Burst)
	case s.Burst > 0 && (s.Length != 0 || s.Rate != 0 || s.To != 0):
		return fmt.Errorf("%s: a burst has no length and no rate", field)
	case s.Burst == 0 && s.Length <= 0:
		return fmt.Errorf("%s.for: it must be above zero", field)
	case s.Rate < 0 || s.To < 0:
		return fmt.Errorf("%s: a rate is below zero", field)
	}
	return nil
}
