package reports

import (
	"fmt"
	"maps"
	"slices"
)

// loadView is a load profile as the page shows it.
type loadView struct {
	*Load
	Anchor  string
	Sum     *plot // all keys together; nil with a single key
	Plots   []keyView
	Model   string // in words; empty if none was fitted
	Limited bool   // some key was refused by a limit
	Other   bool
	Line    string // what the limit line is; empty: there is none
}

type keyView struct {
	*KeySeries
	Plot   *plot
	Totals string
}

func newLoadView(n int, l *Load) loadView {
	v := loadView{Load: l, Anchor: fmt.Sprintf("load-%d", n+1), Model: modelWords(l.Model)}
	var perKey, shared float64
	if l.Limit != nil && l.Limit.Scope == "system" {
		shared = l.Limit.Rate
		v.Line = fmt.Sprintf("published limit: %s per second for all keys together", decimal(shared))
	} else if l.Limit != nil {
		perKey = l.Limit.Rate
		v.Line = fmt.Sprintf("published limit: %s per second for each key", decimal(perKey))
	}
	all := sumOf(l.Keys)
	v.Limited, v.Other = sum(all.limited) > 0, sum(all.other) > 0
	if len(l.Keys) > 1 {
		v.Sum = draw(all, 760, 220, ceiling(all.peak(), shared), shared, l.Phases)
		v.Sum.name(v.Anchor+"-all", "All keys together", describe(all))
	} else {
		perKey = max(perKey, shared)
	}
	v.keys(perKey)
	return v
}

// keys draws every key on the same scale, so that their heights compare.
func (v *loadView) keys(limit float64) {
	peak := 0.0
	for i := range v.Keys {
		peak = max(peak, seriesOf(&v.Keys[i]).peak())
	}
	for i := range v.Keys {
		k := &v.Keys[i]
		s := seriesOf(k)
		p := draw(s, 360, 170, ceiling(peak, limit), limit, phasesOf(v.Phases, i))
		p.name(fmt.Sprintf("%s-k%d", v.Anchor, i+1), "Key "+k.Name, describe(s))
		v.Plots = append(v.Plots, keyView{k, p, totals(s)})
	}
}

func (p *plot) name(id, title, desc string) { p.ID, p.Title, p.Desc = id, title, desc }

// phasesOf are the phases that put load on a key.
func phasesOf(phases []Phase, key int) []Phase {
	var found []Phase
	for _, p := range phases {
		if slices.Contains(p.Keys, key) {
			found = append(found, p)
		}
	}
	return found
}

func totals(s series) string {
	said := fmt.Sprintf("%s of %s accepted", grouped(int64(sum(s.accepted))), grouped(int64(sum(s.offered))))
	if n := int64(sum(s.limited)); n > 0 {
		said += ", " + grouped(n) + " limited"
	}
	if n := int64(sum(s.other)); n > 0 {
		said += ", " + grouped(n) + " failed otherwise"
	}
	return said
}

func modelWords(m *Model) string {
	if m == nil {
		return ""
	}
	said := fmt.Sprintf("%s, scope %s", m.Kind, m.Scope)
	if s := m.Rate.words(); s != "" {
		said += ", rate " + s + " per second"
	}
	if s := m.Burst.words(); s != "" {
		said += ", burst " + s
	}
	return said
}

// words is "299.6 (298.1 to 301)", as much of it as is known.
func (i Interval) words() string {
	limits := ""
	switch {
	case i.Low != nil && i.High != nil:
		limits = decimal(*i.Low) + " to " + decimal(*i.High)
	case i.Low != nil:
		limits = "at least " + decimal(*i.Low)
	case i.High != nil:
		limits = "at most " + decimal(*i.High)
	}
	switch {
	case i.Best == nil:
		return limits
	case limits == "":
		return decimal(*i.Best)
	default:
		return decimal(*i.Best) + " (" + limits + ")"
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
