package loadgen

import (
	"fmt"
	"math"

	"github.com/kmsproof/kmsproof/reports"
)

// independence: what the other keys do does not change what a key gets.
func (e *evidence) independence() reports.Claim {
	c := reports.Claim{Name: claimIndependence, Gates: true, Text: "what the other keys do does not change what a key gets"}
	if e.has(Together) {
		c, ok := e.legible(c, Alone, Together)
		if !ok {
			return c
		}
		return e.comparedWithAlone(c)
	}
	c, ok := e.unless(c, e.conforming()...)
	if !ok {
		return c
	}
	return e.undisturbed(c)
}

// comparedWithAlone compares what each key gets beside the others with what the first gets by
// itself. The first has the same stream in both, so that neither the kind of the limiter nor the
// pattern of the sends can look like sharing. Another key that gets less may have less of its own:
// it tells of sharing only where the streams of all keys fit one limiter and none fits its own.
func (e *evidence) comparedWithAlone(c reports.Claim) reports.Claim {
	shares, worst := e.shares()
	c.Bound = fmt.Sprintf("beside the others the first key gets %s of what it gets alone, the worst key (%d) %s%s",
		shares[0], worst+1, shares[worst], e.alone.proviso())
	both := e.alone.saturated == e.each[0].saturated
	switch {
	case e.alone.tiny(e.uneven):
		return settle(c, reports.ClaimInconclusive, "one key alone gets %s: so small a bucket may be emptied by the sender's own unevenness", e.alone)
	case both && (shares[0].high < capRatio || e.each[0].gross(e.alone.got().low)), e.oneForAll():
		return supposing(c, e.sharingGround(), reports.Refuted, "%s: one key alone gets %s, beside the others %s, all %d together %s",
			e.sharing(), e.alone, e.each[0], len(e.each), e.total)
	case !both:
		return settle(c, reports.ClaimInconclusive, "one key alone gets %s, beside the others %s: a reserve hides what that means", e.alone, e.each[0])
	case e.total.kind == noLimit && e.total.sustained().low < capRatio*float64(len(e.each))*e.p.Limit.Rate:
		return settle(c, reports.ClaimInconclusive, "nothing was refused, alone or together: a reserve may have carried it all")
	case shares[worst].low >= capRatio:
		reserve := float64(len(e.each)) * e.p.Limit.Burst
		below := math.Floor(sharedBelow(float64(e.total.took), e.total.lasted, reserve))
		c.Text += fmt.Sprintf(": no limit below %.0f calls per second is shared", below)
		c.Bound += fmt.Sprintf("; a common limit of %.0f per second or more, or with more than %.0f in reserve, is not excluded", below, reserve)
		return supposing(c, allGrounds(e.alone, e.each[worst]), reports.Proven, "a key gets the same whatever the others do: one alone gets %s, all %d together get %s", e.alone, len(e.each), e.total)
	case worst > 0 && shares[worst].high < capRatio:
		return settle(c, reports.ClaimInconclusive, "key %d gets less than key 1 alone (%s, %s): it shares, or has less of its own", worst+1, e.each[worst], e.alone)
	}
	return settle(c, reports.ClaimInconclusive, "one key alone gets %s, key %d beside the others %s: that does not settle it", e.alone, worst+1, e.each[worst])
}

// sharingGround says what it rests on that keys share: on one limiter that explains all of them where there is one.
func (e *evidence) sharingGround() ground {
	if e.oneForAll() {
		return allGrounds(e.alone, e.total)
	}
	return allGrounds(e.alone, e.each[0])
}

// shares returns what part of the first key's rate alone each key gets beside the others, and which
// key gets the least.
func (e *evidence) shares() (shares []interval, worst int) {
	one := e.alone.got()
	for i, f := range e.each {
		got := f.got()
		shares = append(shares, interval{got.low / one.high, got.high / one.low})
		if shares[i].low < shares[worst].low {
			worst = i
		}
	}
	return shares, worst
}

// got returns what a stream got, for comparing it with another of the same rate: what it was
// offered where nothing was refused, and where a bucket's rate has no upper bound what was counted.
func (f fit) got() interval {
	i := f.sustained()
	switch {
	case f.kind == noLimit:
		return interval{f.offered, f.offered}
	case f.kind == bucket && math.IsInf(i.high, 1) && f.whole >= 0:
		i.high = max(i.low, f.whole+1)
	}
	return i
}

// oneForAll reports whether the keys at once fit one limiter that gives them less than each would
// get alone, while none of them fits a limiter of its own.
func (e *evidence) oneForAll() bool {
	return oneLimiter(e.total, e.each) && e.total.got().high < capRatio*float64(len(e.each))*e.alone.got().low
}

// allAsOne reports whether all keys fit one limiter that gives them together no more than one key gets alone. One
// that gives them more is a cap beside limits of their own, or keys share by groups that pooled look like one.
func (e *evidence) allAsOne() bool {
	if !e.total.exact() || e.total.summed {
		return e.p.Limit.Scope == System
	}
	return e.alone.kind == noLimit || e.total.about() < 1.05*e.alone.about()
}

