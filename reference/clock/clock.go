// Package clock is the time that a reference server lives by.
//
// A server reads one Clock for everything: token times, expiry, rotation, deletion, limits and the
// five-minute rule of account signatures. Servers share one only if they are given the same.
package clock

import (
	"slices"
	"sync"
	"sync/atomic"
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

// Telling is a Settable clock that tells when it was moved, so that who lives by it can do what is due
// before the move returns.
type Telling interface {
	Settable
	// OnMove has f called after each Set and Advance, by the goroutine that moved the clock, before that
	// call returns; one at a time. When f returns false it is not called again. f must not move the clock.
	OnMove(f func() (again bool))
}

// Manual is a Settable clock. It either stands still or runs with the machine's clock at an offset.
// Reading it takes no lock: a server under load reads it from every connection.
type Manual struct {
	setting sync.Mutex // held by those who change how it stands
	hands   atomic.Pointer[hands]

	telling sync.Mutex // held while followers are told
	follow  []func() bool
}

// hands are how a clock stands.
type hands struct {
	frozen bool
	at     time.Time // the reading at anchor, or the only reading while frozen
	anchor time.Time // the machine's time when at was set
}

var _ Telling = (*Manual)(nil)

// NewManual returns a clock that stands still at start.
func NewManual(start time.Time) *Manual { return newManual(hands{frozen: true, at: start.Round(0)}) }

// NewMachine returns a clock that reads the machine's time until it is moved or frozen.
func NewMachine() *Manual {
	now := time.Now()
	return newManual(hands{at: now.Round(0), anchor: now})
}

func newManual(h hands) *Manual {
	c := new(Manual)
	c.hands.Store(&h)
	return c
}

// Now returns the clock's time. It carries no monotonic reading: the clock may be set back.
func (c *Manual) Now() time.Time { return c.hands.Load().now() }

func (h *hands) now() time.Time {
	if h.frozen {
		return h.at
	}
	return h.at.Add(time.Since(h.anchor))
}

// change sets the hands by how they stand.
func (c *Manual) change(to func(hands) hands) {
	c.setting.Lock()
	defer c.setting.Unlock()
	h := to(*c.hands.Load())
	c.hands.Store(&h)
}

// Set implements [Settable].
func (c *Manual) Set(t time.Time) {
	c.change(func(h hands) hands { return hands{h.frozen, t.Round(0), time.Now()} })
	c.tell()
}

// Advance implements [Settable].
func (c *Manual) Advance(d time.Duration) {
	c.change(func(h hands) hands { return hands{h.frozen, h.now().Add(d), time.Now()} })
	c.tell()
}

// OnMove implements [Telling].
func (c *Manual) OnMove(f func() (again bool)) {
	c.telling.Lock()
	defer c.telling.Unlock()
	c.follow = append(c.follow, f)
}

// tell calls who follows the clock, and forgets who does so no more.
func (c *Manual) tell() {
	c.telling.Lock()
	defer c.telling.Unlock()
	c.follow = slices.DeleteFunc(c.follow, func(f func() bool) bool { return !f() })
}

// Freeze implements [Settable].
func (c *Manual) Freeze(frozen bool) {
	c.change(func(h hands) hands { return hands{frozen, h.now(), time.Now()} })
}

// Frozen implements [Settable].
func (c *Manual) Frozen() bool { return c.hands.Load().frozen }
