package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// claimRefill is the claim of the role Refill.
const claimRefill = "refill"

// vagueAbove is the share of the calls owed up to which they must be known for a rest to say anything:
// they are counted from a refusal to a refusal, and when the limiter saw those is known up to a round trip.
const vagueAbove = 0.2

// A regrown is what a key could use after a rest.
type regrown struct {
	key  int
	rest time.Duration
	took float64  // calls of the burst after it that were accepted
	owed interval // what the published bucket accepts of them
}

func (g regrown) vague() bool { return g.owed.high-g.owed.low > 2+vagueAbove*g.owed.high }

func (g regrown) short() bool { return g.took < (1-tolerance)*g.owed.low }

func (g regrown) more() bool { return g.took > (1+tolerance)*g.owed.high }

func (g regrown) String() string {
	return fmt.Sprintf("%v: %.0f of %s", g.rest.Round(time.Millisecond), g.took, about(g.owed))
}

// stepped reports whether everything came back at once where part of it was owed.
func (g regrown) stepped(burst float64) bool {
	return g.more() && g.took >= burst-1 && g.owed.high < 0.9*burst
}

// about writes a count that may be known to a range.
func about(i interval) string {
	low, high := math.Round(i.low), math.Round(i.high)
	if low == high {
		return fmt.Sprintf("%.0f", low)
	}
	return fmt.Sprintf("%.0f to %.0f", low, high)
}

// bursts cuts the calls of a key into the bursts of its course, each by send.
func bursts(ph Phase, t *track) (rests []time.Duration, out [][]call) {
	var at, rest time.Duration
	var starts []time.Duration
	for _, s := range ph.stretches() {
		if s.Burst > 0 {
			starts, rests, rest = append(starts, at), append(rests, rest), 0
			continue
		}
		at += s.Length
		rest += s.Length
	}
	out = make([][]call, len(starts))
	for _, c := range t.calls {
		i, found := slices.BinarySearch(starts, time.Duration(c.send)*time.Microsecond)
		if !found {
			i--
		}
		out[max(i, 0)] = append(out[max(i, 0)], c)
	}
	for _, b := range out {
		slices.SortStableFunc(b, func(x, y call) int { return int(x.send) - int(y.send) })
	}
	return rests, out
}

// lastRefused returns the last call that found the bucket empty; where none did, ok is false and the call
// is the last of all.
func lastRefused(burst []call) (c call, ok bool) {
	for _, c := range slices.Backward(burst) {
		if c.class.Limited() {
			return c, true
		}
	}
	return burst[len(burst)-1], false
}

// regrowth compares what each burst but the first could use with what the published bucket brings back. At
// the last refusal of a burst the bucket was empty; then it fills at its rate, up to its size, and from
// the first call of the next burst on what flows in is used at once. When the limiter saw a call is known
// up to its send and its answer.
func regrowth(ph Phase, t *track, key int, l Limit) (out []regrown) {
	rests, all := bursts(ph, t)
	for i := 1; i < len(all); i++ {
		if len(all[i-1]) == 0 || len(all[i]) == 0 {
			continue
		}
		u, emptied := lastRefused(all[i-1])
		v, _ := lastRefused(all[i])
		w := all[i][0]
		flow := func(from, to uint32) float64 { return max(0, l.Rate*(inSeconds(to)-inSeconds(from))) }
		g := regrown{key: key, rest: rests[i], owed: interval{
			low:  min(l.Burst, flow(end(all[i-1]), w.send)) + flow(w.done, v.send) - 1,
			high: l.Burst + flow(w.send, end(all[i])) + 1,
		}}
		if emptied {
			g.owed.high = min(l.Burst, 1+flow(u.send, w.done)) + flow(w.send, end(all[i])) + 1
		}
		for _, c := range all[i] {
			if c.class == Accepted {
				g.took++
			}
		}
		out = append(out, g)
	}
	return out
}

