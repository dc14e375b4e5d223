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

// A tape reads a track: it gives the calls their due times anew.
type tape struct {
	cursor
	law law
}

func (t *track) tape() tape { return tape{cursor: cursor{log: &t.log}, law: t.law()} }

// next reads the next planned call into r; ok is false after the last of which something is known. It panics
// when the recording's file cannot be read: [Run] has then told why.
func (t *tape) next(r *replayed) (ok bool) {
	ok, err := t.cursor.next(&r.fate)
	if err != nil {
		panic(err)
	}
	if ok {
		r.due = t.law.next()
		r.send = r.due + r.lateness()
		r.done = r.send + r.way()
	}
	return ok
}

// replay returns every planned call up to the last of which something is known, in the order in which
// they are due.
func (t *track) replay() iter.Seq[replayed] {
	return func(yield func(replayed) bool) {
		var r replayed
		for tape := t.tape(); tape.next(&r) && yield(r); {
		}
	}
}

// calls gives the calls that were sent, counted from zero, in the order in which they were due: a
// method to range over.
func (t *track) calls(yield func(int, call) bool) {
	n := 0
	var r replayed
	for tape := t.tape(); tape.next(&r); {
		if r.sent() {
			if !yield(n, r.call()) {
				return
			}
			n++
		}
	}
}

// rounded bounds how much too early a log has the answer of a call: lateness and travel are rounded down, and the
// instant that they lead to is rounded to its microsecond.
const rounded = 2*resolution + time.Microsecond

// call is what is judged of one that was sent: the server saw it surely not before send, and not after done.
func (r *replayed) call() call {
	return call{send: micros(r.send), done: micros(r.done + rounded), class: Class(r.what)}
}

// An outbox gives the calls of a key in the order in which they were sent. A call that is late may be
// overtaken by those due after it, but by none that is due after it left: no more wait here than are due while
// one may be late.
type outbox struct {
	tape
	key    int
	due    uint32 // no call that is still on the tape was sent earlier
	behind replayed
	more   bool   // behind is a call
	ready  []call // by send, from head on
	head   int
}

func (t *track) outbox(key int) *outbox {
	o := &outbox{tape: t.tape(), key: key}
	o.advance()
	return o
}

// advance reads one call ahead, so that it is known when it was due.
func (o *outbox) advance() {
	if o.more = o.tape.next(&o.behind); o.more {
		o.due = micros(o.behind.due)
	}
}

// first returns the call that was sent first of those that are left; ok is false when none is.
func (o *outbox) first() (c call, ok bool) {
	for o.more && (o.head == len(o.ready) || o.ready[o.head].send > o.due) {
		if o.behind.sent() {
			o.put(o.behind.call())
		}
		o.advance()
	}
	if o.head == len(o.ready) {
		return call{}, false
	}
	return o.ready[o.head], true
}

// each gives what is left: a method to range over.
func (o *outbox) each(yield func(int, call) bool) {
	for c, ok := o.first(); ok && yield(o.key, c); c, ok = o.first() {
		o.head++
	}
}

// put files a call behind those that were sent before it or at once with it.
func (o *outbox) put(c call) {
	if o.head > 0 && len(o.ready) == cap(o.ready) {
		o.ready = o.ready[:copy(o.ready, o.ready[o.head:])]
		o.head = 0
	}
	o.ready = append(o.ready, c)
	for i := len(o.ready) - 1; i > o.head && o.ready[i-1].send > c.send; i-- {
		o.ready[i-1], o.ready[i] = c, o.ready[i-1]
	}
}

// bySend gives the calls of some tracks that were sent, with their track's place, in the order in which they
// were sent; of calls that were sent at once, those of the first track come first.
func bySend(tracks []track) iter.Seq2[int, call] {
	if len(tracks) == 1 {
		return func(yield func(int, call) bool) { tracks[0].outbox(0).each(yield) }
	}
	return func(yield func(int, call) bool) {
		for all := merge(tracks); ; {
			key, c, ok := all.next()
			if !ok || !yield(key, c) {
				return
			}
		}
	}
}

// A merged reads several outboxes as one. They are a heap: the first call of each was sent no later than
// those of the two below it.
type merged []*outbox

func merge(tracks []track) *merged {
	var m merged
	for key := range tracks {
		o := tracks[key].outbox(key)
		if _, ok := o.first(); ok {
			m = append(m, o)
		}
	}
	for at := len(m) / 2; at >= 0; at-- {
		m.sink(at)
	}
	return &m
}

// peek returns the next call; ok is false when there is none.
func (m merged) peek() (key int, c call, ok bool) {
	if len(m) == 0 {
		return 0, call{}, false
	}
	return m[0].key, m[0].ready[m[0].head], true
}

// next is peek and goes on.
func (m *merged) next() (key int, c call, ok bool) {
	key, c, ok = m.peek()
	if !ok {
		return key, c, false
	}
	o := (*m)[0]
	o.head++
	if _, more := o.first(); !more {
		last := len(*m) - 1
		(*m)[0] = (*m)[last]
		*m = (*m)[:last]
	}
	m.sink(0)
	return key, c, true
}

func (m merged) before(i, j int) bool {
	a, b := m[i], m[j]
	x, y := a.ready[a.head].send, b.ready[b.head].send
	return x < y || x == y && a.key < b.key
}

// sink moves the one at a place down to where it belongs.
func (m merged) sink(at int) {
	for {
		least := at
		for child := 2*at + 1; child <= 2*at+2 && child < len(m); child++ {
			if m.before(child, least) {
				least = child
			}
		}
		if least == at {
			return
		}
		m[at], m[least] = m[least], m[at]
		at = least
	}
}

// sends gives the send times of a track in seconds, in order: a method to range over.
func (t *track) sends(yield func(float64) bool) {
	t.outbox(0).each(func(_ int, c call) bool { return yield(inSeconds(c.send)) })
}

// sends gives the send times of the tracks in seconds, in order.
func sends(tracks []track) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		for _, c := range bySend(tracks) {
			if !yield(inSeconds(c.send)) {
				return
			}
		}
	}
}

// inSeconds returns microseconds as seconds.
func inSeconds(micros uint32) float64 { return float64(micros) / 1e6 }
