package loadgen

import "time"

// arrivals are the calls of an attempt in the order in which they reach the server. Nothing reaches it before it is
// due, so that few are in hand at once.
type arrivals struct {
	v       *virtual
	a       *Played
	plan    *schedule
	due     slot
	more    bool          // due is a call
	busy    time.Duration // the client holds still until then
	pending []arrival     // a heap: none arrives before its parent, and of those that arrive together the first filed comes first
	filed   int
	lost    int64 // calls that were missed; with too many the attempt is given up
}

func (v *virtual) arrivals(a *Played) *arrivals {
	q := &arrivals{v: v, a: a, plan: newSchedule(a.Phase, v.o.Seed)}
	q.due, q.more = q.plan.take()
	return q
}

// next takes the first of them; ok is false when there is none.
func (q *arrivals) next() (call arrival, ok bool) {
	for q.more && (len(q.pending) == 0 || q.pending[0].at > q.due.due) {
		q.leave(q.due)
		q.due, q.more = q.plan.take()
		q.more = q.more && q.a.GivenUp == 0
	}
	if len(q.pending) == 0 {
		return arrival{}, false
	}
	return q.pop(), true
}

// leave lets a call leave that is due. One that cannot in time is noted as missed.
func (q *arrivals) leave(next slot) {
	send := max(q.v.leaves(next.due), q.busy)
	if hold := q.v.o.stall(q.a.Phase, next.due); hold > 0 {
		send += hold
		q.busy = send
	}
	if send-next.due > q.v.p.MissAfter {
		q.a.missed(next, send-next.due)
		if q.lost++; q.lost > spare(q.v.p, q.a) && q.a.GivenUp == 0 {
			q.a.GivenUp = send
		}
		return
	}
	q.put(arrival{slot: next, send: send, at: send + q.v.travel(q.v.rng)})
}

// put files a call, behind those that arrive with it. In a storm thousands are under way.
func (q *arrivals) put(call arrival) {
	q.filed++
	call.filed = q.filed
	q.pending = append(q.pending, call)
	for at := len(q.pending) - 1; at > 0; {
		above := (at - 1) / 2
		if !q.pending[at].before(q.pending[above]) {
			return
		}
		q.pending[at], q.pending[above] = q.pending[above], q.pending[at]
		at = above
	}
}

// pop takes out the call that arrives first; there must be one.
func (q *arrivals) pop() arrival {
	first, last := q.pending[0], len(q.pending)-1
	q.pending[0] = q.pending[last]
	q.pending = q.pending[:last]
	for at := 0; ; {
		next := at
		for _, below := range [...]int{2*at + 1, 2*at + 2} {
			if below < last && q.pending[below].before(q.pending[next]) {
				next = below
			}
		}
		if next == at {
			return first
		}
		q.pending[at], q.pending[next] = q.pending[next], q.pending[at]
		at = next
	}
}

// before reports whether a call comes to the server before another.
func (a arrival) before(b arrival) bool { return a.at < b.at || a.at == b.at && a.filed < b.filed }
