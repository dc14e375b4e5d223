package reports

import (
	"cmp"
	"slices"
	"strings"
)

// graveView are scenarios that ended alike on the same rules.
type graveView struct {
	Outcome Outcome
	Broken  []Rule
	Cases   []caseView
	More    int // cases that are in the list of rules alone
}

const (
	graveGroups = 12 // shown at most, and
	graveCases  = 6  // of each
)

// graves puts the scenarios first that ask for it, those on the same rules together, the gravest outcomes first.
func (p *page) graves(cases []caseView) {
	type sign struct {
		outcome Outcome
		rules   string
	}
	at := map[sign]int{}
	for _, c := range cases {
		if !graver(c.Outcome, Warned) {
			continue
		}
		k := sign{c.Outcome, strings.Join(c.Rules, " ")}
		i, seen := at[k]
		if !seen {
			i, at[k] = len(p.Grave), len(p.Grave)
			p.Grave = append(p.Grave, graveView{Outcome: c.Outcome, Broken: c.Broken})
		}
		p.Grave[i].add(c)
	}
	slices.SortStableFunc(p.Grave, func(a, b graveView) int { return cmp.Compare(a.Outcome.rank(), b.Outcome.rank()) })
	p.MoreGrave = len(p.Grave) > graveGroups
	p.Grave = p.Grave[:min(len(p.Grave), graveGroups)]
}

func (g *graveView) add(c caseView) {
	if len(g.Cases) == graveCases {
		g.More++
		return
	}
	g.Cases = append(g.Cases, c)
}

// likeView is a mutant that the target is like, in words.
type likeView struct {
	Likeness
	Says phrase
}

// caughtView is which mutants the rules of a run catch.
type caughtView struct {
	Rules   []Rule // that name some
	Mutants int    // in all, each once
	Without int    // rules that name none
}

func caught(rules []Rule) *caughtView {
	v, names := &caughtView{}, map[string]bool{}
	for _, r := range rules {
		if len(r.Mutants) == 0 {
			v.Without++
			continue
		}
		v.Rules = append(v.Rules, r)
		for _, m := range r.Mutants {
			names[m] = true
		}
	}
	v.Mutants = len(names)
	if v.Mutants == 0 {
		return nil
	}
	return v
}
