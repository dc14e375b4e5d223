package loadgen

import (
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
	also      kind    // explains the same as well; empty where none does
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
	toll := max(0, paid(ways(out, whatever))-unsure.Seconds())
	blur := blurred(tracks).Seconds()
	for i := range out {
		out[i].by = max(out[i].at, out[i].by-toll) + blur
		out[i].at -= blur
	}
	return out
}

// paid returns what every call pays for its way, both ways together, by all their round trips; nothing where fewer than
// [lucky] tell. Even the shortest took a little more than what all pay: at most as much, it is supposed, as it is shorter
// than the longest of the shortest hundredth, or than the hundredth-shortest where that has fewer. If each way adds
// anything up to a most, evenly, the square of what both add is even near nothing, and the result is too much with
// probability (3/4)^99 at most. It changes their order.
func paid(all []float64) float64 {
	if len(all) < lucky {
		return 0
	}
	return max(0, 2*slices.Min(all)-nth(all, max(lucky, len(all)/100)-1))
}

// lucky is how many round trips, at least, tell how far the shortest is above what all of them pay.
const lucky = 100

// unsure is how much more than it is what was paid may look, by round trips from a log: each is too long by rounded at
// most, and they differ by up to resolution more than they do there.
const unsure = rounded + resolution

// fitted fits the tracks as one stream: those of one key, or of all keys together.
func fitted(tracks []track) fit { return fittedAs(tracks, predictors...) }

// fittedAs is fitted for who asks for some kinds only.
func fittedAs(tracks []track, kinds ...predictor) fit {
	v := look(observe(tracks))
	f := fit{kind: unknown, whole: -1, rate: interval{0, math.Inf(1)}, burst: interval{0, math.Inf(1)}}
	if len(v.calls) < 2 {
		return f
	}
	f.measure(v)
	switch {
	case len(v.marks) == 0 && f.maybe == 0:
		f.kind = noLimit
		f.fitDelays(v.calls)
	case f.saturated:
		f.least, f.most = v.slidingSeconds()
		if !f.identify(v, kinds) && f.maybe == 0 {
			f.fitSeconds(v)
		}
	}
	return f
}

// measure counts what needs no kind of limiter.
func (f *fit) measure(v view) {
	end := v.end()
	f.lasted = end - v.calls[0].at
	f.travel, f.usual = travels(v.calls)
	f.offered = float64(len(v.calls)-1) / f.lasted
	f.took = len(v.accepted.sent)
	f.maybe = len(v.calls) - len(v.marks) - f.took
	f.firstRun = len(v.calls)
	if len(v.marks) == 0 {
		return
	}
	f.firstRun = slices.IndexFunc(v.calls, func(s seen) bool { return s.refused })
	f.share = float64(len(v.marks)) / float64(len(v.calls)-f.firstRun)
	if n := math.Floor(end - v.marks[0].at); n >= 1 {
		f.whole = float64(v.accepted.within(end-n, end)) / n
	}
	f.saturated = f.share >= minRefused && len(v.marks) >= 20
}

// identify names the first of some kinds that explains the answers; ok is false when none does. A handful of
// calls at once may be what a tiny bucket holds or, where serving takes long, what may be in flight:
// neither is named then. Where a second kind explains the same, both are named.
func (f *fit) identify(v view, kinds []predictor) (ok bool) {
	for _, p := range kinds {
		l, ok := p.explains(f, v)
		if !ok {
			continue
		}
		if p.kind() == bucket && f.tiny(0) {
			if _, slow := serving(v.calls); slow {
				return true
			}
		}
		f.kind, f.rate, f.burst = p.kind(), l.rate, l.burst
		f.double(v)
		return true
	}
	return false
}

// doubles are the kinds that answer a steady stream as another kind does, when their second begins with the load,
// at the same rate: a sliding counter as a bucket of a third of its size, a fixed window as a sliding log.
var doubles = map[kind]predictor{bucket: counterKind{}, slidingLog: windowKind{}}

// double names the second kind that explains the answers, if there is one. The rate is then what either allows.
func (f *fit) double(v view) {
	p := doubles[f.kind]
	if p == nil {
		return
	}
	if l, ok := p.explains(f, v); ok {
		f.also = p.kind()
		f.rate = interval{min(f.rate.low, l.rate.low), max(f.rate.high, l.rate.high)}
	}
}

// travels returns the longest way of a call, and one that nine of ten keep within.
func travels(calls []seen) (longest, usual float64) {
	all := ways(calls, whatever)
	return slices.Max(all), nth(all, len(all)*9/10)
}

func count(calls []seen, is func(seen) bool) (n int) {
	for _, c := range calls {
		if is(c) {
			n++
		}
	}
	return n
}

// tiny reports whether the bucket is so small that the unevenness of the sends, which ask for a
// bucket of that size themselves, can empty it. Driven at one and a half times its rate, a bucket
// accepts three times its size before it refuses; the line may add what it brings at once. A limit on calls in
// flight refuses for another reason.
func (f fit) tiny(asked float64) bool {
	return f.kind != inFlight && float64(f.firstRun) < 3*max(5, 2*asked)+f.offered*f.travel
}
