package loadgen

import (
	"iter"
	"time"
)

// replayed is one planned call with what became of it, in time since the start of the attempt.
type replayed struct {
	due, send, done time.Duration // send and done: of a call that was sent
	fate
}

func units(d time.Duration) uint64 { return uint64(max(d, 0) / resolution) }

// replay returns every planned call up to the last of which something is known, in the order in which
// they are due. It panics when the recording's file cannot be read: [Run] has then told why.
func (t *track) replay() iter.Seq[replayed] {
	return func(yield func(replayed) bool) {
		due := t.law()
		err := t.log.fates(func(f fate) bool {
			r := replayed{due: due.next(), fate: f}
			r.send = r.due + f.lateness()
			r.done = r.send + f.way()
			return yield(r)
		})
		if err != nil {
			panic(err)
		}
	}
}

// calls gives the calls that were sent, counted from zero, in the order in which they were due: a
// method to range over.
func (t *track) calls(yield func(int, call) bool) {
	n := 0
	for r := range t.replay() {
		if !r.sent() {
			continue
		}
		if !yield(n, call{send: micros(r.send), done: micros(r.done), class: Class(r.what)}) {
			return
		}
		n++
	}
}

// A second is what a key saw of the calls that were due in one second and were sent.
type second struct{ offered, accepted, limited, other int64 }

func (s *second) add(c Class) {
	s.offered++
	switch {
	case c == Accepted:
		s.accepted++
	case c.Limited():
		s.limited++
	default:
		s.other++
	}
}

// seconds returns what a key saw, from the second of the run in which the attempt starts to the last
// in which something was sent.
func (p *Played) seconds(key int) (out []second) {
	for r := range p.tracks[key].replay() {
		if !r.sent() {
			continue
		}
		n := int((p.Start+r.due)/time.Second) - int(p.Start/time.Second)
		for len(out) <= n {
			out = append(out, second{})
		}
		out[n].add(Class(r.what))
	}
	return out
}
