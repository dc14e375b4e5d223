package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/kmsproof/kmsproof/reports"
)

// A saturating stream is one that drove a limiter over its rate, and where it was.
type saturating struct {
	fit
	at string
}

// streams returns what each key got, alone and beside the others.
func (e *evidence) streams() []saturating {
	out := []saturating{{e.alone, "alone"}}
	for i, f := range e.each {
		out = append(out, saturating{f, fmt.Sprintf("key %d of %d at once", i+1, len(e.each))})
	}
	return out
}

// rate: every key sustains the published rate, alone and with all others.
func (e *evidence) rate() reports.Claim {
	want := e.p.Limit.Rate
	c := reports.Claim{Name: claimRate, Gates: true, Text: fmt.Sprintf("every key sustains the %.4g calls per second that are published", want)}
	c, ok := e.legible(c, Alone, Together)
	if !ok {
		return c
	}
	streams := e.streams()
	tiny := e.tiny(e.uneven)
	short := slices.DeleteFunc(slices.Clone(streams), func(s saturating) bool { return !s.short(e.p.Limit, tiny) })
	if len(short) > 0 {
		worst := slices.MinFunc(short, func(a, b saturating) int { return cmp.Compare(a.about(), b.about()) })
		c.Bound = fmt.Sprintf("worst key (%s): %s%s", worst.at, worst, worst.proviso())
		return supposing(c, worst.shortGround(want), reports.Refuted, "a key sustains about %.0f calls per second, not %.4g (%s: %s)", worst.about(), want, worst.at, worst)
	}
	worst := slices.MinFunc(streams, func(a, b saturating) int { return cmp.Compare(a.sustained().low, b.sustained().low) })
	c.Bound = fmt.Sprintf("worst key (%s): %s%s", worst.at, worst, worst.proviso())
	least := (1 - worst.inexact()) * want
	c.Text = fmt.Sprintf("every key sustains at least %.4g calls per second (%.4g are published)", least, want)
	if low := worst.sustained().low; low >= least {
		return supposing(c, worst.ground(), reports.Proven, "every key carries at least %.1f calls per second by itself (%.4g are published): the worst key (%s) sustains %s",
			floor(min(low, want)), want, worst.at, worst)
	}
	return settle(c, reports.ClaimInconclusive, "the worst key (%s) sustains %s: that allows %.4g and less", worst.at, worst, least)
}

// short reports whether a stream that was offered more sustains less than the limit. A tiny bucket
// loses what flows in between two calls, so it shows only less than it has.
func (f fit) short(l Limit, tiny bool) bool {
	least := (1 - tolerance) * l.Rate
	switch {
	case f.kind == delays, f.known() && f.sharp(l.Rate):
		return f.rate.high < least
	case tiny:
		return false
	}
	return f.gross(l.Rate) || float64(f.took+f.maybe)+l.Burst < least*f.lasted
}

// shortGround says what short rests on.
func (f fit) shortGround(rate float64) ground {
	if f.known() && f.sharp(rate) {
		return f.ground()
	}
	return countedOnly
}

// over reports whether more calls were accepted than the published reserve and the limit allow.
func (f fit) over(l Limit) bool {
	return float64(f.took) > l.Burst+2+(1+tolerance)*l.Rate*(f.lasted+f.travel)
}

// gross reports whether a stream that no known limiter explains stays so far below the rate that
// none has to: it is counted over whole seconds, so that a window's phase is no excuse.
func (f fit) gross(want float64) bool {
	return f.kind == unknown && f.saturated && f.whole >= 0 && f.whole < grossRatio*want
}

// limit: nobody sustains more than the published rate.
func (e *evidence) limit() reports.Claim {
	want := e.p.Limit.Rate
	who := "no key sustains"
	if e.p.Limit.Scope == System {
		who = "all keys together do not sustain"
	}
	c := reports.Claim{Name: claimLimit, Gates: e.r.Reference, Text: fmt.Sprintf("%s more than the %.4g calls per second that are published", who, want)}
	c, ok := e.legible(c, Alone, Together)
	if !ok {
		return c
	}
	streams := e.limited()
	top := slices.MaxFunc(streams, func(a, b fit) int { return cmp.Compare(a.atMost(), b.atMost()) })
	c.Bound = "the most: " + top.String() + top.proviso()
	most, sure := (1+top.inexact())*want, (1+tolerance)*want
	text := func(rate float64) string {
		return fmt.Sprintf("%s more than %.4g calls per second (%.4g are published)", who, rate, want)
	}
	c.Text = text(sure)
	for _, f := range streams {
		switch {
		case f.known() && f.sharp(want) && f.rate.low > sure:
			return supposing(c, f.ground(), reports.Refuted, "%s: more than %.4g", f, want)
		case !f.known() && f.over(e.p.Limit):
			return supposing(c, f.ground(), reports.Refuted, "%s", f.reserve(e.p.Limit))
		}
	}
	c.Text = text(most)
	if i := slices.IndexFunc(streams, func(f fit) bool { return f.over(e.p.Limit) }); i >= 0 && top.atMost() <= most {
		return settle(c, reports.ClaimInconclusive, "%s; a rate that rises at times looks the same", streams[i].reserve(e.p.Limit))
	}
	if top.atMost() <= most {
		return supposing(c, top.ground(), reports.Proven, "the most that was sustained: %s", top)
	}
	return settle(c, reports.ClaimInconclusive, "%s: that allows %.4g and more", top, most)
}

