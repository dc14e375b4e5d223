package loadgen

import (
	"fmt"
	"math"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// witnesses returns for the refuted claims the shortest stretch that refutes them by itself.
func (e *evidence) witnesses(claims []reports.Claim) (out []reports.Witness) {
	for _, c := range claims {
		if c.Verdict != reports.Refuted {
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
		}
		if ok {
			found.Claim = c.Name
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
		for key := range a.tracks {
			marks, _ := markRefusals(observe(a.tracks[key : key+1]))
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
	for _, at := range sends(tracks) {
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
	s, _ := e.conformed()
	shortest := math.MaxInt
	for key, k := range s.keys {
		first, last, refused, found := k.shortest(rarely, alpha/float64(max(1, s.all.n)), shortest)
		if !found {
			continue
		}
		n := last - first + 1
		shortest, ok = n, true
		from, to := k.outcomes[first], k.outcomes[last]
		w = reports.Witness{Phase: e.phaseAt(from.at), Keys: []int{key}, From: from.at.Seconds(), To: to.at.Seconds(), Calls: int64(n), Accepted: int64(n - refused)}
		w.Text = fmt.Sprintf("%d of %d calls of key %d in a row were refused, within %.0f ms; at most one in %.0f may be",
			refused, n, key+1, 1000*(to.at-from.at).Seconds(), 1/rarely)
	}
	return w, ok
}

// shortest returns the shortest stretch of fewer than limit calls, from one refusal to another, that
// refutes "refused at most p" at a level.
func (t tried) shortest(p, level float64, limit int) (first, last, refused int, ok bool) {
	for i, o := range t.outcomes {
		if !o.refused {
			continue
		}
		k := 0
		for j := i; j < len(t.outcomes) && j-i+1 < limit; j++ {
			if !t.outcomes[j].refused {
				continue
			}
			if k++; wealth(k, j-i+1, p) >= -math.Log(level) {
				first, last, refused, limit, ok = i, j, k, j-i+1, true
				break
			}
		}
	}
	return first, last, refused, ok
}

// phaseAt names the phase that was played at a time since the start of the profile.
func (e *evidence) phaseAt(at time.Duration) (name string) {
	for _, a := range e.r.Played {
		if a.Start <= at {
			name = a.Phase.Name
		}
	}
	return name
}
