package loadgen

import (
	"cmp"
	"math"
	"slices"
)

// A fit is what the answers to a stream say about the limiter that gave them.
//
// A token bucket of rate r refuses only when its level is below one. Between two refusals at u and
// v it has therefore accepted r·(v-u) calls, give or take one, whatever its size, as long as it was
// never full in between. Each call reached the limiter at an unknown moment between its send and
// its answer, so what is counted between u and v is known up to the calls in flight. Every pair of
// refusals thus gives a lower and an upper bound of r that hold with certainty for a token bucket;
// the largest lower and the smallest upper one remain. From a refusal on, no more than what flows in is
// accepted, whether or not another refusal follows: that bounds r from below as well. When the bounds
// contradict each other, no token bucket answered.
type fit struct {
	saturated bool     // at least minRefused of the calls after the first refusal were refused
	kind      kind     // what the answers look like
	rate      interval // per second, sustained; meaningful for the kinds that are known
	burst     interval // meaningful for bucket
	whole     float64  // accepted per second over the last whole seconds after the first refusal; negative when there is none
	offered   float64  // sent per second
	travel    float64  // longest time, in seconds, within which it is unknown when a call reached the limiter
	share     float64  // of refusals after the first one
	firstRun  int      // accepted before the first refusal; of all where nothing was refused
	least     int      // fewest and most accepted calls in any second after the first refusal
	most      int
	took      int     // accepted in all
	maybe     int     // neither accepted nor refused by the rate limit, which may have counted them
	lasted    float64 // seconds from the first send to the last
	usual     float64 // travel that nine calls of ten keep within, in seconds
	reserved  float64 // calls that may have been accepted out of a reserve, where none was seen to end
	either    bool    // a sliding counter explains what the bucket does
	summed    bool    // added up from the streams of single keys
}

// interval is a range; its ends may be infinite.
type interval struct{ low, high float64 }

func (i interval) middle() float64 { return (i.low + i.high) / 2 }

// minRefused is the share of refusals below which a stream did not saturate its limiter.
const minRefused = 0.03

// seen is one call for fitting, in seconds: the limiter saw it between at and by.
type seen struct {
	at, by  float64
	refused bool // by the rate limit
	maybe   bool // the answer does not say whether the limiter accepted it
}

// accepted reports whether the limiter surely let the call through.
func (s seen) accepted() bool { return !s.refused && !s.maybe }

// observe returns the calls of the tracks by the time of their send, as the limiter may have seen
// them. A call that failed otherwise may have been counted by the limiter or not. What every call pays
// for its way is taken off each: it moves all calls alike.
func observe(tracks []track) []seen {
	sent := int64(0)
	for i := range tracks {
		for _, n := range tracks[i].counts {
			sent += n
		}
	}
	out := make([]seen, 0, sent)
	for _, c := range bySend(tracks) {
		s := seen{at: inSeconds(c.send), by: inSeconds(c.done), refused: c.class == RateLimited}
		s.maybe = c.class != Accepted && !s.refused
		out = append(out, s)
	}
	toll := paid(out)
	blur := blurred(tracks).Seconds()
	for i := range out {
		out[i].by = max(out[i].at, out[i].by-toll) + blur
		out[i].at -= blur
	}
	return out
}

// paid returns what every call pays for its way, both ways together. The shortest round trip is a little
// more: its call was lucky twice. How little, the shortest hundredth of them tells.
func paid(calls []seen) float64 {
	all := ways(calls, func(seen) bool { return true })
	if len(all) == 0 {
		return 0
	}
	return max(0, 2*all[0]-all[len(all)/100])
}

// fitted fits the tracks as one stream: those of one key, or of all keys together.
func fitted(tracks []track) fit {
	calls := observe(tracks)
	first := slices.IndexFunc(calls, func(s seen) bool { return s.refused })
	f := fit{kind: noLimit, whole: -1, rate: interval{0, math.Inf(1)}, burst: interval{0, math.Inf(1)}}
	if len(calls) < 2 {
		f.kind = unknown
		return f
	}
	end := calls[len(calls)-1].at
	f.lasted = end - calls[0].at
	f.travel, f.usual = travels(calls)
	f.offered = float64(len(calls)-1) / f.lasted
	f.took = count(calls, seen.accepted)
	f.maybe = count(calls, func(s seen) bool { return s.maybe })
	if first < 0 {
		f.firstRun = len(calls)
		if f.maybe > 0 {
			f.kind = unknown
		}
		f.fitDelays(calls)
		return f
	}
	f.firstRun = first
	tail := calls[first:]
	refused := count(tail, func(s seen) bool { return s.refused })
	f.share = float64(refused) / float64(len(tail))
	if n := math.Floor(end - tail[0].at); n >= 1 {
		f.whole = float64(acceptedWithin(tail, end-n, end)) / n
	}
	f.saturated = float64(refused) >= minRefused*float64(len(tail)) && refused >= 20
	f.kind = unknown
	if !f.saturated {
		return f
	}
	f.least, f.most = slidingSeconds(tail, end)
	if !f.identify(calls) && f.maybe == 0 {
		f.fitSeconds(tail, end)
	}
	return f
}

