package loadgen

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"
)

// certify returns what the generator failed to deliver in an attempt, in words; nothing when the
// attempt counts. Latency of answers is the target's and is not looked at.
func certify(p Profile, a *Played) (problems []string) {
	t, b := a.tally(), p.bounds(a.Phase)
	if len(a.Lost) > 0 {
		return slices.Clone(a.Lost)
	}
	if given := a.givenUp(b); len(given) > 0 {
		return given
	}
	blame := a.blame(b)
	if a.GivenUp > 0 {
		return []string{fmt.Sprintf("%s was given up after %.1f s: %d of %d calls could not leave in time by then, at most %.4g %% may%s",
			a.Phase.Name, a.GivenUp.Seconds(), t.missed-t.blocked, t.planned, 100*(1-b.Sent), blame)}
	}
	own := t.planned - t.blocked // what the target held up is not the generator's
	if never := t.neverDue(); never > 0 {
		problems = append(problems, fmt.Sprintf("%s was cut short: %d of %d planned calls were never due", a.Phase.Name, never, t.planned))
	}
	if share := float64(t.sent) / float64(max(own, 1)); share < b.Sent {
		problems = append(problems, fmt.Sprintf("%s: %.2f %% of the %d planned calls were sent, at least %.4g %% are needed (%d missed)%s",
			a.Phase.Name, 100*share, own, 100*b.Sent, t.missed-t.blocked, blame))
	}
	for _, problem := range a.audit() {
		problems = append(problems, a.Phase.Name+": "+problem)
	}
	if late := a.late.quantile(99); late > b.LateP99 {
		problems = append(problems, fmt.Sprintf("%s: the slowest 1 %% of the calls left %v or more after they were due, at most %v is allowed%s",
			a.Phase.Name, lateness(late), b.LateP99, blame))
	}
	if crowd := a.crowd(p.MissAfter); crowd != "" {
		problems = append(problems, a.Phase.Name+": "+crowd)
	}
	if len(problems) == 0 {
		problems = a.unfit(b)
	}
	if p.Overloads(a.Phase) {
		return problems
	}
	if asked, most := need(a, p.Limit), cmp.Or(b.Burst, uneventful); asked > most {
		problems = append(problems, fmt.Sprintf("%s: calls left so close together that only a bucket of %.1f takes them, at most %.4g is allowed", a.Phase.Name, asked, most))
	}
	return problems
}

// uneventful is the largest bucket that the sends of a conforming phase may ask for unless the profile
// says otherwise, in calls.
const uneventful = 5

// need returns the smallest token bucket of the given rate that would have let through every call
// of each key (PerKey: the largest over the keys) or of all keys together (System). It is what the
// generator's own unevenness asks of a limiter: the peak of a queue that drains at that rate.
func need(a *Played, l Limit) float64 {
	if l.Scope == System {
		return queuePeak(sends(a.tracks), l.Rate)
	}
	return a.worstPeak(l.Rate)
}

// worstPeak returns the largest bucket of a rate that the sends of a key ask for.
func (p *Played) worstPeak(rate float64) (worst float64) {
	for i := range p.tracks {
		worst = max(worst, queuePeak(p.tracks[i].sends, rate))
	}
	return worst
}

// crowding is by what share of its rate more calls of a key may leave in a second, wherever that begins, than are due in it.
const crowding = 0.01

// shift is by how much of an interval a call of a steady phase may be due later or earlier than at its point of all
// intervals, at most: see [course].
const shift = 0.5

// crowd says on which key of a phase at a constant rate more calls left in a second than its rate and its lateness
// explain: lost time was made up for. Fewer may leave, and the share that is sent bounds by how many.
func (p *Played) crowd(missAfter time.Duration) string {
	if ph := p.Phase; !ph.steady() || len(ph.Shape) > 0 || ph.Spacing == Poisson {
		return ""
	}
	for key := range p.tracks {
		t, rate := &p.tracks[key], p.Phase.of(key).Rate
		most := int(rate*(1+max(crowding, (missAfter+t.slack).Seconds()))+shift) + 1
		if packed(t.sends, most) {
			return fmt.Sprintf("more than %d calls on key %d left within a second, at %.4g per second", most, key+1, rate)
		}
	}
	return ""
}

// packed reports whether more than so many of some times, in seconds and in order, lie within a second.
func packed(times iter.Seq[float64], most int) bool {
	recent := make([]float64, 0, most) // the last ones, in a ring
	oldest := 0
	for t := range times {
		if len(recent) < most {
			recent = append(recent, t)
			continue
		}
		if t-recent[oldest] < 1 {
			return true
		}
		recent[oldest] = t
		if oldest++; oldest == most {
			oldest = 0
		}
	}
	return false
}

// A queue gets one unit at each of some times and drains in between.
type queue struct{ level, last float64 }

// add puts in the unit of a time, in seconds and not before the last one; it returns the level.
func (q *queue) add(at, rate float64) float64 {
	q.level = max(0, q.level-rate*(at-q.last)) + 1
	q.last = at
	return q.level
}

// queuePeak returns the highest level of a queue that drains at rate per second. The times come in order.
func queuePeak(times iter.Seq[float64], rate float64) (peak float64) {
	var q queue
	for t := range times {
		peak = max(peak, q.add(t, rate))
	}
	return peak
}
