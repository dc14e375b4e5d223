package loadgen

import (
	"cmp"
	"math"
	"slices"
)

type kind string

// The kinds of limiters that can be told, and the answers of who cannot.
const (
	bucket         kind = "token bucket"
	slidingLog     kind = "sliding log"
	fixedWindow    kind = "fixed window"
	slidingCounter kind = "sliding counter"
	severalBuckets kind = "several buckets"    // on nodes that count alone
	inFlight       kind = "in-flight limit"    // on calls at once, whatever their rate
	delays         kind = "delays"             // calls wait instead of being refused: shaping, or a full server
	bySecond       kind = "a count per second" // the same number in every second, in no known pattern
	noLimit        kind = "none seen"
	unknown        kind = "unknown"
)

// limits are what the answers allow for a limiter of one kind.
type limits struct {
	rate  interval // per second, sustained
	burst interval // calls at once
}

// A predictor knows one kind of limiter. It asks whether some limiter of that kind, with any rate,
// size and phase, can have given every answer, when all that is known of a call is that the limiter
// saw it between its send and its answer. That slack is each call's own, so that it is neither too
// small, which would refuse the true kind, nor larger than the line makes it.
type predictor interface {
	kind() kind
	// explains returns which limiters of the kind can have given the answers; ok is false when none
	// can.
	explains(f *fit, v view) (l limits, ok bool)
}

// predictors are asked in this order; the first that explains the answers names the kind. The later
// ones bind a limiter less and so explain more.
var predictors = []predictor{oneBucket{}, logKind{}, windowKind{}, counterKind{}, nodesKind{}, inFlightKind{}}

// oneBucket is a token bucket.
type oneBucket struct{}

func (oneBucket) kind() kind { return bucket }

func (oneBucket) explains(f *fit, v view) (limits, bool) {
	calls := v.calls
	l := limits{rate: pairBounds(v.marks, v.accepted.done, 0)}
	if l.rate.low > l.rate.high {
		return l, false
	}
	l.burst = burstBounds(v, l.rate)
	// Where the bucket may have run full within a gap between two calls, what was lost there
	// makes the upper bound too small. What flows in is at most what was offered, for else
	// nothing would have been refused.
	if f.offered*(largestGap(calls)+f.travel)+3 > l.burst.high {
		l.rate.high = math.Inf(1)
	}
	return l, true
}

// nodesKind is a few buckets over which the calls are spread: their levels differ by a few calls.
type nodesKind struct{}

func (nodesKind) kind() kind { return severalBuckets }

// mostPlay is how many calls the levels of several buckets may differ by. Refusals at random stray
// much further: a third of two thousand calls by twenty and more.
const mostPlay = 8

func (nodesKind) explains(f *fit, v view) (limits, bool) {
	size := float64(f.firstRun) * f.share // of all buckets together, about
	if f.maybe > 0 || f.tiny(0) || f.offered*(largestGap(v.calls)+f.travel)+3 > size {
		return limits{}, false // a bucket that runs full, or empty by the sender's doing, strays as well
	}
	late, done := emptied(v.marks), v.accepted.done
	for play := 1.0; play <= mostPlay; play *= 1.25 {
		if rate := pairBounds(late, done, play); rate.low <= rate.high {
			// There may have been more play than the least that fits.
			l := limits{rate: pairBounds(late, done, 1.5*play), burst: interval{0, math.Inf(1)}}
			return l, leadsTo(v.marks[0], late[0], l.rate, size/5)
		}
	}
	return limits{}, false
}

// leadsTo reports whether what was accepted between two refusals, but for what some of the buckets
// still held at the first, agrees with a rate.
func leadsTo(first, later mark, rate interval, held float64) bool {
	n := float64(later.doneBefore - first.doneBefore)
	return n >= rate.low*(later.at-first.by)-2*mostPlay && n <= rate.high*(later.by-first.at)+held+2*mostPlay
}

// emptied returns the refusals but for the first quarter of their time: then some of the buckets may
// not have been empty yet.
func emptied(marks []mark) []mark {
	from := marks[0].at + (marks[len(marks)-1].at-marks[0].at)/4
	i, _ := slices.BinarySearchFunc(marks, from, func(m mark, t float64) int { return cmp.Compare(m.at, t) })
	return marks[i:]
}

// counts answers how many accepted calls fall where, for calls of which only a range is known.
type counts struct{ sent, done []float64 } // sorted

// perhaps returns how many calls the limiter may have seen between two times, surely how many it has.
func (c counts) perhaps(from, to float64) int {
	return max(0, upTo(c.sent, to)-below(c.done, from))
}

func (c counts) surely(from, to float64) int {
	return max(0, below(c.done, to)-below(c.sent, from))
}

// below returns how many of the sorted times are before t.
func below(times []float64, t float64) int {
	i, _ := slices.BinarySearch(times, t)
	return i
}

// perSecond returns the limits of a limiter that lets n calls through in a second.
func perSecond(n interval) (limits, bool) {
	return limits{rate: n, burst: interval{0, math.Inf(1)}}, n.low <= n.high && n.high >= 1
}

