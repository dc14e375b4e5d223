package reports

import "math"

// isolation is what each key got in each phase.
type isolation struct {
	Phases []isolationPhase
	Rows   []isolationRow
	Says   phrase
}

type isolationPhase struct {
	Name string
	Rate phrase
}

type isolationRow struct {
	Key   string
	Cells []isolationCell
}

// isolationCell is empty where the phase put no load on the key.
type isolationCell struct {
	Rate  string // accepted calls per second
	Share string // of what was offered
	Class string // how near it is to what the published limit gives: full, near or less
}

// isolated lays out the phases that counted; nil with fewer than two keys. A phase that was repeated shows its last
// attempt.
func isolated(l *Load) *isolation {
	if len(l.Keys) < 2 || len(l.Phases) == 0 {
		return nil
	}
	m, worst, fairness := &isolation{}, 1.0, 1.0
	rows, due := make([]isolationRow, len(l.Keys)), l.due()
	for i, ph := range l.Phases {
		if i+1 < len(l.Phases) && l.Phases[i+1].Name == ph.Name {
			continue
		}
		m.Phases = append(m.Phases, isolationPhase{ph.Name, say("at-rate", len(ph.Keys), ph.Rate)})
		var shares []float64
		for k := range l.Keys {
			cell, share, loaded := got(&l.Keys[k], due[k], &ph)
			rows[k].Cells = append(rows[k].Cells, cell)
			if loaded {
				shares = append(shares, share)
				if l.permits(&ph) {
					worst = min(worst, share)
				}
			}
		}
		fairness = min(fairness, jain(shares))
	}
	for k := range rows {
		rows[k].Key = l.Keys[k].Name
	}
	m.Rows, m.Says = rows, say("fairness", percent(worst), decimal(math.Round(fairness*1000)/1000))
	return m
}

// permits reports whether a phase stays within the published limit, so that all of it should be accepted.
func (l *Load) permits(ph *Phase) bool {
	switch {
	case l.Limit == nil:
		return true
	case l.Limit.Scope == "system":
		return ph.Rate*float64(len(ph.Keys)) <= l.Limit.Rate
	default:
		return ph.Rate <= l.Limit.Rate
	}
}

// due is what the published limit gives each key in each second; all that was offered where none is published.
func (l *Load) due() [][]float64 {
	if l.Limit != nil {
		return bucket{l.Limit.Rate, l.Limit.Rate}.replay(l.Keys, l.Limit.Scope)
	}
	var all [][]float64
	for i := range l.Keys {
		all = append(all, floats(l.Keys[i].Offered))
	}
	return all
}

// got is what a key got in the seconds of a phase, beside what was due to it.
func got(k *KeySeries, due []float64, ph *Phase) (cell isolationCell, share float64, loaded bool) {
	from, to := int(math.Floor(ph.Start)), int(math.Ceil(ph.Start+ph.Seconds))
	offered, accepted := within(floats(k.Offered), from, to), within(floats(k.Accepted), from, to)
	if offered == 0 || ph.Seconds <= 0 {
		return isolationCell{}, 0, false
	}
	return isolationCell{decimal(math.Round(10*accepted/ph.Seconds) / 10), percent(accepted / offered), near(accepted, within(due, from, to))}, accepted / offered, true
}

// near names how much of what was due came. Two in a hundred are within what a replay by whole seconds can say.
func near(got, due float64) string {
	switch {
	case got >= 0.98*due:
		return "full"
	case got >= 0.8*due:
		return "near"
	default:
		return "less"
	}
}

func within(v []float64, from, to int) float64 { return sum(v[min(from, len(v)):min(to, len(v))]) }

// jain is Jain's fairness index: 1 if all get the same share, 1/n if one gets everything.
func jain(shares []float64) float64 {
	square := 0.0
	for _, s := range shares {
		square += s * s
	}
	if square == 0 {
		return 1
	}
	total := sum(shares)
	return total * total / (float64(len(shares)) * square)
}

// percent says all only of all.
func percent(share float64) string {
	if share < 1 && share > 0.999 {
		return "> 99.9 %"
	}
	return decimal(math.Round(share*1000)/10) + " %"
}
