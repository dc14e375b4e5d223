package reports

import (
	"cmp"
	"strings"
)

// headline is Headline in each language.
func (r *Run) headline() phrase {
	switch r.Verdict {
	case Pass:
		checked := joined(r.checked(), say("and"))
		if n := r.Counts()[KnownFail]; n > 0 {
			return say("h.pass-known", checked, say("n.known", n))
		}
		return say("h.pass", checked)
	case Fail:
		if failed := r.failed(); len(failed) > 0 {
			return say("h.fail", joined(failed, say("and")))
		}
		return say("h.fail-other")
	case Partial:
		if n := r.Counts()[KnownFail]; n > 0 {
			return say("h.partial-known", say("n.known", n), r.undone())
		}
		return say("h.partial", r.undone())
	default:
		return say("h.none")
	}
}

// undone is what a partial run could not do.
func (r *Run) undone() phrase {
	switch n := len(gaps(r)); {
	case len(r.Leftovers) == 0:
		return say("h.unchecked")
	case n == 1:
		return say("h.left")
	}
	return say("h.either")
}

// checked is what was checked, in numbers.
func (r *Run) checked() []phrase {
	var parts []phrase
	if n := len(r.Scenarios) - r.Counts()[Skipped]; n > 0 {
		parts = append(parts, say("n.scenarios", n))
	}
	if n := len(r.Loads); n > 0 {
		parts = append(parts, say("n.loads", n))
	}
	return parts
}

// failed is what failed, in numbers.
func (r *Run) failed() []phrase {
	n := r.Counts()[Failed]
	if r.Strict {
		n += r.Counts()[Warned]
	}
	var parts []phrase
	if n > 0 {
		parts = append(parts, say("n-of", n, say("n.scenarios", len(r.Scenarios))))
	}
	if n := r.failedLoads(); n > 0 {
		parts = append(parts, say("n-of", n, say("n.loads", len(r.Loads))))
	}
	return parts
}

// detail tells an engineer in a paragraph what the verdict rests on.
func (r *Run) detail() []phrase {
	var said []phrase
	if len(r.Scenarios) > 0 {
		said = append(said, say("d.scenarios", say("n.scenarios", len(r.Scenarios)), say("d.rules", len(r.Rules)), r.counted()))
	}
	if areas := r.failedAreas(); len(areas) > 0 {
		said = append(said, say("d.failed", joined(areas, comma)))
	}
	for i := range r.Loads {
		said = append(said, r.Loads[i].detail()...)
	}
	return said
}

func (r *Run) counted() phrase {
	var parts []phrase
	counts := r.Counts()
	for _, o := range Outcomes() {
		if n := counts[o]; n > 0 {
			p := sayOr("o.", o)
			parts = append(parts, phrase{grouped(int64(n)) + " " + p[english], p[korean] + " " + grouped(int64(n))})
		}
	}
	return joined(parts, comma)
}

func (r *Run) failedAreas() []phrase {
	var areas []phrase
	for _, a := range r.Areas() {
		if a.Counts[Failed] > 0 {
			areas = append(areas, a.phrase())
		}
	}
	return areas
}

func (a Area) phrase() phrase {
	if p, ok := words["a."+a.Code]; ok {
		return p
	}
	return same(a.Name)
}

// detail says what a profile rests on. One whose generator fell short says nothing about the target.
func (l *Load) detail() []phrase {
	proven, deciding := l.decided()
	said := []phrase{say("d.load", l.On(), sayOr("o.", l.Verdict), proven, deciding, l.Generator.Sent, l.Generator.Planned)}
	if l.Verdict == LoadInvalid {
		return append(append(said, say("d.short")), l.advice()...)
	}
	if l.Model != nil && l.Model.Rate.Best != nil {
		said = append(said, say("d.fit", l.Model.phrase()))
	}
	return append(said, l.certainty()...)
}

// decided counts the claims that decide and those of them that are proven.
func (l *Load) decided() (proven, deciding int) {
	for _, c := range l.Claims {
		if c.Gates {
			deciding++
		}
		if c.Gates && c.Verdict == Proven {
			proven++
		}
	}
	return proven, deciding
}

// certainty says how likely any claim that was decided is wrong, summed over those of which that is known; nothing where
// it is known of none. What rests on a premise is no more certain than that.
func (l *Load) certainty() []phrase {
	decided, stated, premised, wrong := 0, 0, 0, 0.0
	for _, c := range l.Claims {
		if !c.Gates || c.Verdict != Proven && c.Verdict != Refuted {
			continue
		}
		decided++
		wrong += c.PError
		switch {
		case c.Basis == Premised:
			premised++
		case c.PError > 0 || c.Basis == Bounded:
			stated++
		}
	}
	if premised > 0 {
		return []phrase{say("d.error-premise", stated+premised, decided, cmp.Or(risk(wrong), "0"), premised)}
	}
	switch stated {
	case 0:
		return nil
	case decided:
		return []phrase{say("d.error", cmp.Or(risk(wrong), "0"))}
	}
	return []phrase{say("d.error-some", stated, decided, risk(wrong))}
}

// phrase says how a target is like a mutant.
func (l Likeness) phrase() phrase {
	alike := say("n.scenarios", l.Alike)
	if l.Exact() {
		return say("like.exact", l.Mutant, alike)
	}
	return say("like.near", l.Mutant, alike, len(l.Missing), len(l.Besides))
}

// kinds names the kind of a limiter, or the two of which it is one.
func kinds(kind string) phrase {
	if said, known := knownKinds(kind); known {
		return said
	}
	return sayOr("k.", kind)
}

func knownKinds(kind string) (said phrase, known bool) {
	one, other, either := strings.Cut(kind, " or a ")
	said, known = words["k."+one]
	if !either || !known {
		return said, known
	}
	second, known := words["k."+other]
	return say("k-or", said, second), known
}

// limiter names the kind of a limiter and over what it counts.
func (m *Model) limiter() phrase {
	kind := kinds(m.Kind)
	if m.Kind == "none seen" {
		return kind
	}
	return say("model", kind, m.counted())
}

// phrase says which limiter was fitted; empty if none was.
func (m *Model) phrase() phrase {
	if m == nil {
		return phrase{}
	}
	parts := []phrase{m.limiter()}
	if s := m.Rate.words(); s != (phrase{}) {
		parts = append(parts, say("model-rate", s))
	}
	if s := m.Burst.words(); s != (phrase{}) {
		parts = append(parts, say("model-burst", s))
	}
	return joined(parts, comma)
}

// counted says over what the limiter counts, and what would look the same.
func (m *Model) counted() phrase {
	by := map[string]phrase{"key": say("by-key"), "system": say("by-system"), "pairs": say("by-pairs"), "token": say("by-token"),
		"connection": say("by-conn"), "address": say("by-address")}
	other := map[string]phrase{"token": say("alike-token"), "connection": say("alike-conn"), "address": say("alike-addr")}
	said, ok := by[m.Scope]
	if !ok {
		said = say("by-unknown")
	}
	var alike []phrase
	for _, a := range m.Alike {
		alike = append(alike, other[a])
	}
	if len(alike) == 0 {
		return said
	}
	return joined([]phrase{said, say("model-alike", joined(alike, say("or")))}, same(" "))
}
