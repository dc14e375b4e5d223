package loadgen

import (
	"fmt"
	"math"
	"slices"
)

// evidence is what the judge reads off a recording: the attempt that counts of each phase, and what
// the saturated ones say about the limiter.
type evidence struct {
	p        Profile
	r        Recording
	attempts map[Role]*Played  // the last of each phase
	problems map[Role][]string // of that attempt; none when it counts
	alone    fit               // of the first key by itself
	each     []fit             // of each key, all at once
	total    fit               // of all keys at once, as one stream
	ways     *scopes           // what the legs of the role scope show; nil where none was played
	byLegs   map[string]bool   // claims that those refuted, and not the other phases
	gentle   fit               // of the keys of the gentle phase, as one stream
	pairs    []pair            // of keys that share a limiter, where it is not one for all

	faults map[*Played][]string // of every attempt that was looked at
	matrix []cell               // nil until it is asked for
	calm   []conformed          // of the phases within the published limit; nil until they are asked for
	uneven float64              // the bucket that the sends to the first key alone ask for, at the rate at which they are planned
}

func examine(r Recording) *evidence {
	e := &evidence{p: r.Profile, r: r, attempts: map[Role]*Played{}, problems: map[Role][]string{}, faults: map[*Played][]string{}, byLegs: map[string]bool{}}
	for _, a := range r.Played {
		e.attempts[a.Phase.Role] = a
		e.faults[a] = certify(e.p, a)
		e.problems[a.Phase.Role] = e.faults[a]
	}
	for _, ph := range e.p.Phases {
		if e.attempts[ph.Role] == nil {
			e.problems[ph.Role] = []string{ph.Name + " was not played"}
		}
	}
	if a := e.attempts[Alone]; a != nil {
		e.alone = fitted(a.tracks).after(e.p)
		e.uneven = a.worstPeak(a.Phase.Rate)
	}
	if a := e.attempts[Gentle]; a != nil {
		e.gentle = fitted(a.tracks).after(e.p)
	}
	if a := e.attempts[Together]; a != nil {
		for i := range a.tracks {
			e.each = append(e.each, fitted(a.tracks[i:i+1]).after(e.p))
		}
		e.total = totalled(fitted(a.tracks).after(e.p), e.each)
		e.pairs = paired(a.tracks, e.total, e.each)
		if e.p.Limit.Scope == PerKey {
			e.total.reserved *= float64(len(e.each))
		}
	}
	e.ways = e.scoped()
	return e
}

// A pair is two keys whose streams fit one bucket when pooled, and no limiter by themselves. Other kinds
// of limiters bind a few seconds of part of a stream too little to tell.
type pair struct {
	keys [2]int
	fit
}

// mostPaired is the number of keys up to which pairs are searched for: that takes a fit for each two.
const mostPaired = 16

// paired finds the keys that share a limiter by twos, where no one limiter explains them all.
func paired(tracks []track, pooled fit, each []fit) (found []pair) {
	odd := func(f fit) bool { return f.saturated && !f.exact() }
	if len(each) > mostPaired || pooled.exact() {
		return nil
	}
	var open []int
	for i, f := range each {
		if odd(f) {
			open = append(open, i)
		}
	}
	for len(open) > 1 {
		first := open[0]
		open = open[1:]
		for n, second := range open {
			if f := fittedAs([]track{tracks[first], tracks[second]}, oneBucket{}); f.kind == bucket {
				found = append(found, pair{[2]int{first, second}, f})
				open = slices.Delete(open, n, n+1)
				break
			}
		}
	}
	return found
}

// totalled returns what all keys sustain together: by the pooled stream where that fits a limiter,
// else by the sum of the keys where each of them does.
func totalled(pooled fit, each []fit) fit {
	unfit := func(f fit) bool { return !f.known() }
	if pooled.known() || pooled.kind == noLimit || slices.ContainsFunc(each, unfit) {
		return pooled
	}
	sum := pooled
	sum.summed = true
	sum.kind, sum.rate = each[0].kind, interval{}
	for _, f := range each {
		sum.rate.low += f.rate.low
		sum.rate.high += f.rate.high
	}
	return sum
}

// has reports whether the profile, as it was played, holds the phase.
func (e *evidence) has(r Role) bool {
	_, ok := e.p.phase(r)
	return ok
}

