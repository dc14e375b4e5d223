package reports

import (
	"fmt"
	"slices"
)

// keyTurn is a key of a profile in each run: the first of one beside the first of the other, as their names are drawn.
type keyTurn [2]*keyView // nil: a run has no calls on it

// fewKeys are shown at once; more are behind a line that opens.
const fewKeys = 8

// keys draws every key of both runs on one scale, with what the fitted limiter of its run would accept. Of a profile
// that one run lacks there is nothing to compare.
func (t *loadTurn) keys() {
	if t.Cells[0] == nil || t.Cells[1] == nil {
		return
	}
	all, peak, limit := [2][]series{}, 0.0, 0.0
	for side, c := range t.Cells {
		all[side] = c.fitted()
		for _, s := range all[side] {
			peak = max(peak, s.peak())
		}
		if c.Limit != nil && (c.Limit.Scope != "system" || len(c.Keys) == 1) {
			limit = max(limit, c.Limit.Rate)
		}
	}
	for i := range max(len(all[0]), len(all[1])) {
		var turn keyTurn
		for side, c := range t.Cells {
			if i < len(all[side]) && all[side][i].seconds() > 0 {
				turn[side] = c.key(fmt.Sprintf("%s-%d-k%d", t.Anchor, side+1, i+1), i, all[side][i], ceiling(peak, limit), limit)
			}
		}
		if turn != (keyTurn{}) {
			t.Keys = append(t.Keys, turn)
		}
	}
}

// fitted are the series of the keys, each with what the limiter that was fitted would accept.
func (l *Load) fitted() []series {
	all, fits := make([]series, len(l.Keys)), l.replayed(Fitted).series()
	for i := range l.Keys {
		all[i] = seriesOf(&l.Keys[i])
		if i < len(fits) {
			all[i].fit = fits[i]
		}
	}
	return all
}

// together is the series of all keys as one, with what the limiter that was fitted would accept.
func (l *Load) together() series {
	all := sumOf(l.Keys)
	for _, f := range l.replayed(Fitted).series() {
		all.fit = plus(all.fit, f)
	}
	return all
}

// key draws one key of the run.
func (c *loadCell) key(id string, i int, s series, top, limit float64) *keyView {
	p := draw(s, 520, 180, top, limit, phasesOf(c.Phases, i))
	p.name(id, say("c.key-of", c.Keys[i].Name, c.Side), describe(s))
	return &keyView{&c.Keys[i], p, totals(s)}
}

// Few says that the keys need not be folded away.
func (t *loadTurn) Few() bool { return len(t.Keys) <= fewKeys }

// spectra lay the latency of each phase that both runs have over one another: now as it is drawn from due elsewhere,
// before as it is from send.
func (t *loadTurn) spectra() {
	before, now := t.Cells[0], t.Cells[1]
	if before == nil || now == nil {
		return
	}
	var both []Phase
	for _, ph := range now.Phases {
		at := slices.IndexFunc(before.Phases, func(old Phase) bool { return old.Name == ph.Name && old.Attempt == ph.Attempt })
		if at >= 0 && ph.Due.Count > 0 && before.Phases[at].Due.Count > 0 {
			both = append(both, Phase{Name: ph.Name, Attempt: ph.Attempt, Due: ph.Due, Send: before.Phases[at].Due})
		}
	}
	t.Spectra = spectra(both, t.Anchor)
	for _, s := range t.Spectra {
		was, is := s.Phase.Send, s.Phase.Due
		s.name(s.ID, say("c.spectrum", s.Phase.Name), say("c.spectrum-desc", was.P50, was.P99, was.Max, is.P50, is.P99, is.Max))
	}
}
