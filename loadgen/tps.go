package loadgen

import (
	"math"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// bin is how finely calls are counted for the seconds of a phase.
const bin = 10 * time.Millisecond

// binsASecond is how many of them a second has.
const binsASecond = int(time.Second / bin)

// threeWays returns how many calls per second were accepted on all keys of an attempt together: on average, in any
// second of it, and in the seconds of the calendar, which begins where the attempt is that far into a second.
// Nil where no second lies within it.
func (p *Played) threeWays(into time.Duration) *reports.Pace {
	counts := make([]int64, int(p.Phase.Length/bin))
	total := int64(0)
	for key := range p.tracks {
		for _, c := range p.tracks[key].calls {
			if c.class != Accepted {
				continue
			}
			total++
			if at := int(time.Duration(c.send) * time.Microsecond / bin); at < len(counts) {
				counts[at]++
			}
		}
	}
	first := int((time.Second-into%time.Second)/bin) % binsASecond
	out := &reports.Pace{Mean: math.Round(10*float64(total)/p.Phase.Length.Seconds()) / 10}
	var any, whole bool
	out.Least, out.Most, any = secondsOf(counts, 0, 1)
	out.CalendarLeast, out.CalendarMost, whole = secondsOf(counts, first, binsASecond)
	if !any || !whole {
		return nil
	}
	return out
}

// secondsOf returns the fewest and the most in the seconds that begin at from and every so many bins after.
func secondsOf(counts []int64, from, every int) (least, most int64, any bool) {
	least = math.MaxInt64
	sums := make([]int64, len(counts)+1)
	for i, n := range counts {
		sums[i+1] = sums[i] + n
	}
	for i := from; i+binsASecond <= len(counts); i += every {
		n := sums[i+binsASecond] - sums[i]
		least, most, any = min(least, n), max(most, n), true
	}
	return least, most, any
}

// into returns how far into a second of the calendar an attempt begins.
func (r Recording) into(a *Played) time.Duration {
	return time.Duration(r.Began.Nanosecond()) + a.Start
}
