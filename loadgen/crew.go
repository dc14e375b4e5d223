package loadgen

import "time"

// A crew is how many workers send the calls of a phase, each one call at a time.
type crew struct {
	start uint64 // with open connections
	most  uint64 // more are added when none is free; beyond that calls are missed rather than piled up
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
	rate := ph.Rate * float64(ph.Keys)
	within := func(x, low float64) uint64 { return uint64(min(max(x, low), mostWorkers)) }
	return crew{start: within(2*rate*typical.Seconds(), fewest), most: within(rate*timeout.Seconds(), 2*fewest)}
}
