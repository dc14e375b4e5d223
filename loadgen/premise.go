package loadgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// premise says of every verdict without a bound on its error under what premise it is certain, or that there is
// none: it was counted. Where the verdict was settled by something else than the rule, that has said so.
func (e *evidence) premise(claims []reports.Claim) {
	for i := range claims {
		c := &claims[i]
		switch decided := c.Verdict == reports.Proven || c.Verdict == reports.Refuted; {
		case !decided || c.PError > 0:
			c.Given = ""
		case c.Given == "":
			c.Given = e.given(c.Name)
		}
	}
}

// supposing is settle for what is certain under a premise, or counted.
func supposing(c reports.Claim, given string, v reports.ClaimVerdict, why string, args ...any) reports.Claim {
	c = settle(c, v, why, args...)
	c.Given = given
	return c
}

// exchangeable is what holds where the signs of differences between blocks tell.
var exchangeable = fmt.Sprintf("certain at %.1f %% if the differences between blocks are symmetric and nothing drifts", percentLevel)

// onWay is what holds of every call that a limiter of ours is told by.
const onWay = "each call met it between its send and its answer"

func (e *evidence) given(claim string) string {
	switch claim {
	case claimRefill:
		return "certain if one limiter answered and " + onWay
	case claimAnswers:
		return "certain: the answers were seen"
	}
	return "counted in this run; no bound on the error of saying it of others is known"
}

// given says what a verdict by the fit rests on.
func (f fit) given() string {
	switch {
	case f.exact() && f.kind != delays:
		return fmt.Sprintf("certain if the limiter is a %s and %s", f.named(), onWay)
	case f.kind == noLimit:
		return fmt.Sprintf("certain if at most %.4g were in reserve", f.reserved)
	}
	return countedOnly
}

// countedOnly is what a verdict rests on that no fit decided.
const countedOnly = "counted over seconds: no kind of limiter explains the answers for certain"

// allGiven says what a verdict rests on that compares fits: on counts where one of them does, else on each.
func allGiven(fits ...fit) string {
	var premises []string
	for _, f := range fits {
		switch g := f.given(); {
		case g == countedOnly:
			return g
		case !slices.Contains(premises, g):
			premises = append(premises, g)
		}
	}
	return strings.Join(premises, ", and ")
}

// union bounds the probability that any of the claims that decide is wrong, of those whose error is bounded: by the
// sum, for they are not independent.
func union(claims []reports.Claim) (sum float64) {
	for _, c := range claims {
		if c.Gates {
			sum += c.PError
		}
	}
	return sum
}
