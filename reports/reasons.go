package reports

import "slices"

// A reason is a sentence about why a verdict is as it is.
type reason struct {
	Says   phrase
	Quoted string // what the run file says about it in English alone, to follow what is said in Korean
}

func because(key string, args ...any) reason { return reason{Says: say(key, args...)} }

// reasons are those of the run file, in each language. One that this version would not give stays as it is there.
func (r *Run) reasons() []reason {
	_, known := r.judged()
	out := make([]reason, len(r.Reasons))
	for i, said := range r.Reasons {
		out[i] = reason{Says: same(said)}
		if at := slices.IndexFunc(known, func(w reason) bool { return w.Says[english] == said }); at >= 0 {
			out[i] = known[at]
		}
	}
	return out
}

// findings are the reasons that belong to no scenario.
func findings(r *Run, exit int) []reason {
	var said []reason
	for _, f := range r.Findings {
		if f.Exit == exit {
			said = append(said, f.reason())
		}
	}
	return said
}

// reason is a finding as a sentence.
func (f Finding) reason() reason {
	text, known, kind := sentence(f.Text), read(f.Text), sayOr("f.", f.Kind)[korean]+":"
	if known[english] != known[korean] {
		return reason{Says: phrase{text, sentence(kind + " " + known[korean])}}
	}
	return reason{phrase{text, kind}, text}
}

// reason says after the words of key why the profile ended so.
func (l *Load) reason(key string) reason {
	return because(key, l.Profile, l.lead())
}

// lead is the sentence under the verdict. The run file has it in English; in Korean, and where it has none, it is
// made from the claims.
func (l *Load) lead() phrase {
	said := l.ground()
	if l.Why != "" {
		said[english] = sentence(l.Why)
	}
	return said
}

// ground says on which claims a verdict rests.
func (l *Load) ground() phrase {
	switch l.Verdict {
	case LoadPass:
		return say("w.proven", joined(l.named(Proven), comma))
	case LoadFail:
		return say("w.refuted", joined(l.named(Refuted), comma))
	case LoadInvalid:
		if broken := l.brokenControls(); len(broken) > 0 {
			return say("w.controls", joined(broken, comma))
		}
		return say("w.short")
	}
	if open := l.named(ClaimInconclusive); len(open) > 0 {
		return say("w.open", joined(open, comma))
	}
	return say("w.nothing")
}

// named are the names of the claims that decide and have that verdict.
func (l *Load) named(v ClaimVerdict) (names []phrase) {
	for _, c := range l.Claims {
		if c.Gates && c.Verdict == v {
			names = append(names, sayOr("cl.", c.Name))
		}
	}
	return names
}

func (l *Load) brokenControls() (names []phrase) {
	for _, c := range l.Controls {
		if !c.OK {
			names = append(names, sayOr("ct.", c.Name))
		}
	}
	return names
}

// listed joins at most limit items and says how many more there are.
func listed(items []string, sep phrase, limit int) phrase {
	var parts []phrase
	for _, item := range items[:min(limit, len(items))] {
		parts = append(parts, translated("s.", item))
	}
	if more := len(items) - limit; more > 0 {
		parts = append(parts, say("n.more", more))
	}
	return joined(parts, sep)
}
