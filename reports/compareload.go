package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

func (c *Comparison) loads(before, after *Run) {
	left := map[string]Load{}
	for _, l := range before.Loads {
		left[l.Profile] = l
	}
	for _, l := range after.Loads {
		old, was := left[l.Profile]
		delete(left, l.Profile)
		if !was {
			c.add(Changed, "load", l.Profile, "", string(l.Verdict), l.Why)
			continue
		}
		c.load(&old, &l)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		c.add(Changed, "load", name, string(left[name].Verdict), "", say("y.no-load")[english])
	}
}

func (c *Comparison) load(old, now *Load) {
	if old.Verdict != now.Verdict {
		c.add(turned(old.Verdict == LoadPass, now.Verdict == LoadPass, now.Verdict == LoadFail),
			"load", now.Profile, string(old.Verdict), string(now.Verdict), now.Why)
	}
	for _, claim := range now.Claims {
		i := slices.IndexFunc(old.Claims, func(o Claim) bool { return o.Name == claim.Name })
		if i < 0 || old.Claims[i].Verdict == claim.Verdict {
			continue
		}
		w := turned(old.Claims[i].Verdict == Proven, claim.Verdict == Proven, claim.Verdict == Refuted)
		if !claim.Gates {
			w = Changed
		}
		c.add(w, "claim", now.Profile+"/"+claim.Name, string(old.Claims[i].Verdict), string(claim.Verdict), claim.grounds())
	}
	c.model(now.Profile, old, now)
}

// turned weighs a verdict: what was good and is bad has regressed, what was good and is neither is open.
func turned(wasGood, isGood, isBad bool) Weight {
	switch {
	case wasGood && isBad:
		return Regression
	case wasGood:
		return Open
	case isGood:
		return Improved
	}
	return Changed
}

// model compares the limiters that fit what was seen. Rates of another scope are not comparable.
func (c *Comparison) model(profile string, old, now *Load) {
	if old.Model == nil || now.Model == nil || old.Verdict == LoadInvalid || now.Verdict == LoadInvalid {
		return
	}
	if old.Model.Scope != now.Model.Scope || old.Model.Kind != now.Model.Kind {
		c.add(Changed, "limiter", profile, old.Model.Kind+" per "+old.Model.Scope, now.Model.Kind+" per "+now.Model.Scope, say("y.unlike")[english])
		return
	}
	c.figure("rate", profile, old.Model.Rate, now.Model.Rate, " per second")
	c.figure("burst", profile, old.Model.Burst, now.Model.Burst, " calls")
}

// figure compares two intervals. They differ only where they do not overlap; an end that is not known
// is taken to be without bound.
func (c *Comparison) figure(kind, profile string, old, now Interval, unit string) {
	end := func(x *float64, without float64) float64 {
		if x == nil {
			return without
		}
		return *x
	}
	switch {
	case end(now.High, math.Inf(1)) < end(old.Low, math.Inf(-1)):
		c.add(Regression, kind, profile, old.text(unit), now.text(unit), say("y.less")[english])
	case end(now.Low, math.Inf(-1)) > end(old.High, math.Inf(1)):
		c.add(Changed, kind, profile, old.text(unit), now.text(unit), say("y.more")[english])
	}
}

func (i Interval) text(unit string) string {
	say := func(x *float64) string {
		if x == nil {
			return "?"
		}
		return fmt.Sprintf("%.4g", *x)
	}
	return say(i.Low) + " to " + say(i.High) + unit
}
