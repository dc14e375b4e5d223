package loadgen

import (
	"context"
	"fmt"
	"time"
)

// A player plays phases: over a transport in real time, or on virtual time.
type player interface {
	// elapsed returns the time since the start of the profile.
	elapsed() time.Duration
	// rest lets d pass; calls that are off the measured path belong here.
	rest(ctx context.Context, d time.Duration) error
	// play sends what is due in the attempt and notes what becomes of it. Its error means that
	// the run cannot go on.
	play(ctx context.Context, a *Played) error
	// affords reports whether the phase may be played once more.
	affords(ph Phase) bool
}

// perform plays every phase, and plays it again where the generator fell short. It stops at the
// first error; what was recorded until then stays in r.
func perform(ctx context.Context, r *Recording, pl player) error {
	c := &performance{r: r, pl: pl, left: r.Profile.Again}
	for _, ph := range r.Profile.Phases {
		if ph.Role == Climb {
			if err := c.climb(ctx, ph); err != nil {
				return err
			}
			continue
		}
		if _, err := c.phase(ctx, ph); err != nil {
			return err
		}
	}
	return nil
}

// A performance is one under way.
type performance struct {
	r    *Recording
	pl   player
	left time.Duration // for playing phases again
}

// again takes the time that is planned for playing the phase once more. It returns why it is not played: the time or the
// budget does not allow it; empty: it is.
func (c *performance) again(ph Phase) (why string) {
	takes := c.r.Profile.Rest + ph.Length
	switch {
	case c.left < takes:
		return fmt.Sprintf("it takes %v, and of the time that the profile has for that (again) %v are left", takes, c.left)
	case !c.pl.affords(ph):
		return "the budget allows no more calls"
	}
	c.left -= takes
	return ""
}

// phase plays one phase, and again where the generator fell short and there is time and budget. It returns the last
// attempt.
func (c *performance) phase(ctx context.Context, ph Phase) (a *Played, err error) {
	for attempt := 1; attempt <= attempts; attempt++ {
		if attempt > 1 {
			if a.NotAgain = c.again(ph); a.NotAgain != "" {
				return a, nil
			}
		}
		if len(c.r.Played) > 0 {
			if err := c.pl.rest(ctx, c.r.Profile.Rest); err != nil {
				return a, err
			}
		}
		a = newPlayed(ph, attempt, c.pl.elapsed())
		a.recorded(c.r)
		c.r.Played = append(c.r.Played, a)
		if err := c.pl.play(ctx, a); err != nil {
			return a, err
		}
		if err := c.r.spool.failed(); err != nil {
			return a, err
		}
		if len(certify(c.r.Profile, a)) == 0 {
			return a, nil
		}
	}
	return a, nil
}

// climb plays steps until the search has ended. A step that is played on takes from the same time as one that is
// played again.
func (c *performance) climb(ctx context.Context, ph Phase) error {
	s := newSearch(ph)
	for {
		step, ok := s.next()
		if !ok {
			return nil
		}
		a, err := c.phase(ctx, step)
		if err != nil {
			return err
		}
		played := c.r.steps()
		reached := stepped(c.r.Profile, played[len(played)-1], levelOf(ph))
		s.note(a.Phase, reached, func() bool { return c.again(step) == "" })
	}
}
