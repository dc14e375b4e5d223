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
		c, ok := e.unless(c, Alone, Together)
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

// comparedWithAlone compares what the keys get at once with what one gets by itself from the same
// stream. Only the number of keys differs, so that neither the kind of the limiter nor the pattern
// of the sends can look like sharing.
func (e *evidence) comparedWithAlone(c reports.Claim) reports.Claim {
	keys := float64(len(e.each))
	one, all := e.alone.got(), e.total.got()
	ratio := interval{all.low / (keys * one.high), all.high / (keys * one.low)}
	c.Bound = fmt.Sprintf("all %d keys get %s of what they get alone", len(e.each), ratio)
	switch {
	case ratio.high < capRatio || (e.total.kind == unknown && e.total.gross(keys*one.low)):
		return settle(c, reports.Refuted, "%s: one key alone gets %s, all %d together get %s", e.sharing(), e.alone, len(e.each), e.total)
	case ratio.low >= capRatio:
		c.Bound += fmt.Sprintf("; no common limit below %.0f per second", all.low)
		return settle(c, reports.Proven, "a key gets the same whatever the others do: one alone gets %s, all %d together get %s", e.alone, len(e.each), e.total)
	}
	return settle(c, reports.ClaimInconclusive, "one key alone gets %s, all %d together get %s: that does not settle it", e.alone, len(e.each), e.total)
}

// got returns what a stream got, for comparing it with another of the same rate: what it was
// offered where nothing was refused, and where a bucket's rate has no upper bound what was counted.
func (f fit) got() interval {
	i := f.sustained()
	switch {
	case f.kind == noLimit:
		i.high = f.offered
	case f.kind == bucket && math.IsInf(i.high, 1) && f.whole >= 0:
		i.high = max(i.low, f.whole+1)
	}
	return i
}

// String shows a range of shares.
func (i interval) String() string {
	if math.IsInf(i.high, 1) || math.IsNaN(i.high) {
		return "an unknown share"
	}
	return fmt.Sprintf("%.3f to %.3f", i.low, i.high)
}

// sharing names what the keys share: one key's rate, or a common cap above it.
func (e *evidence) sharing() string {
	if e.alone.kind != noLimit && e.total.about() > 1.05*e.alone.about() {
		return fmt.Sprintf("the %d keys have a common cap of about %.0f calls per second", len(e.each), e.total.about())
	}
	return fmt.Sprintf("the %d keys share about %.0f calls per second", len(e.each), e.total.about())
}

// undisturbed judges by the streams within the published limit alone: two keys that are refused
// together although each stays below every published limit are refused because of each other, or
// because one of them carries less than published. The pattern of the refusals may tell.
func (e *evidence) undisturbed(c reports.Claim) reports.Claim {
	var s served
	most := 0.0
	for _, r := range e.conforming() {
		s = s.plus(serve(e.attempts[r], e.p.Limit))
		most = max(most, e.offered(r))
	}
	bound := refusedAtMost(s.refused, s.n)
	c.Bound = fmt.Sprintf("%d of %d refused with %.4g per second on all keys together", s.refused, s.n, most)
	if !refusesMore(s.tested(e.tiny(0)), rarely) {
		if bound > provenBelow {
			return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %.2g %% refused can be shown", 100*bound)
		}
		return settle(c, reports.Proven, "the keys do not share a limit below %.4g calls per second; more was not offered", most)
	}
	if e.oneBucket() {
		return settle(c, reports.Refuted, "the keys share about %.0f calls per second (%s): calls were refused although each key stayed below every published limit",
			e.gentle.about(), e.gentle)
	}
	return settle(c, reports.ClaimInconclusive, "calls within the published limit were refused: the keys share, or one of them carries less than published")
}

// oneBucket reports whether the refusals of the gentle phase fit one bucket for all keys and no
// bucket of their own for each.
func (e *evidence) oneBucket() bool {
	a := e.attempts[Gentle]
	if a == nil || (e.gentle.kind != bucket && e.gentle.kind != bySecond) {
		return false
	}
	for i := range a.tracks {
		if own := fitted(a.tracks[i : i+1]); own.kind != bucket && own.kind != bySecond {
			return true
		}
	}
	return false
}
