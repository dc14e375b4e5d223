package loadgen

import "math"

// unevenness is how far apart the fewest and the most accepted calls of a second may lie, beyond
// two hundredths of them, for a limiter to be one that counts per second.
const unevenness = 4

// fitSeconds bounds the rate of a limiter that accepts the same number in every second, whatever
// its kind: counted over whole seconds, the second's inner pattern drops out.
func (f *fit) fitSeconds(v view) {
	end, first := v.end(), v.marks[0].at
	whole := math.Floor(end - first)
	if whole < 2 || float64(f.most-f.least) > unevenness+0.02*float64(f.most) {
		return
	}
	low, high := math.Inf(1), 0.0
	for start := first; start+whole <= end; start += 0.05 {
		n := float64(v.accepted.within(start, start+whole))
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
func (v view) slidingSeconds() (least, most int) {
	least = math.MaxInt
	for start := v.marks[0].at; start+1 <= v.end(); start += 0.01 {
		n := v.accepted.within(start, start+1)
		least, most = min(least, n), max(most, n)
	}
	if least == math.MaxInt {
		least = 0
	}
	return least, most
}

// end returns when the last call was sent.
func (v view) end() float64 { return v.calls[len(v.calls)-1].at }

// within returns how many of the calls were sent in [from, to).
func (c counts) within(from, to float64) int { return below(c.sent, to) - below(c.sent, from) }
