package reports

import "slices"

// replayed returns the replay of a role; nil where the run file has none.
func (l *Load) replayed(role ReplayRole) *Replay {
	i := slices.IndexFunc(l.Replays, func(r Replay) bool { return r.Role == role })
	if i < 0 {
		return nil
	}
	return &l.Replays[i]
}

// nearest returns the limiter that is not the fitted one and would have answered most like what was seen; nil
// where nothing was replayed.
func (l *Load) nearest() (near *Replay) {
	for i := range l.Replays {
		if r := &l.Replays[i]; r.Role != Fitted && (near == nil || r.Apart < near.Apart) {
			near = r
		}
	}
	return near
}

// farApart is the share of calls beyond which a replay is not like what was seen.
const farApart = 0.1

// series is what a replay would have accepted of each key in each second; nil of none.
func (r *Replay) series() (out [][]float64) {
	if r == nil {
		return nil
	}
	for _, k := range r.Accepted {
		out = append(out, spread(k, r.Step))
	}
	return out
}

// phrase is the limiter's name in each language.
func (r *Replay) phrase() phrase {
	scope, said := sayOr("sc.", r.Scope), phrase{}
	switch {
	case r.Rate == 0:
		return same(r.Limiter)
	case r.Role == Fitted:
		said = say("rl.bucket", figure(r.Rate), figure(r.Burst), scope)
	case r.Window:
		said = say("rl.window", figure(r.Rate), scope)
	default:
		said = say("rl.rate", figure(r.Rate), scope)
	}
	said[english] = r.Limiter
	return said
}

// whatIf is how a load would have looked with other limiters.
type whatIf struct {
	Says    phrase
	Figures []whatIfFigure
	Rows    []whatIfRow
}

type whatIfFigure struct {
	*Replay
	Name    phrase
	Differ  string // share of the calls
	Nearest bool
	Plot    *plot
}

type whatIfRow struct {
	Key          string
	Offered, Was string
	Would        []string // by figure
}

// otherwise draws every replay of the run file; nil where it has none.
func (l *Load) otherwise(anchor string) *whatIf {
	near := l.nearest()
	if near == nil {
		return nil
	}
	all := sumOf(l.Keys)
	w := &whatIf{Says: say("what-if-near", near.phrase(), percent(near.Apart))}
	if near.Apart > farApart {
		w.Says = say("what-if-none", near.phrase(), percent(near.Apart))
	}
	for i := range l.Replays {
		r := &l.Replays[i]
		s := series{offered: all.offered, fit: all.accepted}
		for _, k := range r.series() {
			s.accepted = plus(s.accepted, k)
		}
		f := whatIfFigure{r, r.phrase(), percent(r.Apart), r == near, draw(s, 360, 180, ceiling(all.peak(), 0), 0, l.Phases)}
		f.Plot.name(anchor+"-w"+whole([]float64{float64(i + 1)}), say("what-if-of", r.phrase()), say("what-if-desc", whole(s.accepted), whole(all.accepted)))
		w.Figures = append(w.Figures, f)
	}
	for k := range l.Keys {
		w.Rows = append(w.Rows, l.whatIfRow(k))
	}
	return w
}

func (l *Load) whatIfRow(key int) whatIfRow {
	k := &l.Keys[key]
	row := whatIfRow{Key: k.Name, Offered: whole(floats(k.Offered)), Was: whole(floats(k.Accepted))}
	for i := range l.Replays {
		would := "0"
		if a := l.Replays[i].Accepted; key < len(a) {
			would = whole(floats(a[key]))
		}
		row.Would = append(row.Would, would)
	}
	return row
}

// whole is the sum of a series, to a whole call.
func whole(v []float64) string { return grouped(int64(sum(v) + 0.5)) }