// end returns when the last answer came.
func end(burst []call) uint32 {
	return slices.MaxFunc(burst, func(x, y call) int { return cmp.Compare(x.done, y.done) }).done
}

// refill: what a key has used grows back at its rate, up to its burst.
func (e *evidence) refill() []reports.Claim {
	a := e.attempts[Refill]
	c := reports.Claim{Name: claimRefill, Gates: e.r.Reference,
		Text: fmt.Sprintf("what a key has used grows back evenly at %.4g calls per second, up to %.4g", e.p.Limit.Rate, e.p.Limit.Burst)}
	c, ok := e.legible(c, Refill)
	if !ok {
		return []reports.Claim{c}
	}
	var all, wrong []regrown
	for key := range a.tracks {
		all = append(all, regrowth(a.Phase, &a.tracks[key], key, e.p.Limit)...)
	}
	vague := 0
	for _, g := range all {
		switch {
		case g.short() || g.more():
			wrong = append(wrong, g)
		case g.vague():
			vague++
		}
	}
	c.Bound = fmt.Sprintf("calls accepted after a rest, of those owed, on the first key: %s", lines(all, 0))
	t := a.tally()
	switch {
	case t.errors+t.refused > 0:
		return []reports.Claim{settle(c, reports.ClaimInconclusive, "%d calls were neither accepted nor refused by the limit", t.errors+t.refused)}
	case len(wrong) > 0:
		return []reports.Claim{settle(c, reports.Refuted, "what key %d has used %s: after a rest of %s", wrong[0].key+1, manner(wrong, e.p.Limit.Burst), lines(wrong, wrong[0].key))}
	case len(all) == 0 || vague > 0:
		return []reports.Claim{settle(c, reports.ClaimInconclusive, "after %d of %d rests the answers came too slowly to say what came back", vague, len(all))}
	}
	return []reports.Claim{settle(c, reports.Proven, "after %d rests of %v to %v each of %d keys could use what %.4g per second bring, and no more than %.4g",
		len(all)/len(a.tracks), shortest(all), longest(all), len(a.tracks), e.p.Limit.Rate, e.p.Limit.Burst)}
}

// manner says how it came back where it came back wrongly.
func manner(wrong []regrown, burst float64) string {
	switch {
	case slices.ContainsFunc(wrong, func(g regrown) bool { return g.more() && g.owed.high >= burst }):
		return "grows back too far"
	case slices.ContainsFunc(wrong, func(g regrown) bool { return g.stepped(burst) }):
		return "comes back in steps, not evenly"
	case slices.ContainsFunc(wrong, regrown.more):
		return "grows back too fast"
	}
	return "grows back too slowly or not far enough"
}

func lines(all []regrown, key int) string {
	var parts []string
	for _, g := range all {
		if g.key == key {
			parts = append(parts, g.String())
		}
	}
	return strings.Join(parts, ", ")
}

func shortest(all []regrown) time.Duration {
	return slices.MinFunc(all, func(a, b regrown) int { return int(a.rest - b.rest) }).rest
}

func longest(all []regrown) time.Duration {
	return slices.MaxFunc(all, func(a, b regrown) int { return int(a.rest - b.rest) }).rest
}

func checkRefill(ph Phase, field string) error {
	n := 0
	for _, s := range ph.Shape {
		if s.Burst > 0 {
			n++
		} else if s.Rate > 0 || s.To > 0 {
			return fmt.Errorf("%s.shape: the role refill has bursts and silence, and no rate", field)
		}
	}
	if n < 2 {
		return fmt.Errorf("%s.shape: the role refill needs two bursts at least", field)
	}
	return nil
}

func detectsRefill(p Profile, ph Phase) []string {
	return []string{fmt.Sprintf("%s: what comes back in a rest, to %.2g %% and about two calls, if a burst is answered within a fifth of the rest before it", ph.Name, 100*tolerance)}
}
