package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// served is what became of the calls of the phases within the published limit.
type served struct {
	keys    []tried // by key
	all     tried
	classes [classes]int64
}

// tried is one stream of calls: how many, how many of them were not accepted, and each one in the
// order of sending.
type tried struct {
	n, refused, excused int
	outcomes            []outcome
}

// An outcome is whether a call was not accepted, and what excuses that where a limit refused it:
// excused, that another was accepted so near to it that a bucket of one at the published rate may have
// been empty, and no larger bucket refuses more; full, that as many as a second may bring may have
// been accepted within the second before, so that a limiter which counts by the second was right.
type outcome struct {
	refused, excused, full bool
	at                     time.Duration // of the send, since the start of the profile
}

func (t *tried) add(o outcome) {
	t.n++
	if o.refused {
		t.refused++
	}
	if o.excused {
		t.excused++
	}
	t.outcomes = append(t.outcomes, o)
}

// tested returns the outcomes for a test. Refusals that are excused are left out: they count neither
// way. That another call was near excuses only where the bucket may be tiny.
func (t tried) tested(tiny bool) (refused []bool) {
	for _, o := range t.outcomes {
		if !o.full && !(tiny && o.excused) {
			refused = append(refused, o.refused)
		}
	}
	return refused
}

// count adds an attempt.
func (s *served) count(a *Played, l Limit) {
	type sent struct {
		key int
		call
	}
	var all []sent
	for key := range a.tracks {
		for _, c := range a.tracks[key].calls {
			all = append(all, sent{key, c})
		}
	}
	slices.SortStableFunc(all, func(a, b sent) int { return cmp.Compare(a.send, b.send) })
	near := newNeighbours(a.tracks, l)
	for len(s.keys) < len(a.tracks) {
		s.keys = append(s.keys, tried{})
	}
	for _, c := range all {
		refused := c.class != Accepted
		limited := refused && c.class.Limited()
		o := outcome{at: a.Start + time.Duration(c.send)*time.Microsecond, refused: refused, excused: limited && near.excuse(c.key, c.call), full: limited && near.full(c.key, c.call)}
		s.classes[c.class]++
		s.keys[c.key].add(o)
		s.all.add(o)
	}
}

// neighbours finds the accepted calls that a limiter may have seen just before a refused one.
type neighbours struct {
	scope    Scope
	interval float64  // microseconds between two calls at the published rate
	accepted [][]call // by what the limit counts over, in the order of sending
	latest   [][]uint32
	counts   []counts // of the accepted calls, in seconds
}

func newNeighbours(tracks []track, l Limit) neighbours {
	n := neighbours{scope: l.Scope, interval: 1e6 / l.Rate, accepted: make([][]call, len(tracks)), latest: make([][]uint32, len(tracks)), counts: make([]counts, len(tracks))}
	for key := range tracks {
		over := n.over(key)
		for _, c := range tracks[key].calls {
			if c.class == Accepted {
				n.accepted[over] = append(n.accepted[over], c)
			}
		}
	}
	for over, calls := range n.accepted {
		slices.SortFunc(calls, func(a, b call) int { return cmp.Compare(a.send, b.send) })
		last := uint32(0)
		for _, c := range calls {
			last = max(last, c.done)
			n.latest[over] = append(n.latest[over], last)
			n.counts[over].sent = append(n.counts[over].sent, inSeconds(c.send))
			n.counts[over].done = append(n.counts[over].done, inSeconds(c.done))
		}
		slices.Sort(n.counts[over].done)
	}
	return n
}

func (n neighbours) over(key int) int {
	if n.scope == System {
		return 0
	}
	return key
}

// excuse reports whether some accepted call may have reached the limiter less than an interval
// before c did: calls overtake each other, so only their sends and answers bound when.
func (n neighbours) excuse(key int, c call) bool {
	over := n.over(key)
	sent, _ := slices.BinarySearchFunc(n.accepted[over], c.done, func(a call, done uint32) int {
		if a.send <= done {
			return -1
		}
		return 1
	})
	return sent > 0 && float64(c.send)-float64(n.latest[over][sent-1]) < n.interval
}

// full reports whether as many calls as the limit allows in a second may have been accepted within the
// second before c.
func (n neighbours) full(key int, c call) bool {
	accepted := n.counts[n.over(key)]
	return float64(accepted.perhaps(inSeconds(c.send)-1, inSeconds(c.done))) >= 1e6/n.interval
}

// inSeconds returns microseconds as seconds.
func inSeconds(micros uint32) float64 { return float64(micros) / 1e6 }

// reasons names the classes of what was not accepted, most frequent first.
func (s served) reasons() string {
	var order []Class
	for c := RateLimited; c < classes; c++ {
		if s.classes[c] > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b Class) int { return int(s.classes[b] - s.classes[a]) })
	var parts []string
	for _, c := range order {
		parts = append(parts, fmt.Sprintf("%d %s", s.classes[c], c))
	}
	return strings.Join(parts, ", ")
}