// logKind accepts a call when fewer than n were accepted within the second before it.
type logKind struct{}

func (logKind) kind() kind { return slidingLog }

func (logKind) explains(f *fit, v view) (limits, bool) {
	if f.maybe > 0 {
		return limits{}, false
	}
	calls, accepted, n := v.calls, v.accepted, interval{1, math.Inf(1)}
	for _, c := range calls {
		if c.refused {
			n.high = min(n.high, float64(accepted.perhaps(c.at-1, c.by)))
		} else {
			n.low = max(n.low, float64(accepted.surely(c.by-1, c.at)+1))
		}
		if n.low > n.high {
			return limits{}, false
		}
	}
	return perSecond(n)
}

// windowKind accepts n calls in every second of a calendar of unknown phase.
type windowKind struct{}

func (windowKind) kind() kind { return fixedWindow }

func (windowKind) explains(f *fit, v view) (limits, bool) {
	if f.maybe > 0 {
		return limits{}, false
	}
	calls := v.calls
	edge, ok := windowEdge(calls, f.travel)
	if !ok {
		return limits{}, false
	}
	accepted, n, last := v.accepted, interval{1, math.Inf(1)}, calls[len(calls)-1].at
	for k := math.Floor(calls[0].at - edge.low); edge.low+k < last; k++ {
		n.low = max(n.low, float64(accepted.surely(edge.high+k, min(edge.low+k+1, last))))
	}
	for _, c := range calls {
		k := math.Floor(c.at - edge.high)
		if c.refused && c.by <= edge.low+k+1 {
			n.high = min(n.high, float64(accepted.perhaps(edge.low+k, c.by)))
		}
	}
	return perSecond(n)
}

// windowEdge returns within what range the windows begin, up to whole seconds: where a call is accepted
// after all that were sent for longer than any is under way were refused, so that it has not merely
// overtaken them.
func windowEdge(calls []seen, travel float64) (edge interval, ok bool) {
	since := math.Inf(1) // the send of the first of the refusals in a row
	for i, c := range calls {
		if c.refused {
			since = min(since, c.at)
			continue
		}
		if c.at-since > travel+windowPause {
			begins := interval{calls[i-1].at, c.by}
			if !ok {
				edge, ok = begins, true
			}
			k := math.Round(begins.low - edge.low)
			edge = interval{max(edge.low, begins.low-k), min(edge.high, begins.high-k)}
			if edge.low > edge.high {
				return edge, false
			}
		}
		since = math.Inf(1)
	}
	return edge, ok
}

// windowPause is for how long at least a window that is used up refuses, in seconds, for its end to be
// taken for one. A bucket or a counter refuses a few calls in a row.
const windowPause = 0.005

// counterKind accepts a call when this second's calls and the share of the last second's that the
// sliding second still covers stay below n.
type counterKind struct{}

func (counterKind) kind() kind { return slidingCounter }

func (counterKind) explains(f *fit, v view) (limits, bool) {
	calls := v.calls
	if f.maybe > 0 || calls[len(calls)-1].at-calls[0].at < 2 {
		return limits{}, false
	}
	accepted, all := v.accepted, interval{math.Inf(1), 0}
	var phases []interval
	for i := range 16 {
		from := calls[0].at + float64(i)/16
		phases = append(phases, interval{from, from + 1.0/16})
	}
	const finest = 1.0 / 512
	for i := 0; i < len(phases); i++ {
		phase := phases[i]
		wide, step := phase.high-phase.low, 1
		if wide > 4*finest {
			step = 16 // some of the calls are enough to exclude most phases
		}
		n := counterBounds(calls, accepted, phase, step)
		switch {
		case n.low > n.high:
		case wide > finest:
			phases = append(phases, interval{phase.low, phase.middle()}, interval{phase.middle(), phase.high})
		default:
			all = interval{min(all.low, n.low), max(all.high, n.high)}
		}
	}
	return perSecond(all)
}

// counterBounds returns what limits a sliding counter may have whose seconds begin within a range, by
// every so many of the calls.
func counterBounds(calls []seen, accepted counts, phase interval, step int) interval {
	n := interval{1, math.Inf(1)}
	for i := 0; i < len(calls); i += step {
		c := calls[i]
		k := math.Floor(c.at - phase.high)
		from := interval{phase.low + k, phase.high + k}
		if c.by > from.low+1 {
			continue // it may belong to the next second
		}
		if c.refused {
			before := float64(accepted.perhaps(from.low-1, from.high))
			n.high = min(n.high, before*min(1, 1-(c.at-from.high))+float64(accepted.perhaps(from.low, c.by)))
		} else {
			before := float64(accepted.surely(from.high-1, from.low))
			n.low = max(n.low, before*max(0, 1-(c.by-from.low))+float64(accepted.surely(from.high, c.at))-1)
		}
		if n.low > n.high {
			break
		}
	}
	return n
}
