package loadgen

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// Names of the claims of the role Climb.
const (
	claimCarries  = "carries"
	claimCapacity = "capacity"
)

// What ends a climb.
const (
	endedByLimiter   = "the limiter"
	endedByServer    = "the server"
	endedByGenerator = "the generator"
	endedByDoubt     = "too few calls to tell"
)

// The objective of a step: the share of the calls that may be lost, and the share of those served that
// may be late.
const (
	lostPart = 0.001
	latePart = 0.01
)

// A reached is what a rate of a climb came to, over all the times that it was played.
type reached struct {
	rate     float64       // calls per second on all keys
	length   time.Duration // altogether
	attempts []*Played
	p99      time.Duration // upper bound, from due
	end      string        // what was at its end; empty: the rate passed
	why      string
}

func (r reached) passed() bool { return r.end == "" }

// open reports whether the calls so far tell neither that the rate passes nor that it does not.
func (r reached) open() bool { return r.end == endedByDoubt }

// failed reports whether the target does not carry the rate.
func (r reached) failed() bool { return r.end == endedByServer || r.end == endedByLimiter }

// stepped decides a rate by all that was played of it. Two shares are tested, each both ways: of the calls
// that were not served, and of those served that took longer than the objective. The wealth of an e-test may
// be looked at after every piece, so what does not tell yet is played on. Who is to blame is told by what the
// step shows: refusals by a limit, lateness of the generator's own, or else the server; that is no test. level bounds
// the probability that a share is decided wrongly either way.
func stepped(p Profile, pieces []*Played, level float64) reached {
	last := pieces[len(pieces)-1]
	r := reached{rate: last.Phase.rate(), attempts: pieces}
	var offered, accepted, limited int64
	due := &histogram{}
	for _, a := range pieces {
		t := a.tally()
		offered += t.sent + t.blocked // what the generator itself missed says nothing of the target
		accepted += t.accepted
		limited += t.limited
		r.length += a.Phase.Length
		due.merge(a.merged(func(t *track) *histogram { return &t.due[Accepted] }))
	}
	lost, late := int(offered-accepted), due.above(last.Phase.Within)
	r.p99 = atMost(due, int(accepted), latePart, level)
	own := certify(p, last)
	switch {
	case len(own) > 0:
		r.end, r.why = endedByGenerator, own[0]
	case exceeds(lost, int(offered), lostPart, level/2) && 2*limited > offered-accepted:
		r.end, r.why = endedByLimiter, fmt.Sprintf("a limit refused %d of %d calls", limited, offered)
	case exceeds(lost, int(offered), lostPart, level/2):
		r.end, r.why = endedByServer, fmt.Sprintf("%d of %d calls were not served", lost, offered)
	case exceeds(late, int(accepted), latePart, level/2):
		r.end, r.why = endedByServer, fmt.Sprintf("%d of %d calls took longer than %v", late, accepted, last.Phase.Within)
	case boundAt(lost, int(offered), level) > lostPart || r.p99 > last.Phase.Within:
		r.end, r.why = endedByDoubt, fmt.Sprintf("%d of %d calls were not served, and %d took longer than %v", lost, offered, late, last.Phase.Within)
	}
	return r
}

// exceeds reports whether k of n outcomes refute "the chance of one is at most p", with an error of at most
// level. Unlike pValue it looks once for each piece of a step, and bets on shares near p too.
func exceeds(k, n int, p, level float64) bool {
	return worth(k, n, p, 1.25*p, 1.5*p, 2*p, 4*p, 0.1, 0.5) >= math.Log(1/level)
}

// atMost returns a bound from above on the duration that all but a share of n values keep to: that of the
// most values which, if they were the longer ones, would still show that at most the share is.
func atMost(h *histogram, n int, share, level float64) time.Duration {
	if boundAt(0, n, level) > share {
		return histogramTop
	}
	few, many := 0, n+1
	for many-few > 1 {
		if mid := (few + many) / 2; boundAt(mid, n, level) <= share {
			few = mid
		} else {
			many = mid
		}
	}
	return h.quantile(100 * (1 - float64(few)/float64(n)))
}

// levelOf divides the error of the whole climb among the rates that it may try.
func levelOf(ph Phase) float64 { return alpha / float64(worst(ph).steps) }

// steps returns what was played of each rate, in order: of a piece that was repeated the last attempt.
func (r *Recording) steps() (rates [][]*Played) {
	for i, a := range r.Played {
		again := i+1 < len(r.Played) && r.Played[i+1].Attempt > a.Attempt
		if a.Phase.Role != Step || again {
			continue
		}
		n := len(rates) - 1
		if n >= 0 && rates[n][0].Phase.Rate == a.Phase.Rate && rates[n][0].Phase.Length == a.Phase.Length {
			rates[n] = append(rates[n], a)
		} else {
			rates = append(rates, []*Played{a})
		}
	}
	return rates
}

