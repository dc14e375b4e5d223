package reports

import "slices"

// crowded is the share of the time in which something waited for a processor, from which on the machine was too busy
// for a load generator.
const crowded = 0.2

// advice says what to do about a load whose generator fell short.
func (l *Load) advice() []phrase {
	if l.Verdict != LoadInvalid {
		return nil
	}
	said := []phrase{say("do.again")}
	if waited := l.waited(); l.Generator.Cut {
		said = []phrase{say("do.whole")}
	} else if waited >= crowded {
		said = []phrase{say("do.idle", percent(waited))}
	}
	if slices.ContainsFunc(l.Claims, func(c Claim) bool { return c.Verdict == Proven || c.Verdict == Refuted }) {
		said = append(said, say("do.stands"))
	}
	return said
}

// waited returns the largest share of an attempt that fell short in which work waited for a processor; zero where that
// is not known.
func (l *Load) waited() (most float64) {
	for _, m := range l.strained() {
		if m.Waited != nil {
			most = max(most, *m.Waited)
		}
	}
	return most
}
