package loadgen

import (
	"cmp"
	"math"
	"slices"

	"github.com/kmsproof/kmsproof/reports"
)

// fairness says of every phase that drives several keys over the limit how evenly it fell on them.
func (e *evidence) fairness() (out []reports.Fairness) {
	for _, a := range e.r.Played {
		if a != e.latest(a.Phase.Name) || a.Phase.Keys < 2 || !e.p.Overloads(a.Phase) {
			continue
		}
		var offered, accepted []float64
		for i := range a.tracks {
			sent := 0.0
			for _, n := range a.tracks[i].counts {
				sent += float64(n)
			}
			offered, accepted = append(offered, sent), append(accepted, float64(a.tracks[i].counts[Accepted]))
		}
		due := math.Inf(1)
		if e.p.Limit.Scope == PerKey {
			due = e.p.Limit.Rate * a.Phase.Length.Seconds()
		}
		out = append(out, fair(a.Phase.Name, offered, accepted, due))
	}
	return out
}

// latest returns the last attempt at the phase of a name; nil when there is none.
func (e *evidence) latest(phase string) (last *Played) {
	for _, a := range e.r.Played {
		if a.Phase.Name == phase {
			last = a
		}
	}
	return last
}

// all returns the latest attempts of the phases of a role, which of those were not played, and what was wrong with the
// others.
func (e *evidence) all(r Role) (played []*Played, missing, problems []string) {
	for _, ph := range e.p.Phases {
		switch a := e.latest(ph.Name); {
		case ph.Role != r:
		case a == nil:
			missing = append(missing, ph.Name+" was not played")
		default:
			played = append(played, a)
			problems = append(problems, e.faults[a]...)
		}
	}
	return played, missing, problems
}

// fair compares what each key got with what it was offered, at most what it is due.
func fair(phase string, offered, accepted []float64, due float64) reports.Fairness {
	f := reports.Fairness{Phase: phase, WorstShare: 1}
	var shares []float64
	for i, got := range accepted {
		share := 1.0
		if want := min(offered[i], due); want > 0 {
			share = min(1, got/want)
		}
		if share < f.WorstShare {
			f.Worst, f.WorstShare = i, share
		}
		shares = append(shares, share)
	}
	f.Jain, f.MaxMin = jain(shares), fromMaxMin(offered, accepted)
	return f
}

// jain returns Jain's index of fairness: (Σx)² / (n·Σx²). It is one when all are equal, and 1/n when one
// has everything. That nobody has anything is even.
func jain(shares []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, x := range shares {
		sum, squares = sum+x, squares+x*x
	}
	if squares == 0 {
		return 1
	}
	return sum * sum / (float64(len(shares)) * squares)
}

// fromMaxMin returns which share of what was accepted went to another key than under max-min fairness,
// which gives as much as it can to who has least, and to nobody more than it asks for.
func fromMaxMin(offered, accepted []float64) float64 {
	total, moved := 0.0, 0.0
	for _, a := range accepted {
		total += a
	}
	if total == 0 {
		return 0
	}
	for i, m := range maxMin(offered, total) {
		moved += math.Abs(accepted[i]-m) / 2
	}
	return moved / total
}

// maxMin divides a total among demands by max-min fairness.
func maxMin(demands []float64, total float64) []float64 {
	order := make([]int, len(demands))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(demands[a], demands[b]) })
	out := make([]float64, len(demands))
	for n, i := range order {
		out[i] = min(demands[i], total/float64(len(order)-n))
		total -= out[i]
	}
	return out
}
