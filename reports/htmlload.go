package reports

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// loadView is a load profile as the page shows it.
type loadView struct {
	*Load
	Anchor    string
	Sum       *plot // all keys together; nil with a single key
	Plots     []keyView
	Idle      []string // keys without a series
	Model     phrase   // in words; empty if none was fitted
	Limited   bool     // some key was refused by a limit
	Other     bool
	Fitted    bool   // the plots show what the model would accept
	Line      phrase // what the limit line is; empty: there is none
	Spectra   []*spectrum
	Isolation *isolation
	WhatIf    *whatIf
	Hot       *hotMatrix
	Climbed   *climbView
	Apart     []string // what is less certain because several workers sent
}

type keyView struct {
	*KeySeries
	Plot   *plot
	Totals phrase
}

func newLoadView(n int, l *Load) loadView {
	v := loadView{Load: l, Anchor: fmt.Sprintf("load-%d", n+1), Model: l.Model.phrase()}
	var perKey, shared float64
	if l.Limit != nil && l.Limit.Scope == "system" {
		shared = l.Limit.Rate
		v.Line = say("limit-all", shared)
	} else if l.Limit != nil {
		perKey = l.Limit.Rate
		v.Line = say("limit-key", perKey)
	}
	all := l.together()
	v.Limited, v.Other, v.Fitted = sum(all.limited) > 0, sum(all.other) > 0, l.replayed(Fitted) != nil
	if len(l.Keys) > 1 && all.seconds() > 0 {
		limit := max(shared, perKey*float64(len(l.Keys)))
		v.Sum = draw(all, 900, 240, ceiling(all.peak(), limit), limit, l.Phases)
		if perKey > 0 {
			v.Sum.Limit.Say = say("limit-sum", len(l.Keys), perKey)
		}
		v.Sum.name(v.Anchor+"-all", say("all-keys"), describe(all))
	} else {
		perKey = max(perKey, shared)
	}
	v.keys(perKey)
	v.Spectra, v.Isolation, v.WhatIf = spectra(l.Phases, v.Anchor), isolated(l), l.otherwise(v.Anchor)
	v.Hot, v.Apart = l.hotMatrix(), l.apart()
	v.Climbed = newClimbView(l.Climb, v.Anchor)
	return v
}

// keys draws every key on the same scale, so that their heights compare.
func (v *loadView) keys(limit float64) {
	peak, all := 0.0, v.fitted()
	for _, s := range all {
		peak = max(peak, s.peak())
	}
	for i, s := range all {
		k := &v.Keys[i]
		if s.seconds() == 0 {
			v.Idle = append(v.Idle, k.Name)
			continue
		}
		p := draw(s, 360, 180, ceiling(peak, limit), limit, phasesOf(v.Phases, i))
		p.name(fmt.Sprintf("%s-k%d", v.Anchor, i+1), say("key", k.Name), describe(s))
		v.Plots = append(v.Plots, keyView{k, p, totals(s)})
	}
}

func (p *plot) name(id string, title, desc phrase) { p.ID, p.Title, p.Desc = id, title, desc }

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

func totals(s series) phrase {
	said := []phrase{say("totals", whole(s.accepted), whole(s.offered))}
	if sum(s.limited) > 0 {
		said = append(said, say("totals-lim", whole(s.limited)))
	}
	if sum(s.other) > 0 {
		said = append(said, say("totals-other", whole(s.other)))
	}
	return joined(said, comma)
}

// words is "299.6 (298.1 to 301)", as much of it as is known; of an interval of nothing it is empty.
func (i Interval) words() phrase {
	var limits phrase
	switch {
	case i.Low != nil && i.High != nil:
		limits = say("between", figure(*i.Low), figure(*i.High))
	case i.Low != nil:
		limits = say("at-least", figure(*i.Low))
	case i.High != nil:
		limits = say("at-most", figure(*i.High))
	}
	switch {
	case i.Best == nil:
		return limits
	case limits == phrase{}:
		return same(figure(*i.Best))
	default:
		return joined([]phrase{same(figure(*i.Best) + " ("), limits, same(")")}, same(""))
	}
}

// figure writes an estimate to five places, which tells 299.87 from 300.
func figure(x float64) string { return strconv.FormatFloat(x, 'g', 5, 64) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
