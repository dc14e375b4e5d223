package loadgen

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// witnesses returns for the refuted claims the shortest stretch that refutes them by itself.
func (e *evidence) witnesses(claims []reports.Claim) (out []reports.Witness) {
	for _, c := range claims {
		if c.Verdict != reports.Refuted || e.byLegs[c.Name] { // legs are compared with each other: no stretch of one tells
			continue
		}
		found, ok := reports.Witness{}, false
		switch c.Name {
		case claimGuarantee:
			found, ok = e.refusedTogether()
		case claimRate:
			found, ok = e.tooFew((1-tolerance)*e.p.Limit.Rate, Alone, Together)
		case claimIndependence:
			if e.has(Together) && e.alone.kind == bucket {
				found, ok = e.tooFew(capRatio*e.alone.rate.low, Together)
			}
		case claimLimit, claimShared:
			found, ok = e.tooMany(Alone, Together)
		case claimIsolation:
			found, ok = e.disturbedTogether()
		case claimContinuity:
			found, ok = e.firstLost()
		}
		if ok {
			found.Claim = c.Name
			found.List = e.listed(found)
			out = append(out, found)
		}
	}
	return out
}

// tooFew returns the two refusals of one key, as near to each other as can be, between which fewer calls
// were accepted than a token bucket of the given rate, empty at both, lets through.
func (e *evidence) tooFew(rate float64, roles ...Role) (w reports.Witness, ok bool) {
	shortest := math.Inf(1)
	for _, role := range roles {
		a := e.attempts[role]
		if a == nil {
			continue
		}
		for key := range a.tracks {
			marks := look(observe(a.tracks[key : key+1])).marks
			u, v, found := nearest(marks, rate, shortest)
			if !found {
				continue
			}
			shortest, ok = v.at-u.by, true
			n := max(0, v.sentBefore-u.doneBefore)
			w = reports.Witness{Phase: a.Phase.Name, Keys: []int{key}, Accepted: int64(n),
				From: a.Start.Seconds() + u.at, To: a.Start.Seconds() + v.by, Calls: sentWithin(a.tracks[key:key+1], u.at, v.by)}
			w.Text = fmt.Sprintf("two calls of key %d were refused %.0f ms apart, and at most %d between them accepted; a token bucket of %.4g per second that is empty both times lets at least %.0f through",
				key+1, 1000*shortest, n, rate, math.Ceil(rate*shortest-1))
		}
	}
	return w, ok
}

// nearest returns two refusals less than limit seconds apart with too few accepted calls between them.
func nearest(marks []mark, rate, limit float64) (first, second mark, ok bool) {
	for i, u := range marks {
		for _, v := range marks[i+1:] {
			if v.at-u.by >= limit {
				break
			}
			if float64(v.sentBefore-u.doneBefore+1) < rate*(v.at-u.by) {
				first, second, limit, ok = u, v, v.at-u.by, true
				break
			}
		}
	}
	return first, second, ok
}

// sentWithin counts the calls that were sent in [from, to], in seconds.
func sentWithin(tracks []track, from, to float64) (n int64) {
	for at := range sends(tracks) {
		if at >= from && at <= to {
			n++
		}
	}
	return n
}

// refusedTogether returns the shortest stretch of a key's calls within the published limit that by
// itself refutes that they are refused rarely. It is chosen after the fact, so it has to pass the test
// at a level that is divided among all calls that it might have begun with.
func (e *evidence) refusedTogether() (w reports.Witness, ok bool) {
	calls := 0
	for _, calm := range e.conformed() {
		calls += calm.all.n
	}
	for _, calm := range e.conformed() {
		found := newClumps(rarely, calls, len(calm.tracks))
		if ok {
			found.limit = int(w.Calls)
		}
		for key, o := range calm.outcomes(e.p.Limit) {
			found.add(key, o)
		}
		if found.calls > 0 {
			w, ok = found.witness(calm.Phase.Name), true
		}
	}
	return w, ok
}

// disturbedTogether returns the shortest stretch of a quiet key's calls while another is hot that by itself
// refutes that they are refused hardly ever, likewise.
func (e *evidence) disturbedTogether() (w reports.Witness, ok bool) {
	blocks, _, _ := e.sound()
	calls := 0
	for _, c := range e.cells(blocks) {
		calls += c.n
	}
	limit := math.MaxInt
	for _, b := range blocks {
		found := newClumps(undisturbedBelow, calls, len(b.on.tracks))
		found.limit = limit
		for key, o := range b.on.outcomes(e.p.Limit) {
			if key != b.hot() {
				found.add(key, o)
			}
		}
		if found.calls > 0 {
			w, ok, limit = found.witness(b.on.Phase.Name), true, found.calls
			w.Text += fmt.Sprintf(", while key %d was hot", b.hot()+1)
		}
	}
	return w, ok
}

// tooMany returns the stretch of the fewest accepted calls of what the limit counts over that are more than the
// published bucket, full at its beginning, lets through, whenever between its send and its answer each met it.
func (e *evidence) tooMany(roles ...Role) (w reports.Witness, ok bool) {
	l, below := e.p.Limit, math.MaxInt
	for _, role := range roles {
		a := e.attempts[role]
		if a == nil {
			continue
		}
		step := 1
		if l.Scope == System {
			step = len(a.tracks)
		}
		for key := 0; key < len(a.tracks); key += step {
			from, to, n, found := overrun(a.tracks[key:key+step], l, below)
			if !found {
				continue
			}
			over := to - from + hidden(a.tracks[key:key+step])
			below = n
			w, ok = reports.Witness{Phase: a.Phase.Name, Accepted: int64(n), From: a.Start.Seconds() + from, To: a.Start.Seconds() + to}, true
			for of := range step {
				w.Keys = append(w.Keys, key+of)
			}
			w.Calls = sentWithin(a.tracks[key:key+step], from, to)
			w.Text = fmt.Sprintf("%d calls were accepted within %.3f s; a bucket of %.4g that is full at first and fills at %.4g per second lets through %.0f at most",
				n, over, l.Burst, l.Rate, math.Floor(l.Burst+l.Rate*over))
		}
	}
	return w, ok
}

