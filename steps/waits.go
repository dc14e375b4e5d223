package steps

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/features"
)

// nearest is how near to an instant a case can come by waiting: what is nearer needs a clock that can
// be stopped.
const nearest = time.Minute

// waits returns how long a case lasts on a target whose clock cannot be set, and whether waiting will
// do for it at all.
func waits(c Case) (total time.Duration, can bool) {
	if slices.Contains(c.Needs, features.Overload) {
		return 0, false
	}
	lives := map[string]time.Duration{"the access token": accessLife, "the refresh token": refreshLife}
	for _, s := range c.pickle.Steps {
		if m := livesFor.FindStringSubmatch(s.Text); m != nil {
			for name := range lives {
				if m[2] == name || m[2] == "both tokens" {
					lives[name] = spanOf(m[1])
				}
			}
		}
		at := total
		if m := passes.FindStringSubmatch(s.Text); m != nil {
			at += spanOf(m[1])
		} else if m := endOf.FindStringSubmatch(s.Text); m != nil {
			at = lives[m[2]] + fromEnd[m[1]]
			if lives[m[2]] == 0 || fromEnd[m[1]].Abs() < nearest {
				return 0, false
			}
		} else {
			continue
		}
		if at-total < nearest {
			return 0, false
		}
		total = at
	}
	return total, total > 0
}

// movesClock finds the steps of [world.clockSteps].
var movesClock = regexp.MustCompile(` pass(?:es)?(?: if the clock can be set)?$| has passed$|^the clock stands still$|^it is .* the end of `)

var (
	passes   = sentence(`{duration} pass(?:es)?`)
	livesFor = regexp.MustCompile(` is issued with (\d+ hours?) for (.+)$`)
	endOf    = regexp.MustCompile(`^it is (.+) the end of (.+)$`)
)

// spanOf reads a duration that an expression has let through.
func spanOf(text string) time.Duration {
	d, err := duration(text)
	if err != nil {
		panic(err)
	}
	return d
}

// pass lets time pass: by the target's clock, or in truth where it cannot be set. The runner starts no
// case whose wait is longer than the target allows.
func (w *world) pass(ctx context.Context, d time.Duration) error {
	if w.settable {
		return w.t.Advance(ctx, d)
	}
	return sleep(ctx, d)
}

// reach is pass for an instant of the target's time.
func (w *world) reach(ctx context.Context, at time.Time) error {
	if w.settable {
		return w.t.SetTime(ctx, at)
	}
	now, err := w.t.Now(ctx)
	if err != nil {
		return err
	}
	return sleep(ctx, at.Sub(now))
}
