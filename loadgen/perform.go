package loadgen

import (
	"context"
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
	left := r.Profile.Again
	for _, ph := range r.Profile.Phases {
		for attempt := 1; attempt <= attempts; attempt++ {
			if attempt > 1 {
				lost := r.Profile.Rest + pl.elapsed() - r.Played[len(r.Played)-1].Start
				if lost > left || !pl.affords(ph) {
					break
				}
				left -= lost
			}
			if len(r.Played) > 0 {
				if err := pl.rest(ctx, r.Profile.Rest); err != nil {
					return err
				}
			}
			a := newPlayed(ph, attempt, pl.elapsed())
			a.recorded(r)
			r.Played = append(r.Played, a)
			if err := pl.play(ctx, a); err != nil {
				return err
			}
			if err := r.spool.failed(); err != nil {
				return err
			}
			if len(certify(r.Profile, a)) == 0 {
				break
			}
		}
	}
	return nil
}
