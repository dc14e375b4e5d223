package reports

import (
	"cmp"
	"fmt"
	"slices"
)

// A LoadPair is a load profile that both runs played.
type LoadPair struct {
	Profile string      `json:"profile"`
	Old     LoadVerdict `json:"old"`
	New     LoadVerdict `json:"new"`
	Claims  []ClaimPair `json:"claims"` // that both runs judged
	OldP99  float64     `json:"oldP99"` // latency from due in the worst phase, milliseconds
	NewP99  float64     `json:"newP99"`
}

// A ClaimPair is a claim in both runs, with the figures that it bounds.
type ClaimPair struct {
	Name     string       `json:"name"`
	Old      ClaimVerdict `json:"old"`
	New      ClaimVerdict `json:"new"`
	OldBound string       `json:"oldBound"`
	NewBound string       `json:"newBound"`
}

// pairs puts the profiles of both runs side by side, in the order of the new one.
func pairs(before, after *Run) (all []LoadPair) {
	for i := range after.Loads {
		now := &after.Loads[i]
		at := slices.IndexFunc(before.Loads, func(l Load) bool { return l.Profile == now.Profile })
		if at < 0 {
			continue
		}
		old := &before.Loads[at]
		p := LoadPair{Profile: now.Profile, Old: old.Verdict, New: now.Verdict, OldP99: worst99(old), NewP99: worst99(now)}
		for _, c := range now.Claims {
			if at := slices.IndexFunc(old.Claims, func(o Claim) bool { return o.Name == c.Name }); at >= 0 {
				p.Claims = append(p.Claims, ClaimPair{c.Name, old.Claims[at].Verdict, c.Verdict, old.Claims[at].Bound, c.Bound})
			}
		}
		all = append(all, p)
	}
	return all
}

// same counts the claims that ended as before.
func (p *LoadPair) same() (n int) {
	for _, c := range p.Claims {
		if c.Old == c.New {
			n++
		}
	}
	return n
}

// verdict is how the profile ended, before and now.
func (p *LoadPair) verdict() string {
	return fmt.Sprintf("%s: %s; %s", p.Profile, fromTo(string(p.Old), string(p.New)), p.latency())
}

func (p *LoadPair) latency() string {
	return fmt.Sprintf("p99 from due in the worst phase %s ms before, %s ms now", decimal(p.OldP99), decimal(p.NewP99))
}

func fromTo(old, now string) string {
	if old == now {
		return now + " as before"
	}
	return old + " -> " + now
}

// text is the claim's verdicts, and beside each what it rests on.
func (c *ClaimPair) text() string {
	said := c.Name + " " + fromTo(string(c.Old), string(c.New))
	switch {
	case c.OldBound == c.NewBound && c.NewBound != "":
		return said + ": " + c.NewBound
	case c.OldBound+c.NewBound != "":
		return said + ": " + cmp.Or(c.OldBound, "no figure") + " before, " + cmp.Or(c.NewBound, "no figure") + " now"
	}
	return said
}

// A rest are changes of one kind that are told by their number: what the runs did not both select.
type rest struct {
	says func(n int) phrase
	fits func(Change) bool
}

// fewToName are as many of a rest as are named all the same.
const fewToName = 3

var rests = []rest{
	{func(n int) phrase { return say("y.gone-n", n) }, func(x Change) bool { return x.Kind == "scenario" && x.New == "" }},
	{func(n int) phrase { return say("y.new-n", n) }, func(x Change) bool { return x.Kind == "scenario" && x.Old == "" && x.New == string(Passed) }},
	{func(n int) phrase { return say("y.rules-gone-n", n) }, func(x Change) bool { return x.Kind == "rule" && x.New == "" }},
	{func(n int) phrase { return say("y.rules-new-n", n) }, func(x Change) bool { return x.Kind == "rule" && x.Old == "" }},
}

// told are the changes of a weight that are named, and in a sentence each the many that are not.
func (c *Comparison) told(w Weight) (named []Change, counted []phrase) {
	named = c.With(w)
	if w != Changed {
		return named, nil
	}
	for _, r := range rests {
		left := slices.DeleteFunc(slices.Clone(named), r.fits)
		if n := len(named) - len(left); n > fewToName {
			named, counted = left, append(counted, r.says(n))
		}
	}
	return named, counted
}