// A knee is where a climb ended.
type knee struct {
	passed, failed reached   // the largest and the smallest; a rate of zero: none
	open           []reached // between them: nothing is known
	confirmed      bool
}

func kneeOf(steps []reached, floor time.Duration) (k knee) {
	for _, s := range steps {
		if (s.failed() || s.end == endedByGenerator) && (k.failed.rate == 0 || s.rate <= k.failed.rate) {
			k.failed = s
		}
	}
	below := func(s reached) bool { return k.failed.rate == 0 || s.rate < k.failed.rate }
	for _, s := range steps {
		if s.passed() && s.rate >= k.passed.rate && below(s) {
			k.confirmed = s.rate == k.passed.rate && s.attempts[0].Phase.Length > floor
			k.passed = s
		}
	}
	for _, s := range steps {
		if s.open() && s.rate > k.passed.rate && below(s) {
			k.open = append(k.open, s)
		}
	}
	return k
}

func (k knee) String() string {
	high := "nothing failed"
	if k.failed.rate > 0 {
		high = fmt.Sprintf("%.0f failed, by %s: %s", k.failed.rate, k.failed.end, k.failed.why)
	}
	low := "nothing passed"
	if k.passed.rate > 0 {
		low = fmt.Sprintf("%.0f per second passed for %v, 99 %% within %v", k.passed.rate, k.passed.length, k.passed.p99.Round(10*time.Microsecond))
	}
	return low + "; " + high
}

// climbed: what is published for the keys is carried, and where the climb ended.
func (e *evidence) climbed() []reports.Claim {
	ph, _ := e.p.phase(Climb)
	published := e.p.Limit.Rate
	if e.p.Limit.Scope == PerKey {
		published *= float64(ph.Keys)
	}
	k := kneeOf(e.reached(ph), ph.Length)
	return []reports.Claim{carries(k, published, ph), capacity(k)}
}

// reached decides every rate of a climb.
func (e *evidence) reached(ph Phase) (all []reached) {
	for _, pieces := range e.r.steps() {
		all = append(all, stepped(e.p, pieces, levelOf(ph)))
	}
	return all
}

// carries: the published rate is carried. A rate at or below it that is shown to fail refutes that; one that
// the generator could not deliver, or that told nothing, does not.
func carries(k knee, published float64, ph Phase) reports.Claim {
	c := reports.Claim{Name: claimCarries, Gates: true, Bound: k.String(),
		Text: fmt.Sprintf("the published %.4g calls per second are carried: %.4g %% are served, %.4g %% of them within %v", published, 100*(1-lostPart), 100*(1-latePart), ph.Within)}
	switch {
	case k.passed.rate >= published:
		return certain(c, reports.Proven, "%.0f calls per second were carried, %.4g are published", k.passed.rate, published)
	case k.failed.rate == 0 && len(k.open) > 0:
		return settle(c, reports.ClaimInconclusive, "at %.0f calls per second %s: %s", k.open[0].rate, k.open[0].end, k.open[0].why)
	case k.failed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "more than %.0f per second were not tried, %.4g are published", k.passed.rate, published)
	case k.failed.end == endedByGenerator:
		return settle(c, reports.ClaimInvalid, "the generator fell short: %s", k.failed.why)
	case k.failed.rate <= published:
		return certain(c, reports.Refuted, "at %.0f calls per second, within the published %.4g, %s", k.failed.rate, published, k.failed.why)
	}
	return settle(c, reports.ClaimInconclusive, "%.0f calls per second were carried and %.0f not; %.4g are published", k.passed.rate, k.failed.rate, published)
}

// capacity says how much is carried. It is a measurement and decides nothing.
func capacity(k knee) reports.Claim {
	c := reports.Claim{Name: claimCapacity, Text: "the largest load that the target carries is found", Bound: k.String()}
	switch {
	case k.passed.rate == 0 && k.failed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: no rate that was tried told anything")
	case k.passed.rate == 0 && k.failed.end != endedByServer:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: nothing passed, and %s ended the climb", k.failed.end)
	case k.passed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "the capacity is below %.0f calls per second, the smallest that failed", k.failed.rate)
	case k.failed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: everything up to %.0f calls per second passed%s", k.passed.rate, k.undecided())
	case k.failed.end != endedByServer:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: %s ended the climb between %.0f and %.0f calls per second", k.failed.end, k.passed.rate, k.failed.rate)
	case !k.confirmed:
		return settle(c, reports.ClaimInconclusive, "the capacity is about %.0f calls per second, and no longer step confirmed it", k.passed.rate)
	}
	return certain(c, reports.Proven, "the capacity is [%.0f, %.0f] calls per second: the largest that passed, for %v, and the smallest that failed%s", k.passed.rate, k.failed.rate, k.passed.length, k.undecided())
}

// undecided names the rates between those that tell nothing.
func (k knee) undecided() string {
	var text strings.Builder
	for _, s := range k.open {
		fmt.Fprintf(&text, "; at %.0f %s", s.rate, s.why)
	}
	return text.String()
}
