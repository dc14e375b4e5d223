package steps

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

func (w *world) clockSteps(add func(string, any)) {
	add(`the clock stands still`, w.standStill)
	add(`{duration} pass(?:es)?`, func(ctx context.Context, span string) error {
		d, err := duration(span)
		if err != nil {
			return err
		}
		return w.pass(ctx, d)
	})
	add(`a second (?:passes|has passed)`, func(ctx context.Context) error { return w.t.Advance(ctx, time.Second) })
	add(`(?:a|another) minute passes if the clock can be set`, w.minutePasses)
	add(`it is (a minute before|a second before|exactly at|a second after|61 seconds after|10 minutes after) the end of {token}`, w.nearEnd)
}

// standStill stops the clock on a whole second, so that the second of an end is the second of a claim: on the next one,
// for a limit that has seen a later time refills nothing before that time comes again. A clock that cannot be set runs
// on: a case that waits comes no nearer than a minute to an end.
func (w *world) standStill(ctx context.Context) error {
	if !w.settable {
		return nil
	}
	if err := w.t.Freeze(ctx, true); err != nil {
		return err
	}
	now, err := w.t.Now(ctx)
	if err != nil {
		return err
	}
	return w.t.SetTime(ctx, now.Add(time.Second-1).Truncate(time.Second))
}

// minutePasses sets what happened before apart from what happens next. Where the clock cannot be set,
// the scenario goes on without: it then tells less, and still nothing wrong.
func (w *world) minutePasses(ctx context.Context) error {
	if !w.settable {
		return nil
	}
	w.movedClock = true
	return w.t.Advance(ctx, time.Minute)
}

// fromEnd are the distances that sentences name.
var fromEnd = map[string]time.Duration{
	"a minute before": -time.Minute,
	"a second before": -time.Second,
	"exactly at":      0,
	"a second after":  time.Second,
	// A minute and not a second less: a token that has a minute's leeway is dead by then.
	"61 seconds after": 61 * time.Second,
	"10 minutes after": 10 * time.Minute,
}

// nearEnd sets the clock by when the token was issued and what life was asked for, not by what the
// token says.
func (w *world) nearEnd(ctx context.Context, when, name string) error {
	t, err := w.token(name)
	if err != nil {
		return err
	}
	if t.life == 0 {
		return fmt.Errorf("%s has no end", name)
	}
	return w.reach(ctx, t.issued.Add(t.life+fromEnd[when]))
}

var spans = regexp.MustCompile(`(\d+) (millisecond|second|minute|hour)`)

var units = map[string]time.Duration{
	"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
}

// duration reads "71 hours and 59 minutes".
func duration(text string) (time.Duration, error) {
	var sum time.Duration
	for _, m := range spans.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, fmt.Errorf("%q: %w", text, err)
		}
		sum += time.Duration(n) * units[m[2]]
	}
	return sum, nil
}
