package reports

import (
	"html/template"
	"math"
)

// isolation is what each key got in each phase.
type isolation struct {
	Phases []isolationPhase
	Rows   []isolationRow
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
	Class string // how near it is to what the published limit gives: full, near or less; empty: that is not known
}

// sign stands for a class of cells where colours are not seen.
func sign(class string) string {
	return map[string]string{"full": "✓", "near": "!", "less": "✗"}[class]
}

// isolated lays out the phases that counted; nil with fewer than two keys. A phase that was repeated shows its last
// attempt.
func isolated(l *Load) *isolation {
	if len(l.Keys) < 2 || len(l.Phases) == 0 {
		return nil
	}
	m, rows, due := &isolation{}, make([]isolationRow, len(l.Keys)), l.due()
	for i, ph := range l.Phases {
		if i+1 < len(l.Phases) && l.Phases[i+1].Name == ph.Name {
			continue
		}
		m.Phases = append(m.Phases, isolationPhase{ph.Name, say("at-rate", len(ph.Keys), ph.Rate)})
		for k := range l.Keys {
			rows[k].Cells = append(rows[k].Cells, got(&l.Keys[k], due[k], &ph))
		}
	}
	for k := range rows {
		rows[k].Key = l.Keys[k].Name
	}
	m.Rows = rows
	return m
}

// heard says what the sign means.
func heard(class string) template.HTML {
	return map[string]phrase{"full": say("cell.full"), "near": say("cell.near"), "less": say("cell.less")}[class].hidden()
}

// due is what the published limit gives each key in each second; nil for each where no replay says it.
func (l *Load) due() [][]float64 {
	if due := l.replayed(Published).series(); len(due) == len(l.Keys) {
		return due
	}
	return make([][]float64, len(l.Keys))
}

// got is what a key got in the seconds of a phase, beside what was due to it.
func got(k *KeySeries, due []float64, ph *Phase) isolationCell {
	from, to := int(math.Floor(ph.Start)), int(math.Ceil(ph.Start+ph.Seconds))
	offered, accepted := within(spread(k.Offered, k.Step), from, to), within(spread(k.Accepted, k.Step), from, to)
	if offered == 0 || ph.Seconds <= 0 {
		return isolationCell{}
	}
	cell := isolationCell{Rate: decimal(math.Round(10*accepted/ph.Seconds) / 10), Share: percent(accepted / offered)}
	if due != nil {
		cell.Class = near(accepted, within(due, from, to))
	}
	return cell
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

// percent says all only of all.
func percent(share float64) string {
	if share < 1 && share > 0.999 {
		return "> 99.9 %"
	}
	return decimal(math.Round(share*1000)/10) + " %"
}
