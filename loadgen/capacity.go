package loadgen

import (
	"fmt"
	"math"
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
)

// A reached is what a step of a climb came to.
type reached struct {
	rate   float64 // calls per second on all keys
	length time.Duration
	lost   float64       // largest share that may not have been served
	p99    time.Duration // upper bound, from due
	end    string        // what was at its end; empty: the step passed
	why    string
}

func (r reached) passed() bool { return r.end == "" }

// stepped decides a step by what is known at its end: enough calls were served, and soon enough. Who is to
// blame is told by what the step shows: refusals by a limit, lateness of the generator's own, or else the
// server.
func stepped(p Profile, a *Played) reached {
	t := a.tally()
	r := reached{rate: a.Phase.rate(), length: a.Phase.Length}
	own := certify(p, a)
	offered := t.sent + t.blocked // what the generator itself missed says nothing of the target
	lost := offered - t.accepted
	r.lost = refusedAtMost(int(lost), int(offered))
	all := a.merged(func(t *track) *histogram { return &t.due[Accepted] })
	r.p99 = all.quantile(above(99, t.accepted))
	switch {
	case len(own) > 0:
		r.end, r.why = endedByGenerator, own[0]
	case r.lost > 1-carriedPart && 2*t.limited > lost:
		r.end, r.why = endedByLimiter, fmt.Sprintf("a limit refused %d of %d calls", t.limited, offered)
	case r.lost > 1-carriedPart:
		r.end, r.why = endedByServer, fmt.Sprintf("%d of %d calls were not served", lost, offered)
	case r.p99 > a.Phase.Within:
		r.end, r.why = endedByServer, fmt.Sprintf("99 %% of the calls took up to %v", r.p99)
	}
	return r
}

// above returns the percentile of n values that is, at the stated certainty, not below the true one at q:
// the number of values below it is binomial.
func above(q float64, n int64) float64 {
	const z = 3.09 // of a normal distribution, at alpha
	p := q / 100
	return min(100, q+100*z*math.Sqrt(p*(1-p)/float64(max(n, 1))))
}

// steps returns the last attempt of each step that was played.
func (e *evidence) steps() (out []*Played) {
	for i, a := range e.r.Played {
		again := i+1 < len(e.r.Played) && e.r.Played[i+1].Attempt > a.Attempt
		if a.Phase.Role == Step && !again {
			out = append(out, a)
		}
	}
	return out
}

// A knee is where a climb ended.
type knee struct {
	passed, failed reached // the largest and the smallest; a rate of zero: none
	confirmed      bool
}

func kneeOf(steps []reached, floor time.Duration) (k knee) {
	for _, s := range steps {
		if !s.passed() && (k.failed.rate == 0 || s.rate <= k.failed.rate) {
			k.failed = s
		}
	}
	for _, s := range steps {
		if s.passed() && s.rate >= k.passed.rate && (k.failed.rate == 0 || s.rate < k.failed.rate) {
			k.confirmed = s.length > floor
			k.passed = s
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
	var steps []reached
	for _, a := range e.steps() {
		steps = append(steps, stepped(e.p, a))
	}
	published := e.p.Limit.Rate
	if e.p.Limit.Scope == PerKey {
		published *= float64(ph.Keys)
	}
	k := kneeOf(steps, ph.Length)
	return []reports.Claim{carries(k, published, ph), capacity(k)}
}

// carries: the published rate is carried. A step that failed at or below it refutes that, unless the
// generator failed it.
func carries(k knee, published float64, ph Phase) reports.Claim {
	c := reports.Claim{Name: claimCarries, Gates: true, Bound: k.String(),
		Text: fmt.Sprintf("the published %.4g calls per second are carried: %.4g %% are served, 99 %% of them within %v", published, 100*carriedPart, ph.Within)}
	switch {
	case k.passed.rate >= published:
		return certain(c, reports.Proven, "%.0f calls per second were carried, %.4g are published", k.passed.rate, published)
	case k.failed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "more than %.0f per second were not tried, %.4g are published", k.passed.rate, published)
	case k.failed.end == endedByGenerator:
		return settle(c, reports.ClaimInvalid, "the generator fell short: %s", k.failed.why)
	case k.failed.rate <= published:
		return settle(c, reports.Refuted, "at %.0f calls per second, within the published %.4g, %s", k.failed.rate, published, k.failed.why)
	}
	return settle(c, reports.ClaimInconclusive, "%.0f calls per second were carried and %.0f not; %.4g are published", k.passed.rate, k.failed.rate, published)
}

// capacity says how much is carried. It is a measurement and decides nothing.
func capacity(k knee) reports.Claim {
	c := reports.Claim{Name: claimCapacity, Text: "the largest load that the target carries is found", Bound: k.String()}
	switch {
	case k.passed.rate == 0 && k.failed.end != endedByServer:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: nothing passed, and %s ended the climb", k.failed.end)
	case k.passed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "the capacity is below %.0f calls per second, the first that was tried", k.failed.rate)
	case k.failed.rate == 0:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: everything up to %.0f calls per second passed", k.passed.rate)
	case k.failed.end != endedByServer:
		return settle(c, reports.ClaimInconclusive, "the capacity was not reached: %s ended the climb between %.0f and %.0f calls per second", k.failed.end, k.passed.rate, k.failed.rate)
	case !k.confirmed:
		return settle(c, reports.ClaimInconclusive, "the capacity is about %.0f calls per second, and no longer step confirmed it", k.passed.rate)
	}
	return settle(c, reports.Proven, "the capacity is [%.0f, %.0f] calls per second: the largest that passed, for %v, and the smallest that failed", k.passed.rate, k.failed.rate, k.passed.length)
}