// worst returns the largest share of refusals that a stream may have at the stated certainty, with
// the stream: of the keys where each has its own limit, else of all calls. To show it for every key
// no correction for their number is needed: it is false only if the bound of that one key is.
func (s served) worst(l Limit) (float64, tried) {
	if l.Scope == System {
		return refusedAtMost(s.all.refused, s.all.n), s.all
	}
	bound, worst := 0.0, tried{}
	for _, k := range s.keys {
		if b := refusedAtMost(k.refused, k.n); b > bound {
			bound, worst = b, k
		}
	}
	return bound, worst
}

// refuses returns the stream that is refused more than rarely, which is the one with the largest
// share. Of so many tests each gets its part of alpha (Holm's first step).
func (s served) refuses(l Limit, tiny bool) (worst tried, yes bool) {
	streams := s.keys
	if l.Scope == System {
		streams = append(slices.Clone(s.keys), s.all)
	}
	share := -1.0
	for _, k := range streams {
		if !refusesMore(k.tested(tiny), rarely, alpha/float64(len(streams))) {
			continue
		}
		if of := float64(k.refused) / float64(k.n); of > share {
			worst, share = k, of
		}
	}
	return worst, share >= 0
}

// conformed counts the phases within the published limit, and what bucket their sends asked for.
func (e *evidence) conformed() (s served, asked float64) {
	for _, r := range e.conforming() {
		s.count(e.attempts[r], e.p.Limit)
		asked = max(asked, need(e.attempts[r], e.p.Limit))
	}
	return s, asked
}

// guarantee: a stream within the published limit is not refused.
func (e *evidence) guarantee() reports.Claim {
	roles := e.conforming()
	top := e.top()
	c := reports.Claim{Name: claimGuarantee, Gates: true,
		Text: fmt.Sprintf("up to %s are carried, at most %s of them refused", top, percent(provenBelow))}
	c, ok := e.unless(c, roles...)
	if !ok {
		return c
	}
	s, asked := e.conformed()
	bound, worst := s.worst(e.p.Limit)
	c.Bound = fmt.Sprintf("at most %s refused at %.1f %% certainty: %d of %d, %s %d of %d; the sends asked for a bucket of %.1f",
		percent(bound), percentLevel, s.all.refused, s.all.n, worstOf(e.p.Limit), worst.refused, worst.n, asked)
	tiny := e.tiny(asked)
	bad, yes := s.refuses(e.p.Limit, tiny)
	if yes {
		c.Bound = fmt.Sprintf("%d of %d refused, more than %s at %.1f %% certainty: worst of all %d of %d; the sends asked for a bucket of %.1f",
			s.all.refused, s.all.n, percent(rarely), percentLevel, bad.refused, bad.n, asked)
		return certain(c, reports.Refuted, "%s of the calls within the published limit were not accepted, on the worst key %s (%s)",
			share(s.all), share(bad), s.reasons())
	}
	switch {
	case bound > provenBelow && tiny && s.all.excused > 0:
		return settle(c, reports.ClaimInconclusive, "%s were not accepted (%s), but so soon after others that a very small bucket and the sender's own unevenness explain it", share(s.all), s.reasons())
	case bound > provenBelow && s.all.refused > 0:
		return settle(c, reports.ClaimInconclusive, "%s were not accepted (%s): too few calls to tell whether that is more than %s", share(s.all), s.reasons(), percent(rarely))
	case bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s refused can be shown, %s is needed", percent(bound), percent(provenBelow))
	case s.all.refused > 0:
		return certain(c, reports.Proven, "%s were carried, but for %d of %d calls (%s): at most %s are refused", top, s.all.refused, s.all.n, s.reasons(), percent(bound))
	}
	return certain(c, reports.Proven, "%s were carried without refusal: at most %s are refused", top, percent(bound))
}

// top names the largest load within the published limit.
func (e *evidence) top() (text string) {
	most := 0.0
	for _, r := range e.conforming() {
		if ph, _ := e.p.phase(r); ph.Rate*float64(ph.Keys) > most {
			most = ph.Rate * float64(ph.Keys)
			text = fmt.Sprintf("%.4g calls per second on each of %d keys at once for %v", ph.Rate, ph.Keys, ph.Length.Round(time.Millisecond))
		}
	}
	return text
}

func worstOf(l Limit) string {
	if l.Scope == System {
		return "all keys"
	}
	return "worst key"
}

// share formats the refused share of a stream.
func share(t tried) string { return percent(float64(t.refused) / float64(max(t.n, 1))) }

// percent formats a share with two significant digits.
func percent(share float64) string {
	if share >= 0.1 {
		return fmt.Sprintf("%.0f %%", 100*share)
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

// tiny reports whether the bucket may be so small that the sender's own unevenness empties it. Where
// no phase saturated a key by itself, it may, unless the refusals began so late that chance, at the
// share that they have from then on, would have brought one before: a reserve was used up.
func (e *evidence) tiny(asked float64) bool {
	if e.has(Alone) {
		return e.alone.tiny(asked)
	}
	f := e.gentle
	return f.share == 0 || f.share < 1 && float64(f.firstRun)*-math.Log1p(-f.share) < math.Log(1/alpha)
}
