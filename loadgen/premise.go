package loadgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// A ground is what a proven or refuted rests on that is not bounded outright.
type ground struct {
	basis reports.Basis
	text  string
	wrong float64 // bound on the probability that it is wrong all the same; with a premise, if that holds
}

// counted is the ground of what was counted and not tested.
func counted(text string) ground { return ground{basis: reports.Counted, text: text} }

// certainIf is the ground of what cannot be wrong under a premise. How likely the premise is false is not known: a
// kind of limiter is named because all the others that are known are excluded.
func certainIf(premise string) ground {
	return ground{basis: reports.Premised, text: "certain if " + premise}
}

// premise states of every verdict how its error is bounded. Where the verdict was settled by something else than the
// rule, that has said so; what is not decided has no error.
func (e *evidence) premise(claims []reports.Claim) {
	for i := range claims {
		c := &claims[i]
		switch decided := c.Verdict == reports.Proven || c.Verdict == reports.Refuted; {
		case !decided:
			c.Basis, c.Given, c.PError = "", "", 0
		case c.Basis == "" && c.PError > 0:
			c.Basis = reports.Bounded
		case c.Basis == "":
			e.ground(c.Name).put(c)
		}
	}
}

func (g ground) put(c *reports.Claim) { c.Basis, c.Given, c.PError = g.basis, g.text, g.wrong }

// supposing is settle for what rests on a ground.
func supposing(c reports.Claim, g ground, v reports.ClaimVerdict, why string, args ...any) reports.Claim {
	c = settle(c, v, why, args...)
	g.put(&c)
	return c
}

// symmetric is under what premise the signs of differences between blocks tell.
const symmetric = "if the differences between blocks are symmetric and nothing drifts"

// exchangeable is the ground of what they tell.
var exchangeable = ground{reports.Premised, symmetric, alpha}

// onWay is what holds of every call that a limiter of ours is told by.
const onWay = "each call met it between its send and its answer"

// ground says what a claim rests on that was settled without naming it.
func (e *evidence) ground(claim string) ground {
	switch claim {
	case claimRefill:
		return certainIf("one limiter answered and " + onWay)
	case claimAnswers:
		return ground{basis: reports.Bounded, text: "certain: the answers were seen"}
	}
	return counted("counted in this run; no bound on the error of saying it of others is known")
}

// ground says what a verdict by the fit rests on.
func (f fit) ground() ground {
	switch {
	case f.exact() && f.kind != delays:
		return certainIf(fmt.Sprintf("the limiter is a %s and %s", f.named(), onWay))
	case f.kind == noLimit:
		return certainIf(fmt.Sprintf("at most %.4g were in reserve", f.reserved))
	}
	return countedOnly
}

// countedOnly is what a verdict rests on that no fit decided.
var countedOnly = counted("counted over seconds: no kind of limiter explains the answers for certain")

// allGrounds says what a verdict rests on that compares fits: on counts where one of them does, else on each.
func allGrounds(fits ...fit) ground {
	var premises []string
	for _, f := range fits {
		switch g := f.ground(); {
		case g == countedOnly:
			return g
		case !slices.Contains(premises, g.text):
			premises = append(premises, g.text)
		}
	}
	return ground{basis: reports.Premised, text: strings.Join(premises, ", and ")}
}

// union bounds the probability that any of the claims that decide is wrong, of those whose error is bounded and under
// the premises that they name: by the sum, for they are not independent.
func union(claims []reports.Claim) (sum float64) {
	for _, c := range claims {
		if c.Gates {
			sum += c.PError
		}
	}
	return sum
}
