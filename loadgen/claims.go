package loadgen

import (
	"fmt"
	"math"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// Names of the claims.
const (
	claimGuarantee    = "guarantee"
	claimIndependence = "independence"
	claimRate         = "rate"
	claimLimit        = "limit"
	claimShared       = "shared"
	claimAnswers      = "answers"
)

const (
	tolerance    = 0.005 // a rate within half a per cent of the published one is the published one
	capRatio     = 0.97  // keys that carry less than this share together of what they carry alone are not independent
	rarely       = 0.001 // a conforming stream may be refused this often
	provenBelow  = 0.01  // the bound that a guarantee must reach to be called proven; it is printed with it
	grossRatio   = 0.9   // below this share of the rate no kind of limiter explains the rest away
	percentLevel = 100 * (1 - alpha)
)

// claims returns the claims that the played phases can decide, in the order of a report.
func (e *evidence) claims() []reports.Claim {
	var out []reports.Claim
	if len(e.conforming()) > 0 {
		out = append(out, e.guarantee())
	}
	if e.p.Limit.Scope == PerKey && len(e.p.Phases) > 0 {
		out = append(out, e.independence())
	}
	if e.has(Together) {
		if e.p.Limit.Scope == PerKey {
			out = append(out, e.rate())
		} else {
			out = append(out, e.shared())
		}
		out = append(out, e.limit())
	}
	if e.r.Checked.Answers > 0 {
		out = append(out, e.answers())
	}
	return out
}

// conforming returns the roles of the played phases that keep within the published limit.
func (e *evidence) conforming() (roles []Role) {
	for _, ph := range e.p.Phases {
		if !e.p.Overloads(ph) {
			roles = append(roles, ph.Role)
		}
	}
	return roles
}

// settle fills in the verdict. A bound on the error belongs to proven and refuted alone.
func settle(c reports.Claim, v reports.ClaimVerdict, why string, args ...any) reports.Claim {
	c.Verdict, c.Why = v, fmt.Sprintf(why, args...)
	if v == reports.Proven || v == reports.Refuted {
		c.PError = alpha
	}
	return c
}

// unless returns the claim as invalid when the generator fell short in one of its phases.
func (e *evidence) unless(c reports.Claim, roles ...Role) (reports.Claim, bool) {
	problems := e.invalid(roles...)
	if len(problems) == 0 {
		return c, true
	}
	return settle(c, reports.ClaimInvalid, "the generator fell short: %s", strings.Join(problems, "; ")), false
}

// guarantee: a stream within the published limit is not refused.
func (e *evidence) guarantee() reports.Claim {
	roles := e.conforming()
	var top string
	for _, r := range roles {
		ph, _ := e.p.phase(r)
		top = fmt.Sprintf("%.4g calls per second on each of %d keys at once", ph.Rate, ph.Keys)
	}
	c := reports.Claim{Name: claimGuarantee, Gates: true, Text: "up to " + top + " are carried without refusal"}
	c, ok := e.unless(c, roles...)
	if !ok {
		return c
	}
	var s served
	asked := 0.0
	for _, r := range roles {
		s = s.plus(serve(e.attempts[r], e.p.Limit))
		asked = max(asked, need(e.attempts[r], e.p.Limit))
	}
	bound := refusedAtMost(s.refused, s.n)
	share := percent(float64(s.refused) / float64(max(s.n, 1)))
	c.Bound = fmt.Sprintf("at most %s refused at %.1f %% certainty: %d of %d, worst key %d of %d; the sends asked for a bucket of %.1f",
		percent(bound), percentLevel, s.refused, s.n, s.worstRefused, s.worstN, asked)
	switch {
	case refusesMore(s.tested(e.tiny(asked)), rarely):
		return settle(c, reports.Refuted, "%s of the calls within the published limit were not accepted (%s)", share, s.reasons())
	case bound > provenBelow && s.refused > 0:
		return settle(c, reports.ClaimInconclusive, "%s were not accepted (%s), but so soon after others that a very small bucket and the sender's own unevenness explain it", share, s.reasons())
	case bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s refused can be shown, %s is needed", percent(bound), percent(provenBelow))
	}
	return settle(c, reports.Proven, "%s were carried; %d of %d calls were not accepted", top, s.refused, s.n)
}

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

// rate: every key sustains the published rate, alone and with all others.
func (e *evidence) rate() reports.Claim {
	want := e.p.Limit.Rate
	c := reports.Claim{Name: claimRate, Gates: true, Text: fmt.Sprintf("every key sustains %.4g calls per second", want)}
	c, ok := e.unless(c, Alone, Together)
	if !ok {
		return c
	}
	worst, at := e.worst(func(f fit) float64 { return f.sustained().low })
	refuted := worst.gross(want) && !e.tiny(need(e.attempts[Alone], e.p.Limit))
	if f, where := e.worst(func(f fit) float64 { return f.sustained().high }); f.sustained().high < (1-tolerance)*want {
		worst, at, refuted = f, where, true
	}
	if refuted {
		c.Bound = fmt.Sprintf("worst key (%s): %s", at, worst)
		return settle(c, reports.Refuted, "a key sustains about %.0f calls per second, not %.4g (%s: %s)", worst.about(), want, at, worst)
	}
	c.Bound = fmt.Sprintf("worst key (%s): %s", at, worst)
	if worst.sustained().low >= (1-tolerance)*want {
		return settle(c, reports.Proven, "every key carries %.4g calls per second by itself: the worst key (%s) sustains %s", want, at, worst)
	}
	return settle(c, reports.ClaimInconclusive, "the worst key (%s) sustains %s: that allows %.4g and less", at, worst, want)
}

// gross reports whether a stream that no known limiter explains stays so far below the rate that
// none has to: it is counted over whole seconds, so that a window's phase is no excuse.
func (f fit) gross(want float64) bool {
	return f.kind == unknown && f.whole >= 0 && f.whole < grossRatio*want
}

// excess is the same the other way.
func (f fit) excess(want float64) bool { return f.kind == unknown && f.whole > want/grossRatio }

// worst returns the stream of a key, alone or beside the others, with the least of something, and
// where it was.
func (e *evidence) worst(of func(fit) float64) (fit, string) {
	worst, at := e.alone, "alone"
	for i, f := range e.each {
		if of(f) < of(worst) {
			worst, at = f, fmt.Sprintf("key %d of %d at once", i+1, len(e.each))
		}
	}
	return worst, at
}

// limit: nobody sustains more than the published rate.
func (e *evidence) limit() reports.Claim {
	want := e.p.Limit.Rate
	who, streams := "no key sustains", append([]fit{e.alone}, e.each...)
	if e.p.Limit.Scope == System {
		who, streams = "all keys together do not sustain", []fit{e.alone, e.total}
	}
	c := reports.Claim{Name: claimLimit, Gates: e.r.Reference, Text: fmt.Sprintf("%s more than %.4g calls per second", who, want)}
	c, ok := e.unless(c, Alone, Together)
	if !ok {
		return c
	}
	top := streams[0]
	for _, f := range streams[1:] {
		if f.atMost() > top.atMost() {
			top = f
		}
	}
	c.Bound = "the most: " + top.String()
	switch {
	case top.kind == noLimit:
		return settle(c, reports.Refuted, "no limit was seen up to %.0f calls per second", top.offered)
	case top.sustained().low > (1+tolerance)*want || top.excess(want):
		return settle(c, reports.Refuted, "%s: more than %.4g", top, want)
	case top.atMost() <= (1+tolerance)*want:
		return settle(c, reports.Proven, "the most that was sustained: %s", top)
	}
	return settle(c, reports.ClaimInconclusive, "%s: that allows %.4g and more", top, want)
}

// atMost returns what a stream sustained at most: by its fit, else as counted.
func (f fit) atMost() float64 {
	switch high := f.sustained().high; {
	case f.kind == noLimit || !math.IsInf(high, 1):
		return high
	case f.whole >= 0:
		return f.whole
	default:
		return math.Inf(1)
	}
}

// shared: all keys together get what is published, and no more than one key gets by itself.
func (e *evidence) shared() reports.Claim {
	want := e.p.Limit.Rate
	keys := len(e.each)
	c := reports.Claim{Name: claimShared, Gates: e.r.Reference,
		Text: fmt.Sprintf("all keys share %.4g calls per second: together they get what one gets alone", want)}
	c, ok := e.unless(c, Alone, Together)
	if !ok {
		return c
	}
	one, all := e.alone.sustained(), e.total.sustained()
	c.Bound = fmt.Sprintf("one key alone %s, all %d together %s", e.alone, keys, e.total)
	within := func(i interval) bool { return i.low >= (1-tolerance)*want && i.high <= (1+tolerance)*want }
	switch {
	case e.total.kind == noLimit || all.low > one.high/capRatio:
		return settle(c, reports.Refuted, "the keys do not share: one key alone gets %s, all %d together get %s", e.alone, keys, e.total)
	case all.low > (1+tolerance)*want || e.total.excess(want):
		return settle(c, reports.Refuted, "all %d keys together get about %.0f calls per second, more than %.4g (one alone: %s)", keys, e.total.about(), want, e.alone)
	case all.high < (1-tolerance)*want || e.total.gross(want):
		c.Gates = true // less than published is a fault of any target
		return settle(c, reports.Refuted, "all %d keys together get about %.0f calls per second, less than %.4g", keys, e.total.about(), want)
	case within(one) && within(all):
		return settle(c, reports.Proven, "all keys share %.4g calls per second: one alone gets %s, all %d together get %s", want, e.alone, keys, e.total)
	}
	return settle(c, reports.ClaimInconclusive, "one key alone gets %s, all %d together get %s: that does not settle it", e.alone, keys, e.total)
}

// answers: what was encrypted under load decrypts again.
func (e *evidence) answers() reports.Claim {
	n := e.r.Checked.Answers
	c := reports.Claim{Name: claimAnswers, Gates: true, Text: "what was encrypted under load decrypts to what was sent",
		Bound: fmt.Sprintf("%d of %d sampled answers", n-len(e.r.Checked.Wrong), n)}
	if len(e.r.Checked.Wrong) > 0 {
		c.Verdict, c.Why = reports.Refuted, strings.Join(e.r.Checked.Wrong, "; ")
		return c
	}
	c.Verdict, c.Why = reports.Proven, fmt.Sprintf("all %d sampled answers decrypted", n)
	return c
}
