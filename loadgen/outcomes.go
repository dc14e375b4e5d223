package loadgen

import (
	"iter"
	"slices"
	"sync"
	"time"
)

// An outcome is whether a call was not accepted, and what excuses that where a limit refused it:
// excused, that another was accepted so near to it that a bucket of one at the published rate may have
// been empty, and no larger bucket refuses more; full, that as many as a second may bring may have
// been accepted within the second before, so that a limiter which counts by the second was right.
type outcome struct {
	call
	refused, excused, full bool
	at                     time.Duration // of the send, since the start of the profile
}

// outcomes gives what became of the calls of an attempt, with their keys, in the order of their sends. Of
// the accepted ones it holds no more than a second brings and, from the first refusal on, the times of a million.
func (p *Played) outcomes(l Limit) iter.Seq2[int, outcome] {
	return func(yield func(int, outcome) bool) {
		near := neighbours{tracks: p.tracks, limit: l, all: map[int]*nearby{}, toll: sync.OnceValue(p.toll)}
		for key, c := range bySend(p.tracks) {
			o := outcome{call: c, at: p.Start + time.Duration(c.send)*time.Microsecond, refused: c.class != Accepted}
			if o.refused && c.class.Limited() {
				o.excused, o.full = near.excuses(key, c)
			}
			if !yield(key, o) {
				return
			}
		}
	}
}

// neighbours finds the accepted calls that a limiter may have seen just before a refused one. The refused
// ones are asked about in the order of their sends.
type neighbours struct {
	tracks []track
	limit  Limit
	all    map[int]*nearby // by the first of the keys that the limit counts over
	toll   func() float64  // what every call pays for its way, in microseconds
}

// tolled is how many calls tell the toll of all: of more, every second, third and so on is looked at.
const tolled = 1 << 20

// toll returns what every call pays for its way, in microseconds; see [paid].
func (p *Played) toll() float64 {
	t := p.tally()
	step := 1 + int(t.sent/tolled)
	var all []float64
	for key := range p.tracks {
		for n, c := range p.tracks[key].calls {
			if n%step == 0 {
				all = append(all, float64(c.done-c.send))
			}
		}
	}
	return max(0, paid(all)-float64(unsure.Microseconds()))
}

// excuses reports what excuses a refusal; see [outcome].
func (n neighbours) excuses(key int, c call) (excused, full bool) {
	first, last := key, key+1
	if n.limit.Scope == System {
		first, last = 0, len(n.tracks)
	}
	near := n.all[first]
	if near == nil {
		near = &nearby{from: merge(n.tracks[first:last])}
		n.all[first] = near
	}
	near.move(c)
	known := n.toll() - 2*float64(blurred(n.tracks[first:last]).Microseconds())
	return near.excuse(c, 1e6/n.limit.Rate, known), float64(near.second(c)) >= n.limit.Rate
}

// A nearby holds the accepted calls around the latest refused one, of those that one limit counts over.
type nearby struct {
	from     *merged
	accepted []passed // by send: the last before the refused one, and on
	before   int      // how many were sent before these
	done     []uint32 // in order: when those were done that were not by a second before the refused one
	gone     int      // how many were done by then
}

// A passed is a call that was accepted: when it was sent, and when the last of all up to it was done.
type passed struct{ send, latest uint32 }

// move goes on to a refused call.
func (n *nearby) move(c call) {
	for {
		_, next, ok := n.from.peek()
		if !ok || next.send > c.done {
			break
		}
		if n.from.next(); next.class == Accepted {
			n.add(next)
		}
		n.leave(c)
	}
	n.leave(c)
}

// leave drops what is of no account for a refused call, nor for those after it.
func (n *nearby) leave(c call) {
	for len(n.accepted) > 1 && n.accepted[1].send <= c.send {
		n.accepted = n.accepted[1:]
		n.before++
	}
	for len(n.done) > 0 && int64(n.done[0]) < int64(c.send)-1e6 {
		n.done = n.done[1:]
		n.gone++
	}
}

func (n *nearby) add(c call) {
	p := passed{c.send, c.done}
	if last := len(n.accepted) - 1; last >= 0 {
		p.latest = max(p.latest, n.accepted[last].latest)
	}
	n.accepted = append(n.accepted, p)
	n.done = append(n.done, c.done)
	for i := len(n.done) - 1; i > 0 && n.done[i-1] > c.done; i-- {
		n.done[i-1], n.done[i] = c.done, n.done[i-1]
	}
}

// sentBy returns how many of the accepted calls in hand were sent when c was done.
func (n *nearby) sentBy(c call) int {
	i, _ := slices.BinarySearchFunc(n.accepted, c.done, func(p passed, done uint32) int {
		if p.send <= done {
			return -1
		}
		return 1
	})
	return i
}

// excuse reports whether some accepted call may have reached the limiter less than an interval, in
// microseconds, before c did: calls overtake each other, so only their sends and answers bound when. Of the time
// between a call's send and its answer so much is known to be no part of that.
func (n *nearby) excuse(c call, interval, known float64) bool {
	c.done = uint32(max(float64(c.send), float64(c.done)-known))
	sent := n.sentBy(c)
	return sent > 0 && float64(c.send)-(float64(n.accepted[sent-1].latest)-known) < interval
}

// second returns how many calls may have been accepted within the second before c.
func (n *nearby) second(c call) int { return n.before + n.sentBy(c) - n.gone }
