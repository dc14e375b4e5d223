package loadgen

import (
	"fmt"
	"math"
	"time"
)

const (
	halvings   = 4 // how often the range between the largest rate that passed and the smallest that did not is halved
	confirmed  = 3 // a confirmation lasts so many times as long as a step
	mostProofs = 2 // so many rates are tried for it
	mostPieces = 3 // a rate is played so often at most, while it tells nothing
)

// A search looks for the largest rate that passes: it doubles the rate until one does not, halves the range,
// and plays what passed once more for longer. A rate that tells nothing is played on. It decides nothing
// about the target itself.
type search struct {
	ph             Phase
	steps          int
	step           Phase   // the last
	pieces         int     // of it so far that told nothing
	passed, failed float64 // rates on each key; zero: none
	halved         int
	proofs         int
	proving, done  bool
	below          []float64 // rates that passed, rising
}

func newSearch(ph Phase) *search { return &search{ph: ph} }

// next returns the step to play; ok is false when the search has ended.
func (s *search) next() (step Phase, ok bool) {
	if s.done {
		return Phase{}, false
	}
	rate, length := s.passed, s.ph.Length
	switch {
	case s.pieces > 0:
		rate, length = s.step.Rate, s.step.Length
	case s.passed == 0:
		rate = s.ph.Rate
	case s.failed == 0 && s.passed < s.ph.Top:
		rate = min(2*s.passed, s.ph.Top)
	case s.failed > 0 && s.halved < halvings && !s.proving:
		rate = (s.passed + s.failed) / 2
		s.halved++
	default:
		s.proving = true
		s.proofs++
		length *= confirmed
	}
	s.steps++
	step = s.ph
	step.Role, step.Rate, step.Length, step.Top = Step, rate, length, 0
	step.Name = fmt.Sprintf("%s.%d at %.4g", s.ph.Name, s.steps, rate*float64(s.ph.Keys))
	s.step = step
	return step, true
}

// note tells what came of a step, with the pieces before it at the same rate. What tells nothing to the end
// is taken for a rate that does not pass. Whether a step that tells nothing yet may be played on, more says.
func (s *search) note(step Phase, r reached, more func() bool) {
	if s.pieces++; r.open() && s.pieces < mostPieces && more() {
		return
	}
	s.pieces = 0
	switch {
	case r.passed() && s.proving:
		s.done = true
	case r.passed():
		s.passed = step.Rate
		s.below = append(s.below, step.Rate)
	default:
		s.failed = step.Rate
		if s.proving {
			s.below = s.below[:len(s.below)-1]
			s.passed = 0
			if len(s.below) > 0 {
				s.passed = s.below[len(s.below)-1]
			}
		}
		s.done = s.passed == 0 || s.proving && s.proofs == mostProofs
	}
}

// effort is what a climb takes at most, where every rate tells something at once; what is played on is paid
// for as it comes, as a phase that is repeated.
type effort struct {
	calls, steps int
	lasts        time.Duration
}

// worst returns it: every rate up to the top passes, the range is halved just below it, and the first
// confirmation fails.
func worst(ph Phase) (e effort) {
	add := func(rate float64, times int) {
		e.calls += times * ph.Keys * int(math.Ceil(rate*ph.Length.Seconds()))
		e.lasts += time.Duration(times) * ph.Length
		e.steps++
	}
	for rate := ph.Rate; ; rate = min(2*rate, ph.Top) {
		add(rate, 1)
		if rate >= ph.Top {
			break
		}
	}
	for range halvings {
		add(ph.Top, 1)
	}
	for range mostProofs {
		add(ph.Top, confirmed)
	}
	return e
}

// lasts returns for how long the phase is played at most, with the rests between its steps.
func (ph Phase) lasts(rest time.Duration) time.Duration {
	if ph.Role != Climb {
		return ph.Length
	}
	e := worst(ph)
	return e.lasts + time.Duration(e.steps-1)*rest
}

func checkClimb(ph Phase, field string) error {
	switch {
	case ph.Top < ph.Rate || ph.Top > 100_000:
		return fmt.Errorf("%s.top: %v is not within rate and 100000", field, ph.Top)
	case ph.Within <= 0:
		return fmt.Errorf("%s.within: it must be above zero", field)
	case len(ph.Shape) > 0:
		return fmt.Errorf("%s.shape: the steps of a climb are at constant rates", field)
	case ph.Length < 10*time.Second:
		return fmt.Errorf("%s.for: a step lasts 10s at least", field)
	case ph.Keys > 0 && boundAt(0, mostPieces*ph.Keys*ph.planned(), levelOf(ph)) > lostPart:
		return fmt.Errorf("%s: %d calls at the first rate cannot show that %.4g %% are served", field, mostPieces*ph.Keys*ph.planned(), 100*(1-lostPart))
	}
	return nil
}

func detectsClimb(p Profile, ph Phase) []string {
	return []string{fmt.Sprintf("%s: the largest rate from %.0f to %.0f per second at which at least %.4g %% of the calls are served and 99 %% of them within %v, to a %dth of the step in which it ends",
		ph.Name, ph.rate(), ph.Top*float64(ph.Keys), 100*(1-lostPart), ph.Within, 1<<halvings)}
}
