package loadgen

import (
	"sync/atomic"
	"time"
)

// A crew is how many workers send the calls of a phase, each one call at a time.
type crew struct {
	start uint64 // with open connections
	most  uint64 // beyond that, calls are missed rather than piled up
}

// fewest and mostWorkers bound a crew.
const (
	fewest      = 16
	mostWorkers = 2048
)

// crewFor returns the workers of ph by Little's law: calls in flight are the rate times the time that
// one takes. A crew starts with twice what the time seen before the load asks for, and grows to what
// calls that all run into the time-out ask for.
func crewFor(ph Phase, typical, timeout time.Duration) crew {
	return crewOf(ph.rate(), typical, timeout).atMost(ph.Abreast)
}

// crewOf is [crewFor] for so many calls per second.
func crewOf(rate float64, typical, timeout time.Duration) crew {
	within := func(x, low float64) uint64 { return uint64(min(max(x, low), mostWorkers)) }
	return crew{start: within(2*rate*typical.Seconds(), fewest), most: within(rate*timeout.Seconds(), 2*fewest)}
}

// atMost returns the crew with at most so many workers; zero means that there is no such bound.
func (c crew) atMost(n int) crew {
	if n == 0 {
		return c
	}
	return crew{min(c.start, uint64(n)), min(c.most, uint64(n))}
}

// A gate lets so many calls be under way at once as workers are wanted. After the generator was held
// up, many calls are due at the same time: they leave as earlier ones are answered, rather than each
// on a connection of its own. Where none is answered for a moment the target is slow, and the gate
// opens wider, until not half of that is needed any more. Calls that are not late may be several times
// as many: a generator that has no time for answers sends ever more calls otherwise, each by another worker.
type gate struct {
	width  int64 // calls that may be under way when the next one is late
	least  int64 // of them
	most   int64
	under  atomic.Int64
	passed chan struct{} // holds one when a call has ended since the last look
}

// patience is how long a gate waits for an answer before it opens wider.
const patience = time.Millisecond

// punctual is how many times as many calls as its width a gate lets be under way while none is late: a crew is
// twice what the time seen before the load asks for, so a target may become thirty-two times as slow and holds none up.
const punctual = 16

func newGate(c crew) *gate {
	return &gate{width: int64(c.start), least: int64(c.start), most: int64(c.most), passed: make(chan struct{}, 1)}
}

// wait returns when one more call may be under way; late says that it is due already. One caller waits at a time.
func (g *gate) wait(late bool) {
	if 2*g.under.Load() < g.width {
		g.width = max(g.width-1, g.least)
	}
	for {
		room := g.width
		if !late {
			room *= punctual
		}
		if room >= g.most || g.under.Load() < room {
			return // with the most of them, the worker that takes the call will wait
		}
		select {
		case <-g.passed:
		case <-time.After(patience):
			g.width = min(g.width+max(1, g.width/4), g.most)
		}
	}
}

// enter counts a call as under way, leave as ended.
func (g *gate) enter() { g.under.Add(1) }

func (g *gate) leave() {
	g.under.Add(-1)
	select {
	case g.passed <- struct{}{}:
	default:
	}
}
