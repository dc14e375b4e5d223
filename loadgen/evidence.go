package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
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
	gentle   fit               // of the keys of the gentle phase, as one stream
}

func examine(r Recording) *evidence {
	e := &evidence{p: r.Profile, r: r, attempts: map[Role]*Played{}, problems: map[Role][]string{}}
	for _, a := range r.Played {
		e.attempts[a.Phase.Role] = a
		e.problems[a.Phase.Role] = certify(e.p, a)
	}
	for _, ph := range e.p.Phases {
		if e.attempts[ph.Role] == nil {
			e.problems[ph.Role] = []string{ph.Name + " was not played"}
		}
	}
	if a := e.attempts[Alone]; a != nil {
		e.alone = fitted(a.tracks)
	}
	if a := e.attempts[Gentle]; a != nil {
		e.gentle = fitted(a.tracks)
	}
	if a := e.attempts[Together]; a != nil {
		for i := range a.tracks {
			e.each = append(e.each, fitted(a.tracks[i:i+1]))
		}
		e.total = totalled(fitted(a.tracks), e.each)
	}
	return e
}

// totalled returns what all keys sustain together: by the pooled stream where that fits a limiter,
// else by the sum of the keys where each of them does.
func totalled(pooled fit, each []fit) fit {
	known := func(f fit) bool { return f.kind == bucket || f.kind == bySecond }
	if known(pooled) || pooled.kind == noLimit || !slices.ContainsFunc(each, known) {
		return pooled
	}
	if slices.ContainsFunc(each, func(f fit) bool { return !known(f) }) {
		return pooled
	}
	sum := pooled
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

// offered returns the planned rate of all keys of a phase together.
func (e *evidence) offered(r Role) float64 {
	ph, _ := e.p.phase(r)
	return ph.Rate * float64(ph.Keys)
}

// sustained returns the rate that a stream is known to sustain. A stream that nothing refused
// sustains at least what was offered.
func (f fit) sustained() interval {
	switch f.kind {
	case bucket, bySecond:
		return f.rate
	case noLimit:
		return interval{f.offered, math.Inf(1)}
	}
	return interval{0, math.Inf(1)}
}

// String says what the stream sustains, for people.
func (f fit) String() string {
	switch {
	case f.kind == noLimit:
		return fmt.Sprintf("everything offered (%.0f per second)", f.offered)
	case f.kind == unknown && f.whole >= 0:
		return fmt.Sprintf("about %.0f per second in no pattern of a bucket", f.whole)
	case f.kind == unknown:
		return fmt.Sprintf("nearly everything offered (%.0f per second)", f.offered)
	case math.IsInf(f.rate.high, 1):
		return fmt.Sprintf("at least %.1f per second", f.rate.low)
	}
	low, high := fmt.Sprintf("%.1f", f.rate.low), fmt.Sprintf("%.1f", f.rate.high)
	if low == high {
		return low + " per second"
	}
	return low + " to " + high + " per second"
}

// about returns the best single figure for what a stream sustains.
func (f fit) about() float64 {
	if f.kind == noLimit {
		return f.offered
	}
	if f.whole >= 0 && (f.kind == unknown || math.IsInf(f.rate.high, 1)) {
		return f.whole
	}
	return f.rate.middle()
}

// served counts the calls of a phase that were sent, those that were not accepted, and the same of
// the key that fared worst.
type served struct {
	n, refused           int
	worstN, worstRefused int
	outcomes             []outcome // in the order of sending
	classes              [classes]int64
}

// An outcome is whether a call was not accepted, and whether the smallest of buckets excuses that:
// a limit refused it so soon after the limiter had accepted another that a bucket of one at the
// published rate may have been empty. No larger bucket refuses more.
type outcome struct{ refused, excused bool }

// serve counts an attempt.
func serve(a *Played, l Limit) (s served) {
	type sent struct {
		key int
		call
	}
	var all []sent
	for key := range a.tracks {
		refused := 0
		for _, c := range a.tracks[key].calls {
			all = append(all, sent{key, c})
			s.classes[c.class]++
			if c.class != Accepted {
				refused++
			}
		}
		if n := len(a.tracks[key].calls); refused >= s.worstRefused {
			s.worstN, s.worstRefused = n, refused
		}
		s.refused += refused
	}
	s.n = len(all)
	slices.SortStableFunc(all, func(a, b sent) int { return cmp.Compare(a.send, b.send) })
	accepted := make([]int64, len(a.tracks)) // when the last one was answered, by what the limit counts over
	for _, c := range all {
		over := c.key
		if l.Scope == System {
			over = 0
		}
		if c.class == Accepted {
			accepted[over] = max(accepted[over], int64(c.done))
		}
		since := float64(int64(c.send)-accepted[over]) / 1e6
		s.outcomes = append(s.outcomes, outcome{
			refused: c.class != Accepted,
			excused: c.class.Limited() && accepted[over] > 0 && since < 1/l.Rate,
		})
	}
	return s
}

// tested returns the outcomes for a test. Where the bucket may be tiny, excused refusals are left
// out: they count neither way.
func (s served) tested(tiny bool) (refused []bool) {
	for _, o := range s.outcomes {
		if !tiny || !o.excused {
			refused = append(refused, o.refused)
		}
	}
	return refused
}

// plus adds what a later phase served.
func (s served) plus(o served) served {
	s.n += o.n
	s.refused += o.refused
	if o.worstRefused >= s.worstRefused {
		s.worstN, s.worstRefused = o.worstN, o.worstRefused
	}
	s.outcomes = append(s.outcomes, o.outcomes...)
	for c, n := range o.classes {
		s.classes[c] += n
	}
	return s
}

// reasons names the classes of what was not accepted, most frequent first.
func (s served) reasons() string {
	var order []Class
	for c := RateLimited; c < classes; c++ {
		if s.classes[c] > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b Class) int { return int(s.classes[b] - s.classes[a]) })
	var text strings.Builder
	for i, c := range order {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(fmt.Sprintf("%d %s", s.classes[c], c))
	}
	return text.String()
}
