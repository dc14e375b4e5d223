// Package clock is the time that a reference server lives by.
//
// A server reads one Clock for everything: token times, expiry, rotation, deletion, limits and the
// five-minute rule of account signatures. Two servers in one process never share one.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time. Implementations are safe for concurrent use.
type Clock interface {
	Now() time.Time
}

// Settable is a Clock that a test or the admin listener can move.
type Settable interface {
	Clock
	// Set moves the clock to t, forwards or backwards; it stays frozen or running as it was.
	Set(t time.Time)
	// Advance moves the clock forward by d; a negative d moves it back.
	Advance(d time.Duration)
	// Freeze stops the clock where it is (true) or lets it run on from there (false).
	Freeze(frozen bool)
	// Frozen reports whether the clock stands still.
	Frozen() bool
}

// Manual is a Settable clock. It either stands still or runs with the machine's clock at an offset.
type Manual struct {
	mu     sync.Mutex
	frozen bool
	at     time.Time // the reading at anchor, or the only reading while frozen
	anchor time.Time // the machine's time when at was set
}

var _ Settable = (*Manual)(nil)

// NewManual returns a clock that stands still at start.
func NewManual(start time.Time) *Manual {
	return &Manual{frozen: true, at: start.Round(0)}
}

// NewMachine returns a clock that reads the machine's time until it is moved or frozen.
func NewMachine() *Manual {
	now := time.Now()
	return &Manual{at: now.Round(0), anchor: now}
}

// Now returns the clock's time. It carries no monotonic reading: the clock may be set back.
func (c *Manual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Manual) now() time.Time {
	if c.frozen {
		return c.at
	}
	return c.at.Add(time.Since(c.anchor))
}

// Set implements [Settable].
func (c *Manual) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.anchor = t.Round(0), time.Now()
}

// Advance implements [Settable].
func (c *Manual) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.anchor = c.now().Add(d), time.Now()
}

// Freeze implements [Settable].
func (c *Manual) Freeze(frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.anchor, c.frozen = c.now(), time.Now(), frozen
}

// Frozen implements [Settable].
func (c *Manual) Frozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen
}
