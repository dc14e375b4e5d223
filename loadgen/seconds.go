package loadgen

import (
	"math"
	"slices"
)

// unevenness is how far apart the fewest and the most accepted calls of a second may lie, beyond
// two hundredths of them, for a limiter to be one that counts per second.
const unevenness = 4

// fitSeconds bounds the rate of a limiter that accepts the same number in every second, whatever
// its kind: counted over whole seconds, the second's inner pattern drops out.
func (f *fit) fitSeconds(tail []seen, end float64) {
	whole := math.Floor(end - tail[0].at)
	if whole < 2 || float64(f.most-f.least) > unevenness+0.02*float64(f.most) {
		return
	}
	low, high := math.Inf(1), 0.0
	for start := tail[0].at; start+whole <= end; start += 0.05 {
		n := float64(acceptedWithin(tail, start, start+whole))
		low, high = min(low, n), max(high, n)
	}
	f.kind = bySecond
	f.rate = interval{(low - 2) / whole, (high + 2) / whole}
	if f.tiny(0) {
		f.rate.high = math.Inf(1) // what a tiny bucket lost between the calls is not known
	}
}

// slidingSeconds returns the fewest and the most accepted calls of any second that lies wholly
// between the first refusal and the end, in steps of 10 ms. Both are zero when there is none.
func slidingSeconds(tail []seen, end float64) (least, most int) {
	least = math.MaxInt
	for start := tail[0].at; start+1 <= end; start += 0.01 {
		n := acceptedWithin(tail, start, start+1)
		least, most = min(least, n), max(most, n)
	}
	if least == math.MaxInt {
		least = 0
	}
	return least, most
}

// acceptedWithin counts the accepted calls sent in [from, to). calls are sorted by send.
func acceptedWithin(calls []seen, from, to float64) int {
	at := func(s seen, t float64) int {
		if s.at < t {
			return -1
		}
		return 1
	}
	i, _ := slices.BinarySearchFunc(calls, from, at)
	j, _ := slices.BinarySearchFunc(calls, to, at)
	return count(calls[i:j], seen.accepted)
}
