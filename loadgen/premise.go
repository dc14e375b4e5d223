package loadgen

import (
	"fmt"

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
	case claimIndependence:
		if !e.has(Together) {
			return fmt.Sprintf("certain if the published %.4g, or a second's worth, is the most that a shared limit keeps in reserve", e.p.Limit.Burst)
		}
		return e.alone.given()
	case claimRate, claimLimit:
		return e.alone.given()
	case claimShared:
		return e.total.given()
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
	return "counted over seconds: no kind of limiter explains the answers for certain"
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
