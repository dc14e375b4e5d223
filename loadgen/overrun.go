package loadgen

import (
	"cmp"
	"slices"
)

// overrun returns the fewest accepted calls in a row, below a number, that are more than a bucket lets through, in
// seconds from the send of the first of them to the last of their answers. That lasted at most hidden longer, where
// the clocks that stamped the two may differ.
func overrun(tracks []track, l Limit, below int) (from, to float64, n int, ok bool) {
	var accepted []call
	for _, c := range bySend(tracks) {
		if c.class == Accepted {
			accepted = append(accepted, c)
		}
	}
	hidden := hidden(tracks)
	var lowest levels
	for end, c := range accepted {
		lowest.add(end, l.Rate*inSeconds(c.send))
		latest := lowest.below(float64(end+1) - l.Rate*(inSeconds(c.done)+hidden) - l.Burst)
		if latest < 0 || end-latest+1 >= below {
			continue
		}
		done := 0.0 // of all answers of the stretch, which is later than the last call's where one overtook another
		for begin := end; begin >= 0 && end-begin+1 < below; begin-- {
			done = max(done, inSeconds(accepted[begin].done))
			sent := inSeconds(accepted[begin].send)
			if calls := end - begin + 1; float64(calls) > l.Burst+l.Rate*(done-sent+hidden) {
				from, to, n, ok, below = sent, done, calls, true, calls
			}
		}
	}
	return from, to, n, ok
}

// hidden returns by how many seconds a stretch of calls may have been longer than their stamps say.
func hidden(tracks []track) float64 { return 2 * blurred(tracks).Seconds() }

// levels are of the calls of a stream, in their order: how many there were before each, less what a bucket had let
// through by then. A call with one behind it that is no higher is left out.
type levels []level

type level struct {
	call int
	v    float64
}

func (s *levels) add(call int, through float64) {
	v := float64(call) - through
	for n := len(*s); n > 0 && (*s)[n-1].v >= v; n-- {
		*s = (*s)[:n-1]
	}
	*s = append(*s, level{call, v})
}

// below returns the latest call whose level is below v; negative: none's is.
func (s levels) below(v float64) int {
	i, _ := slices.BinarySearchFunc(s, v, func(l level, v float64) int { return cmp.Compare(l.v, v) })
	if i == 0 {
		return -1
	}
	return s[i-1].call
}
