package loadgen

import (
	"fmt"
	"time"
)

// Options is how a profile is played. The zero value plays it as it is written, within the
// published limit.
type Options struct {
	Keys          int           // zero: as the profile says
	Duration      time.Duration // of all phases together, rests not counted; zero: as the profile says
	Seed          uint64        // of the keys' offsets; the same seed offers the same calls
	AllowOverload bool          // play the phases that push past the published limit; otherwise they are left out
	Keep          bool          // leave the keys on the target
	Timeout       time.Duration // for one call under load; zero means 5 s

	// Controls shows first, on a server of its own on loopback, that an honest limiter is believed and
	// a lying one caught here and now. Where it does not, the run is invalid and the target is left
	// alone.
	Controls bool

	// Fleet sends the calls from other processes. Nil: this one sends them.
	Fleet Fleet

	// Progress is told how the profile is doing once its keys are set up, at most four times a second,
	// always from the same goroutine. It reads counters: no call waits for it. Nil: nobody is told.
	Progress func(Progress)

	// Recorded is shown what was recorded before it is gone, also when the run ended early; its error
	// becomes one of [Run]'s. Nil: nobody is.
	Recorded func(Recording) error

	// Leftover is told of each key that could not be removed, with the reason. Nil: nobody is.
	Leftover func(line string)

	// Stall makes the generator itself hold still before the call that is due at the given time of
	// a phase, so that a run can show that it notices. Nil: it never does.
	Stall func(phase string, due time.Duration) time.Duration
}

// callTimeout bounds a call under load where Options.Timeout is zero. A call that takes longer is
// a time-out; it also bounds how long the end of a phase waits.
const callTimeout = 5 * time.Second

func (o Options) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return callTimeout
}

func (o Options) stall(ph Phase, due time.Duration) time.Duration {
	if o.Stall == nil {
		return 0
	}
	return o.Stall(ph.Name, due)
}

// ready checks p and o and returns the profile as it will be played, with the names of the phases
// that are left out.
func ready(p Profile, o Options) (Profile, []string, error) {
	if err := p.Check(); err != nil {
		return p, nil, fmt.Errorf("load profile %s: %w", p.Name, err)
	}
	q, left := p.played(o)
	if err := q.checkPlayed(); err != nil {
		return p, nil, fmt.Errorf("load profile %s with these options: %w", p.Name, err)
	}
	q.Phases = expanded(q.Phases)
	return q, left, nil
}

// checkPlayed is Check for a profile that may have lost all its phases.
func (p Profile) checkPlayed() error {
	if len(p.Phases) == 0 {
		return fmt.Errorf("every phase pushes past the published limit, which takes AllowOverload (--allow-overload)")
	}
	return p.Check()
}
