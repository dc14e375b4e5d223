package fleet

import "time"

// An offset is how far another clock is ahead of ours, and within what of that it is for certain.
type offset struct {
	ahead, within time.Duration
}

// A ping is one question for the time: when it was asked, what the other said, when the answer came.
type ping struct{ asked, said, heard time.Time }

// estimate returns what the ping with the shortest way tells. The other clock was read some time between
// asking and hearing, so the middle is off by half of that at most. None: an offset of zero within forever.
func estimate(pings []ping) offset {
	best := offset{within: time.Duration(1<<63 - 1)}
	for _, p := range pings {
		half := p.heard.Sub(p.asked) / 2
		if half < best.within {
			best = offset{ahead: p.said.Sub(p.asked.Add(half)), within: half}
		}
	}
	return best
}

// apart returns how far two of these clocks may be apart of each other once their offsets are taken off.
func apart(clocks []offset) time.Duration {
	var first, second time.Duration
	for _, o := range clocks {
		switch {
		case o.within > first:
			first, second = o.within, first
		case o.within > second:
			second = o.within
		}
	}
	return first + second
}