// invalid returns what keeps the phases of the given roles from counting.
func (e *evidence) invalid(roles ...Role) (problems []string) {
	for _, r := range roles {
		problems = append(problems, e.problems[r]...)
	}
	return problems
}

// after completes a fit with what the profile says of the reserve: the published one, where none
// was seen to be used up. A bucket that the rest before the phase may not have filled is larger
// than it looks.
func (f fit) after(p Profile) fit {
	f.reserved = p.Limit.Burst
	if f.kind == bucket && f.burst.high >= p.Rest.Seconds()*f.rate.low {
		f.burst.high = math.Inf(1)
	}
	return f
}

// known reports whether the stream fits a limiter that has a rate.
func (f fit) known() bool {
	return f.kind != unknown && f.kind != noLimit && f.kind != inFlight
}

// exact reports whether the stream fits a limiter of a kind that binds every answer. Part of a stream
// that meets such a limiter with others fits none, but may look like a few buckets, or even.
func (f fit) exact() bool { return f.known() && f.kind != severalBuckets && f.kind != bySecond }

// named names the kind, or the kinds where two explain the same.
func (f fit) named() string {
	if f.also != "" {
		return string(f.kind) + " or a " + string(f.also)
	}
	return string(f.kind)
}

// inexact is how far, as a share, the rate of a kind may lie off the published one for it to be
// that: half a per cent where every refusal bounds it, more where calls are merely counted.
func (f fit) inexact() float64 {
	for _, k := range [...]kind{f.kind, f.also} {
		switch k {
		case severalBuckets, slidingCounter, bySecond, delays:
			return 5 * tolerance
		}
	}
	return tolerance
}

// sharp reports whether the way of most calls is shorter than the time between two at the given
// rate. Over a longer way a limiter of another kind can pass for a bucket with a rate of its own.
func (f fit) sharp(rate float64) bool { return f.usual*rate < 1 }

// sustained returns the rate that a stream is known to sustain. A stream that nothing refused
// sustains what is left of it when the reserve is taken off.
func (f fit) sustained() interval {
	switch {
	case f.known():
		return f.rate
	case f.kind == noLimit:
		return interval{max(0, float64(f.took)-f.reserved) / f.lasted, math.Inf(1)}
	}
	return interval{0, math.Inf(1)}
}

// String says what the stream sustains, for people.
func (f fit) String() string {
	switch {
	case f.kind == noLimit:
		return fmt.Sprintf("everything offered (%.0f per second for %.3g s)", f.offered, f.lasted)
	case f.kind == inFlight:
		return fmt.Sprintf("at most %.0f calls in flight at once (about %.0f per second)", f.burst.high, f.whole)
	case f.kind == unknown && f.whole >= 0:
		return fmt.Sprintf("about %.0f per second in no known pattern", f.whole)
	case f.kind == unknown:
		return fmt.Sprintf("nearly everything offered (%.0f per second)", f.offered)
	case math.IsInf(f.rate.high, 1):
		return fmt.Sprintf("at least %.1f per second", floor(f.rate.low))
	}
	low, high := fmt.Sprintf("%.1f", floor(f.rate.low)), fmt.Sprintf("%.1f", -floor(-f.rate.high))
	if low == high {
		return low + " per second"
	}
	return low + " to " + high + " per second"
}

// proviso says what the figures of String rest on; a comma comes first.
func (f fit) proviso() string {
	switch f.kind {
	case bucket, slidingLog, fixedWindow, slidingCounter:
		return ", if the limiter is a " + f.named()
	case severalBuckets:
		return ", if the limiter is a few token buckets"
	case delays:
		return ", by delays and not by refusals"
	case bySecond:
		return ", if the limiter counts by the second"
	case noLimit:
		return fmt.Sprintf(", at least %.1f if at most %.4g were in reserve", floor(f.sustained().low), f.reserved)
	}
	return ", as counted"
}

// about returns the best single figure for what a stream sustains.
func (f fit) about() float64 {
	if f.kind == noLimit {
		return f.offered
	}
	if f.whole >= 0 && (!f.known() || math.IsInf(f.rate.high, 1)) {
		return f.whole
	}
	return f.rate.middle()
}
