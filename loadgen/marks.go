package loadgen

import (
	"cmp"
	"math"
	"slices"
)

// A view is a stream with what every kind of limiter asks of it.
type view struct {
	calls    []seen // by at
	marks    []mark // the refusals, in their order
	accepted counts // of the calls that surely were
}

// A mark is a refusal with the number of calls accepted before it.
type mark struct {
	seen
	doneBefore int // answered before this was sent: surely earlier
	sentBefore int // sent before this was answered: perhaps earlier
}

// look counts the accepted calls around each refusal.
func look(calls []seen) view {
	refused, accepted := count(calls, func(s seen) bool { return s.refused }), count(calls, seen.accepted)
	v := view{calls: calls, marks: make([]mark, 0, refused), accepted: counts{make([]float64, 0, accepted), make([]float64, 0, accepted)}}
	sent := make([]float64, 0, len(calls)-refused) // perhaps accepted
	for _, c := range calls {
		if c.refused {
			v.marks = append(v.marks, mark{seen: c})
			continue
		}
		sent = append(sent, c.at)
		if !c.maybe {
			v.accepted.sent, v.accepted.done = append(v.accepted.sent, c.at), append(v.accepted.done, c.by)
		}
	}
	sortNearly(v.accepted.done, func(t float64) float64 { return t })
	done, begun := 0, 0
	for i := range v.marks {
		m := &v.marks[i]
		done, begun = upToFrom(v.accepted.done, m.at, done), upToFrom(sent, m.by, begun)
		m.doneBefore, m.sentBefore = done, begun
	}
	return v
}

// upToFrom is upTo for who has a place that is near the answer.
func upToFrom(times []float64, t float64, at int) int {
	for at < len(times) && times[at] <= t {
		at++
	}
	for at > 0 && times[at-1] > t {
		at--
	}
	return at
}

// mostMoves is how many places, on the mean, an item may lie off its own for the items to be nearly sorted.
const mostMoves = 32

// sortNearly sorts items of which few are far from their places: answers, that come by their sends.
func sortNearly[T any](items []T, by func(T) float64) {
	moves := 0
	for i := 1; i < len(items); i++ {
		item, at := items[i], i
		for x := by(item); at > 0 && by(items[at-1]) > x; at-- {
			items[at] = items[at-1]
		}
		items[at] = item
		if moves += i - at; moves > mostMoves*len(items) {
			slices.SortFunc(items, func(a, b T) int { return cmp.Compare(by(a), by(b)) })
			return
		}
	}
}

// nth returns the value that has n smaller ones before it, or as large. It changes the order.
func nth(values []float64, n int) float64 {
	for low, high := 0, len(values)-1; low < high; {
		pivot := values[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return values[n]
		}
	}
	return values[n]
}

// upTo returns how many of the sorted times are not after t.
func upTo(times []float64, t float64) int {
	i, _ := slices.BinarySearchFunc(times, t, func(x, t float64) int {
		if x <= t {
			return -1
		}
		return 1
	})
	return i
}

// pairBounds returns the tightest bounds of the rate over all pairs of a refusal and what came after
// it, for a limiter whose level at a refusal is known up to play calls.
func pairBounds(marks []mark, done []float64, play float64) interval {
	return interval{max(0, steepest(marks, done, play)), flattest(marks, play)}
}

// flattest returns the upper bound: the fewest calls per second that may have been accepted between
// two refusals, the first of which was answered before the second was sent.
func flattest(marks []mark, play float64) float64 {
	ended := make([]point, len(marks))
	for i, m := range marks {
		ended[i] = point{m.by, float64(m.doneBefore)}
	}
	sortNearly(ended, func(p point) float64 { return p.x })
	high, h := math.Inf(1), hull{}
	for _, v := range marks {
		for len(ended) > 0 && ended[0].x < v.at {
			h.add(ended[0])
			ended = ended[1:]
		}
		if slope, ok := h.flattest(point{v.at, float64(v.sentBefore+1) + play}); ok {
			high = min(high, slope)
		}
	}
	return high
}

// steepest returns the lower bound: the most calls per second that were surely accepted from a refusal
// to any later moment, but for less than one that was left at the refusal. The calls are told by when
// each was done, sorted. Upside down it is the flattest line.
func steepest(marks []mark, done []float64, play float64) float64 {
	low, h := math.Inf(-1), hull{}
	for n, by := range done {
		for len(marks) > 0 && marks[0].at < by {
			h.add(point{marks[0].at, -float64(marks[0].sentBefore)})
			marks = marks[1:]
		}
		if slope, ok := h.flattest(point{by, -(float64(n) - play)}); ok {
			low = max(low, -slope)
		}
	}
	return low
}

// burstBounds returns the bounds of a bucket that was full when the first call came: at a refusal
// it has given away its burst and what flowed in since it was last full, but for less than one.
func burstBounds(v view, rate interval) interval {
	first, burst, least := v.calls[0], interval{0, math.Inf(1)}, math.Inf(1)
	for _, m := range v.marks {
		burst.low = max(burst.low, float64(m.doneBefore)-rate.high*(m.by-first.at))
		least = min(least, float64(m.sentBefore)+1-rate.low*m.at)
	}
	burst.high = least + v.lastFull(rate)
	return burst
}

// lastFull returns the most that a bucket may have had flow into it by when it was last full, less what it had given
// away: a pause among the first calls fills it again, and what flows in then is lost. It can have been full when a
// call came only if no more was given away before than flowed in.
func (v view) lastFull(rate interval) float64 {
	first := v.calls[0]
	most, done := rate.low*first.by, 0
	for _, c := range v.calls {
		if c.refused {
			break
		}
		done = upToFrom(v.accepted.done, c.at, done)
		if float64(done) <= rate.high*(c.by-first.at) {
			most = max(most, rate.low*c.by-float64(done))
		}
	}
	return most
}

func largestGap(calls []seen) (gap float64) {
	for i := 1; i < len(calls); i++ {
		gap = max(gap, calls[i].at-calls[i-1].at)
	}
	return gap
}
