// Package limit decides whether a call fits a rate limit.
//
// A limiter never reads a clock: the instant is an argument, so that its tests are tables and a
// recorded hour replays in milliseconds.
package limit

import "time"

// A Limiter decides about calls. Implementations are safe for concurrent use and must pass
// limittest.Test.
type Limiter interface {
	// Take reports whether cost more units of key fit the limit at now. A refused call takes
	// nothing. A now before an earlier one refills nothing; one that is ten seconds or more before it
	// means that the clock was set back, and refilling goes on from there.
	Take(now time.Time, key string, cost int) Decision
}

// A Decision is a limiter's answer.
type Decision struct {
	OK        bool
	Remaining int           // whole units left after this decision
	RetryIn   time.Duration // 0 when OK; else the exact wait after which the same call fits, if nothing else is taken
}

// Off is the limiter that admits everything.
type Off struct{}

// Take implements [Limiter].
func (Off) Take(time.Time, string, int) Decision { return Decision{OK: true} }

// String describes the limiter as the command line takes it.
func (Off) String() string { return "off" }