// identify names the first kind that explains the answers; ok is false when none does. A handful of
// calls at once may be what a tiny bucket holds or, where serving takes long, what may be in flight:
// neither is named then. A sliding counter whose second begins with the load answers as a bucket
// of a third of its size does, at the same rate: then both are named.
func (f *fit) identify(calls []seen) (ok bool) {
	for _, p := range predictors {
		l, ok := p.explains(f, calls)
		if !ok {
			continue
		}
		if p.kind() == bucket && f.tiny(0) {
			if _, slow := serving(calls); slow {
				return true
			}
		}
		f.kind, f.rate, f.burst = p.kind(), l.rate, l.burst
		f.either = f.kind == bucket && explained(counterKind{}, f, calls)
		return true
	}
	return false
}

// explained reports whether some limiter of a kind can have given the answers.
func explained(p predictor, f *fit, calls []seen) bool {
	_, ok := p.explains(f, calls)
	return ok
}

// travels returns the longest way of a call, and one that nine of ten keep within.
func travels(calls []seen) (longest, usual float64) {
	ways := make([]float64, len(calls))
	for i, c := range calls {
		ways[i] = c.by - c.at
	}
	slices.Sort(ways)
	return ways[len(ways)-1], ways[len(ways)*9/10]
}

func count(calls []seen, is func(seen) bool) (n int) {
	for _, c := range calls {
		if is(c) {
			n++
		}
	}
	return n
}

// A mark is a refusal with the number of calls accepted before it.
type mark struct {
	seen
	doneBefore int // answered before this was sent: surely earlier
	sentBefore int // sent before this was answered: perhaps earlier
}

// markRefusals counts the accepted calls around each refusal, and returns when each of those that were
// surely accepted was done.
func markRefusals(calls []seen) (marks []mark, done []float64) {
	var sent []float64
	for _, c := range calls {
		if c.refused {
			marks = append(marks, mark{seen: c})
			continue
		}
		sent = append(sent, c.at)
		if !c.maybe {
			done = append(done, c.by)
		}
	}
	slices.Sort(done)
	for i := range marks {
		m := &marks[i]
		m.doneBefore = upTo(done, m.at)
		m.sentBefore = upTo(sent, m.by)
	}
	return marks, done
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
	ended := slices.Clone(marks)
	slices.SortFunc(ended, func(a, b mark) int { return cmp.Compare(a.by, b.by) })
	high, h := math.Inf(1), hull{}
	for _, v := range marks {
		for len(ended) > 0 && ended[0].by < v.at {
			h.add(point{ended[0].by, float64(ended[0].doneBefore)})
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
// it has given away its burst and what flowed in since, but for less than one.
func burstBounds(marks []mark, rate interval, first seen) interval {
	burst := interval{0, math.Inf(1)}
	for _, m := range marks {
		burst.low = max(burst.low, float64(m.doneBefore)-rate.high*(m.by-first.at))
		burst.high = min(burst.high, float64(m.sentBefore)+1-rate.low*max(0, m.at-first.by))
	}
	return burst
}

func largestGap(calls []seen) (gap float64) {
	for i := 1; i < len(calls); i++ {
		gap = max(gap, calls[i].at-calls[i-1].at)
	}
	return gap
}

// tiny reports whether the bucket is so small that the unevenness of the sends, which ask for a
// bucket of that size themselves, can empty it. Driven at one and a half times its rate, a bucket
// accepts three times its size before it refuses; the line may add what it brings at once.
func (f fit) tiny(asked float64) bool {
	return float64(f.firstRun) < 3*max(5, 2*asked)+f.offered*f.travel
}
