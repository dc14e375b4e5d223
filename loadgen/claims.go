package loadgen

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
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
	claimIsolation    = "isolation"
	claimAnswers      = "answers"
)

const (
	tolerance    = 0.005 // a rate within half a per cent of the published one is the published one
	capRatio     = 0.97  // a key that gets less than this share beside the others of what it gets alone is disturbed
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
	if e.p.Limit.Scope == PerKey && slices.ContainsFunc(e.p.Phases, Phase.steady) {
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
	if e.has(On) {
		out = append(out, e.isolation(), e.latency())
	}
	for i := range out {
		out[i] = e.byWays(e.unlessBlocked(out[i]))
	}
	for _, x := range experiments {
		if e.has(x.role) || x.role == Scoping && len(e.r.Lacks) > 0 {
			out = append(out, x.claims(e)...)
		}
	}
	if e.r.Checked.Kept > 0 {
		out = append(out, e.answers())
	}
	return out
}

// conforming returns the roles of the played phases that keep within the published limit.
func (e *evidence) conforming() (roles []Role) {
	for _, ph := range e.p.Phases {
		if !e.p.Overloads(ph) && ph.steady() {
			roles = append(roles, ph.Role)
		}
	}
	return roles
}

// settle fills in the verdict.
func settle(c reports.Claim, v reports.ClaimVerdict, why string, args ...any) reports.Claim {
	c.Verdict, c.Why = v, fmt.Sprintf(why, args...)
	return c
}

// certain is settle for what an e-test or an exact bound shows: these bound the probability of an error outright,
// and what supposing settles only under its premise. What a fit shows holds if the limiter is of the kind that is named
// with it.
func certain(c reports.Claim, v reports.ClaimVerdict, why string, args ...any) reports.Claim {
	c = settle(c, v, why, args...)
	c.PError = alpha
	return c
}

// some joins the first few problems, and says how many more there are.
func some(problems []string) string {
	const shown = 3
	if len(problems) <= shown {
		return strings.Join(problems, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(problems[:shown], "; "), len(problems)-shown)
}

// unless returns the claim as invalid when the generator fell short in one of its phases.
func (e *evidence) unless(c reports.Claim, roles ...Role) (reports.Claim, bool) {
	problems := e.invalid(roles...)
	if len(problems) == 0 {
		return c, true
	}
	return settle(c, reports.ClaimInvalid, "the generator fell short: %s", some(problems)), false
}

// legible is unless for the saturated phases. Another limit than the rate limit in there hides it.
func (e *evidence) legible(c reports.Claim, roles ...Role) (reports.Claim, bool) {
	c, ok := e.unless(c, roles...)
	if !ok {
		return c, false
	}
	for _, r := range roles {
		for _, class := range []Class{Throttled, QuotaExceeded} {
			if n := e.attempts[r].of(class); n > 0 {
				c.Bound = fmt.Sprintf("%d %s in %s", n, class, e.attempts[r].Phase.Name)
				return settle(c, reports.ClaimInconclusive, "another limit was met: %s", c.Bound), false
			}
		}
	}
	return c, true
}

// unlessBlocked takes back what was proven where calls could not be sent because the target owed
// answers to all that may be in flight: less was asked of it than planned, and that by its own doing.
func (e *evidence) unlessBlocked(c reports.Claim) reports.Claim {
	var blocked, planned int64
	for _, ph := range e.p.Phases {
		a := e.latest(ph.Name)
		if a == nil || ph.Abreast > 0 {
			continue // it was not played, or few are in flight because we wanted it so
		}
		t := a.tally()
		blocked, planned = blocked+t.blocked, planned+t.planned
	}
	if c.Verdict != reports.Proven || float64(blocked) <= rarely*float64(planned) {
		return c
	}
	return settle(c, reports.ClaimInconclusive, "%d calls could not be sent, because the target still owed answers to %d others", blocked, e.r.Workers)
}

// answers: what was encrypted under load decrypts again. The bound is of the mean share over keys and phases, from each
// of which as many are drawn at random: none is wrong most often where the shares are equal. It decides where enough
// were drawn, also if the target did not let them be checked.
func (e *evidence) answers() reports.Claim {
	kept, n, failed, wrong := e.r.Checked.Kept, e.r.Checked.Answers, e.r.Checked.Failed, len(e.r.Checked.Wrong)
	most := wrongAtMost(failed, n)
	c := reports.Claim{Name: claimAnswers, Gates: wrong > 0 || wrongAtMost(0, kept) <= answersBelow,
		Text:  fmt.Sprintf("what was encrypted under load decrypts to what was sent, but for at most %s of the answers", percent(answersBelow)),
		Bound: fmt.Sprintf("%d of %d sampled answers; at most %s are wrong at %.1f %% certainty", n-wrong, kept, percent(most), percentLevel)}
	switch {
	case wrong > 0:
		c.Bound = fmt.Sprintf("%d of %d sampled answers", n-wrong, kept)
		return settle(c, reports.Refuted, "%s", tallied(e.r.Checked.Wrong, 4))
	case most > answersBelow && n < kept:
		return settle(c, reports.ClaimInconclusive, "%d of %d sampled answers could not be checked, because the target refused to decrypt them, failed or did not answer", kept-n, kept)
	case most > answersBelow:
		return settle(c, reports.ClaimInconclusive, "all %d sampled answers decrypted, but so few exclude no more than %s wrong ones", n, percent(most))
	}
	if n < kept {
		return certain(c, reports.Proven, "all of the %d sampled answers that could be checked decrypted (%d could not)", n, kept-n)
	}
	return certain(c, reports.Proven, "all %d sampled answers decrypted", n)
}

// tallied says what a list says, each text once with how often it is there, those that are there most first: most of
// them at most, and how many more there are.
func tallied(list []string, most int) string {
	times := map[string]int{}
	for _, text := range list {
		times[text]++
	}
	texts := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b))
	})
	rest := 0
	for _, text := range texts[min(most, len(texts)):] {
		rest += times[text]
	}
	parts := texts[:min(most, len(texts))]
	for i, text := range parts {
		if n := times[text]; n > 1 {
			parts[i] = fmt.Sprintf("%s, %d times", text, n)
		}
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(parts, "; ")
}

// wrongAtMost bounds the share of wrong answers of which none was found among n. Those that the target failed to check
// may be wrong.
func wrongAtMost(failed, n int) float64 {
	switch {
	case failed > 0:
		return boundAt(failed, n+failed, alpha)
	case n == 0:
		return 1
	}
	return 1 - math.Pow(alpha, 1/float64(n))
}
