package steps

import (
	"context"
	"sync"
	"time"
)

// ForeignRate is how many calls a second a run makes, in all, on a target that is not ours: fewer than
// 150 in any second, those that are made before the first scenario counted in.
const ForeignRate = 140

// pacer returns a function that waits for the next of the evenly spaced slots. Slots that nobody took
// are not made up for.
func pacer(perSecond int) func(context.Context) error {
	var mu sync.Mutex
	var next time.Time
	return func(ctx context.Context) error {
		mu.Lock()
		now := time.Now()
		if next.Before(now) {
			next = now
		}
		wait := next.Sub(now)
		next = next.Add(time.Second / time.Duration(perSecond))
		mu.Unlock()
		return sleep(ctx, wait)
	}
}
