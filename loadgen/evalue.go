package loadgen

import "math"

// The tests in this file are e-tests: they bet on an alternative against a hypothesis, and the
// wealth won bounds how wrong the hypothesis is. They hold for calls that depend on each other, as
// refusals do, because they need only this: given the past, the chance of a refusal is at most
// (or at least) the stated one. Ville's inequality bounds the chance ever to win 1/alpha.

// alpha bounds the probability that a claim is proven or refuted wrongly.
const alpha = 1e-3

// A bet is an e-test under way of "the chance of a refusal is at most p". The bets are shared among three
// alternatives.
type bet struct {
	gain, loss [3]float64 // what a refusal and what another call adds to the logarithm of the wealth, by alternative
	n, k       int        // calls, and refusals among them
	most       float64    // logarithm of the most that the bet was ever worth
}

func betAgainst(p float64) (b bet) {
	low := min(4*p, 0.9)
	for i, q := range [...]float64{low, max(0.1, low), max(0.5, low)} {
		b.gain[i], b.loss[i] = math.Log(q/p), math.Log1p(-q)-math.Log1p(-p)
	}
	return b
}

// add goes on with a call, in their order.
func (b *bet) add(refused bool) {
	b.n++
	if refused {
		b.k++
		b.most = max(b.most, b.wealth(b.k, b.n)) // it only falls until the next refusal
	}
}

// wealth returns the logarithm of what the bet is worth after k refusals in n calls.
func (b *bet) wealth(k, n int) float64 {
	var logs [3]float64
	for i := range logs {
		logs[i] = float64(k)*b.gain[i] + float64(n-k)*b.loss[i]
	}
	return logMean(logs[:])
}

// pValue returns a p-value of the hypothesis: one over the most that the bet was ever worth. Under the
// hypothesis it is at most x with a probability of at most x.
func (b *bet) pValue() float64 { return math.Exp(-b.most) }

// refutes reports whether the calls refute the hypothesis with an error of at most level.
func (b *bet) refutes(level float64) bool { return b.pValue() <= level }

// worth is the logarithm of what a bet against the chance p is worth after k of n, shared evenly among the
// chances that it is laid on.
func worth(k, n int, p float64, on ...float64) float64 {
	bets := make([]float64, 0, 8)
	for _, q := range on {
		bets = append(bets, float64(k)*math.Log(q/p)+float64(n-k)*(math.Log1p(-q)-math.Log1p(-p)))
	}
	return logMean(bets)
}

// refusedAtMost returns the smallest p for which n outcomes with k refusals refute "the chance of
// a refusal is at least p"; 1 when none does. Half of the bet is on no refusal at all, the other on a
// half, a quarter and a tenth of p. For k = 0 it is, but for that half, the exact bound alpha^(1/n).
func refusedAtMost(k, n int) float64 { return boundAt(k, n, alpha) }

// boundAt is refusedAtMost at another level of error.
func boundAt(k, n int, level float64) float64 {
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
		return logMean([]float64{never, never, never, on(0.5), on(0.25), on(0.1)}) >= math.Log(1/level)
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