// limited returns the streams that show how much the limiter lets through. What the first key got
// alone is left out where it shows nothing and the same limiter was read beside the others: its
// reserve may not have been used up.
func (e *evidence) limited() []fit {
	others, same := e.each, e.each[0]
	if e.p.Limit.Scope == System {
		others, same = []fit{e.total}, e.total
		if !same.known() && e.has(Gentle) && e.gentle.over(e.p.Limit) {
			others = append(others, e.gentle)
		}
	}
	if !e.alone.known() && same.known() {
		return others
	}
	return append([]fit{e.alone}, others...)
}

// reserve says what bucket the accepted calls ask for.
func (f fit) reserve(l Limit) string {
	bucket := float64(f.took) - l.Rate*(f.lasted+f.travel)
	return fmt.Sprintf("%d calls were accepted in %.1f s: at %.4g per second that needs a bucket of %.0f or more, one of %.4g is published",
		f.took, f.lasted, l.Rate, math.Floor(bucket), l.Burst)
}

// atMost returns what a stream sustained at most: by its fit, else in its best second; infinite
// where neither is known.
func (f fit) atMost() float64 {
	switch {
	case f.known():
		return f.rate.high
	case f.kind == unknown && f.saturated && f.most > 0 && f.maybe == 0:
		return float64(f.most)
	}
	return math.Inf(1)
}

// shared: all keys together get what is published, and no more than one key gets by itself.
func (e *evidence) shared() reports.Claim {
	want := e.p.Limit.Rate
	keys := len(e.each)
	c := reports.Claim{Name: claimShared, Gates: e.r.Reference,
		Text: fmt.Sprintf("all keys share %.4g calls per second (within %.1g): together they get what one gets alone", want, tolerance*want)}
	c, ok := e.legible(c, Alone, Together)
	if !ok {
		return c
	}
	all := e.total.sustained()
	c.Bound = fmt.Sprintf("one key alone %s, all %d together %s%s", e.alone, keys, e.total, e.total.proviso())
	within := func(f fit) bool {
		return f.known() && f.rate.low >= (1-tolerance)*want && f.rate.high <= (1+tolerance)*want
	}
	less := e.total.short(e.p.Limit, e.tiny(e.uneven))
	switch {
	case e.apart(), e.total.kind == noLimit && e.total.over(e.p.Limit):
		return supposing(c, allGrounds(e.alone, e.total), reports.Refuted, "the keys do not share: one key alone gets %s, all %d together get %s", e.alone, keys, e.total)
	case all.low > (1+tolerance)*want, !e.total.known() && e.total.over(e.p.Limit):
		return supposing(c, e.total.ground(), reports.Refuted, "all %d keys together get about %.0f calls per second, more than %.4g (one alone: %s)", keys, e.total.about(), want, e.alone)
	case less:
		c.Gates = true // less than published is a fault of any target
		return supposing(c, e.total.shortGround(want), reports.Refuted, "all %d keys together get about %.0f calls per second, less than %.4g", keys, e.total.about(), want)
	case within(e.alone) && within(e.total):
		return supposing(c, allGrounds(e.alone, e.total), reports.Proven, "all keys share %.4g calls per second: one alone gets %s, all %d together get %s", want, e.alone, keys, e.total)
	}
	return settle(c, reports.ClaimInconclusive, "one key alone gets %s, all %d together get %s: that does not settle it", e.alone, keys, e.total)
}

// apart reports whether all keys together get more than one gets by itself.
func (e *evidence) apart() bool { return e.total.sustained().low > e.alone.sustained().high/capRatio }

// floor rounds down to a tenth, so that what is printed is not more than what was shown.
func floor(x float64) float64 { return math.Floor(10*x+1e-9) / 10 }
