package loadgen

import (
	"context"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A pacer hands Vegeta the calls of one attempt at their due times. It never makes up for lost
// time: a call that is later than missAfter is noted as missed.
type pacer struct {
	ctx      context.Context
	plan     *schedule
	began    time.Time
	missed   func(next slot, after time.Duration)
	tooLate  time.Duration
	stall    func(due time.Duration) time.Duration
	due      chan slot // in the order of sending; must hold one for each worker and one more
	gate     *gate
	sentRate float64
	hopeless func() bool // that the attempt can still count is given up; nil: never
}

var _ vegeta.Pacer = (*pacer)(nil)

// Pace returns how long to wait for the next call that can still be sent. Vegeta's own count of
// time and hits is not used: it starts when it starts.
func (p *pacer) Pace(time.Duration, uint64) (wait time.Duration, stop bool) {
	for {
		if p.ctx.Err() != nil || p.hopeless != nil && p.hopeless() {
			return 0, true
		}
		next, ok := p.plan.take()
		if !ok {
			return 0, true
		}
		p.gate.wait(next.due <= time.Since(p.began))
		wait := next.due - time.Since(p.began)
		if -wait > p.tooLate {
			p.missed(next, -wait)
			continue
		}
		p.gate.enter()
		p.due <- next
		return max(wait, 0) + p.stall(next.due), false
	}
}

// Rate returns the planned calls per second.
func (p *pacer) Rate(time.Duration) float64 { return p.sentRate }