// firstLost returns the first call that was sent when Korea was being taken down, or after, and was lost; where there
// is none, the first that was under way by then.
func (e *evidence) firstLost() (w reports.Witness, ok bool) {
	a := e.attempts[Outage]
	for key, c := range bySend(a.tracks) {
		sent, done := time.Duration(c.send)*time.Microsecond, time.Duration(c.done)*time.Microsecond
		if c.class == Accepted || done < a.Down.DownAsked || sent > a.Down.Up || ok && sent < a.Down.DownAsked {
			continue
		}
		when := fmt.Sprintf("sent %.3f s after Korea was taken down", (sent - a.Down.DownAsked).Seconds())
		if sent < a.Down.DownAsked {
			when = "under way when Korea was taken down"
		}
		w, ok = reports.Witness{Phase: a.Phase.Name, Keys: []int{key}, From: (a.Start + sent).Seconds(), To: (a.Start + done).Seconds(), Calls: 1,
			Text: fmt.Sprintf("a call of key %d was %s and ended as %s", key+1, when, c.class)}, true
		if sent >= a.Down.DownAsked {
			break
		}
	}
	return w, ok
}

const (
	mostListed = 40   // calls of a witness
	rounding   = 1e-7 // seconds: a tenth of what the times of calls are counted in
)

// listed returns the first calls of a witness.
func (e *evidence) listed(w reports.Witness) (out []reports.Witnessed) {
	a := e.latest(w.Phase)
	for key, c := range bySend(a.tracks) {
		at := a.Start.Seconds() + inSeconds(c.send)
		if at > w.To+rounding || len(out) == mostListed {
			break
		}
		if at >= w.From-rounding && slices.Contains(w.Keys, key) {
			out = append(out, reports.Witnessed{Key: key, Sent: at, Answered: a.Start.Seconds() + inSeconds(c.done), Was: c.class.String()})
		}
	}
	return out
}

// A refusal is one of a key's calls that was not accepted.
type refusal struct {
	number int // among the key's calls
	outcome
}

// mostInClump bounds the refusals of a witness: further back is not looked, as a stretch of more would be too long to
// check by hand.
const mostInClump = 256

// A clump is the latest refusals of a key.
type clump struct {
	n      int // calls of the key
	latest []refusal
}

// clumps looks for the shortest stretch of a key's calls, from one refusal to another, that refutes "a call is refused
// with a chance of at most p".
type clumps struct {
	bet   bet
	p     float64
	level float64 // of the bet's logarithm
	keys  []clump

	limit       int // a stretch must be shorter
	key, calls  int // of the stretch that was found; no calls: none was
	refused     int
	excused     int
	first, last outcome
}

// newClumps looks for one among so many calls. The stretch is chosen after the fact: a bet begins at each of the calls,
// and each gets its part of alpha.
func newClumps(p float64, calls, keys int) *clumps {
	return &clumps{bet: betAgainst(p), p: p, level: -math.Log(alpha / float64(max(1, calls))), keys: make([]clump, keys), limit: math.MaxInt}
}

// add looks at the next call.
func (c *clumps) add(key int, o outcome) {
	k := &c.keys[key]
	if k.n++; !o.refused {
		return
	}
	if len(k.latest) == mostInClump {
		k.latest = k.latest[:copy(k.latest, k.latest[mostInClump/2:])]
	}
	k.latest = append(k.latest, refusal{k.n, o})
	excused := 0
	for refused, r := range backwards(k.latest) {
		n := k.n - r.number + 1
		if n >= c.limit {
			return
		}
		if r.excused || r.full {
			excused++
		}
		if c.bet.wealth(refused, n) >= c.level {
			c.limit, c.key, c.calls, c.refused, c.excused, c.first, c.last = n, key, n, refused, excused, r.outcome, o
			return
		}
	}
}

// backwards gives refusals from the last one on, counted from one.
func backwards(all []refusal) iter.Seq2[int, refusal] {
	return func(yield func(int, refusal) bool) {
		for i, r := range slices.Backward(all) {
			if !yield(len(all)-i, r) {
				return
			}
		}
	}
}

// witness describes the stretch that was found.
func (c *clumps) witness(phase string) reports.Witness {
	from, to := c.first.at, c.last.at
	w := reports.Witness{Phase: phase, Keys: []int{c.key}, From: from.Seconds(), To: to.Seconds(), Calls: int64(c.calls), Accepted: int64(c.calls - c.refused)}
	w.Text = fmt.Sprintf("of %d calls in a row of key %d there were %d refused, within %.0f ms; at most one in %.0f may be",
		c.calls, c.key+1, c.refused, 1000*(to-from).Seconds(), 1/c.p)
	if c.excused > 0 {
		w.Text += fmt.Sprintf("; %d of the refusals came so soon after an accepted call that a bucket of one, or a count by the second, explains them", c.excused)
	}
	return w
}