// oneLimiter reports whether the streams, each saturated, fit one limiter only when pooled.
func oneLimiter(pooled fit, each []fit) bool {
	for _, f := range each {
		if !f.saturated || f.exact() {
			return false
		}
	}
	return pooled.exact() && !pooled.summed
}

// String shows a range of shares.
func (i interval) String() string {
	if math.IsInf(i.high, 1) || math.IsNaN(i.high) {
		return "an unknown share"
	}
	return fmt.Sprintf("%.3f to %.3f", i.low, i.high)
}

// sharing names what the keys share: one key's rate, or a common cap above it. Where no one limiter
// fits them all, perhaps only some of them share.
func (e *evidence) sharing() string {
	total := e.total.about()
	switch {
	case len(e.pairs) > 0:
		p := e.pairs[0]
		return fmt.Sprintf("keys %d and %d share about %.0f calls per second (%s)%s", p.keys[0]+1, p.keys[1]+1, p.about(), p.kind, morePairs(e.pairs[1:]))
	case e.total.summed || !e.total.known():
		return fmt.Sprintf("some of the %d keys share: together they get about %.0f calls per second", len(e.each), total)
	case e.alone.kind != noLimit && total > 1.05*e.alone.about():
		return fmt.Sprintf("the %d keys have a common cap of about %.0f calls per second", len(e.each), total)
	}
	return fmt.Sprintf("the %d keys share about %.0f calls per second", len(e.each), total)
}

// morePairs names the other keys that share by twos.
func morePairs(rest []pair) (text string) {
	for _, p := range rest {
		text += fmt.Sprintf(", so do %d and %d", p.keys[0]+1, p.keys[1]+1)
	}
	return text
}

// undisturbed judges by the streams within the published limit alone: two keys that are refused
// together although each stays below every published limit are refused because of each other, or
// because one of them carries less than published. The pattern of the refusals may tell.
func (e *evidence) undisturbed(c reports.Claim) reports.Claim {
	if len(e.conformed()) == 0 {
		return settle(c, reports.ClaimInconclusive, "nothing was asked within the published limit")
	}
	below, carried := e.excluded()
	var all tried
	others := int64(0)
	for _, calm := range e.conformed() {
		all.join(calm.all)
		others += calm.classes[Throttled] + calm.classes[QuotaExceeded]
	}
	c.Text = fmt.Sprintf("no limit below %.0f calls per second is shared by the keys", below)
	c.Bound = fmt.Sprintf("at least %.0f per second if shared: %s; %d of %d refused", below, carried, all.refused, all.n)
	if _, _, yes := e.refused(e.tiny(0)); !yes {
		if bound := e.fullest().bound; bound > provenBelow {
			return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s refused can be shown", percent(bound))
		}
		given := certainIf(fmt.Sprintf("the published %.4g, or a second's worth, is the most that a shared limit keeps in reserve", e.p.Limit.Burst))
		return supposing(c, given, reports.Proven, "the keys do not share a limit below %.0f calls per second: %s; more was not offered", below, carried)
	}
	if others == 0 && e.oneBucket() {
		return supposing(c, e.gentle.ground(), reports.Refuted, "the keys share about %.0f calls per second (%s): calls were refused although each key stayed below every published limit",
			e.gentle.about(), e.gentle)
	}
	return settle(c, reports.ClaimInconclusive, "calls within the published limit were refused: the keys share, or one of them carries less than published")
}

// excluded returns the rate below which no limit can be shared by the keys of the conforming phases,
// unless it kept more in reserve than is published, and says so.
func (e *evidence) excluded() (below float64, text string) {
	for _, r := range e.conforming() {
		a := e.attempts[r]
		t := a.tally()
		if b := sharedBelow(float64(t.accepted), a.Phase.Length.Seconds(), e.p.Limit.Burst); b > below || text == "" {
			below = math.Floor(b)
			text = fmt.Sprintf("%.4g per second were carried for %v, at most %.0f of them out of a reserve",
				float64(t.accepted)/a.Phase.Length.Seconds(), a.Phase.Length, max(e.p.Limit.Burst, below))
		}
	}
	return below, text
}

// sharedBelow returns the rate of the fastest limiter that n accepted calls within some seconds
// exclude. A limiter of rate r accepts at most r for each second and its reserve: the published one,
// or one second's worth where that is more.
func sharedBelow(n, seconds, reserve float64) float64 {
	return max(0, min((n-reserve)/seconds, n/(seconds+1)))
}

// oneBucket reports whether the refusals of the gentle phase fit one bucket for all keys and no
// bucket of their own for each.
func (e *evidence) oneBucket() bool {
	a := e.attempts[Gentle]
	if a == nil {
		return false
	}
	var each []fit
	for i := range a.tracks {
		each = append(each, fitted(a.tracks[i:i+1]))
	}
	return oneLimiter(e.gentle, each)
}
