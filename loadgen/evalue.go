package loadgen

import "math"

// The tests in this file are e-tests: they bet on an alternative against a hypothesis, and the
// wealth won bounds how wrong the hypothesis is. They hold for calls that depend on each other, as
// refusals do, because they need only this: given the past, the chance of a refusal is at most
// (or at least) the stated one. Ville's inequality bounds the chance ever to win 1/alpha.

// alpha bounds the probability that a claim is proven or refuted wrongly.
const alpha = 1e-3

// refusesMore reports whether the outcomes (true: refused), in order, refute "the chance of a
// refusal is at most p" with an error of at most level. The bets are shared among three alternatives.
func refusesMore(outcomes []bool, p, level float64) bool {
	alternatives := []float64{min(4*p, 0.9), max(0.1, min(4*p, 0.9)), max(0.5, min(4*p, 0.9))}
	wealth := make([]float64, len(alternatives)) // logarithms
	for _, refused := range outcomes {
		for i, q := range alternatives {
			if refused {
				wealth[i] += math.Log(q / p)
			} else {
				wealth[i] += math.Log((1 - q) / (1 - p))
			}
		}
		if logMean(wealth) >= math.Log(1/level) {
			return true
		}
	}
	return false
}

// refusedAtMost returns the smallest p for which n outcomes with k refusals refute "the chance of
// a refusal is at least p"; 1 when none does. Half of the bet is on no refusal at all, the other on a
// half, a quarter and a tenth of p. For k = 0 it is, but for that half, the exact bound alpha^(1/n).
func refusedAtMost(k, n int) float64 {
	if n == 0 {
		return 1
	}
	refutes := func(p float64) bool {
		never := math.Inf(-1)
		if k == 0 {
			never = -float64(n) * math.Log1p(-p)
		}
		on := func(part float64) float64 {
			return float64(k)*math.Log(part) + float64(n-k)*(math.Log1p(-p*part)-math.Log1p(-p))
		}
		return logMean([]float64{never, never, never, on(0.5), on(0.25), on(0.1)}) >= math.Log(1/alpha)
	}
	low, high := 0.0, 1-1e-9
	if !refutes(high) {
		return 1
	}
	for range 60 {
		if mid := (low + high) / 2; refutes(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// logMean returns the logarithm of the mean of the numbers whose logarithms are given.
func logMean(logs []float64) float64 {
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - top)
	}
	return top + math.Log(sum/float64(len(logs)))
}
