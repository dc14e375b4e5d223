package reports

import "strings"

// alike puts together rows of one outline that ended alike, for the same reason, in the order in which
// the first of each occurs. A case that is no row stands alone.
func alike(cases []Scenario) [][]Scenario {
	type sign struct {
		file    string
		outline int
		outcome Outcome
		rules   string
		why     string
	}
	var groups [][]Scenario
	at := map[sign]int{}
	for _, s := range cases {
		k := sign{s.File, s.Outline, s.Outcome, strings.Join(s.Rules, " "), s.why()}
		i, seen := at[k]
		if s.Outline == 0 || !seen {
			at[k] = len(groups)
			groups = append(groups, []Scenario{s})
			continue
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}

// cases counts the scenarios of groups.
func cases(groups [][]Scenario) int {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	return n
}

// why is the reason with what the known-failures file says about it.
func (s *Scenario) why() string {
	if s.Known == "" {
		return s.Reason
	}
	return strings.TrimPrefix(s.Reason+" ("+s.Known+")", " ")
}

// rivals ends a note with the other reading of each rule that has one.
func (r *Run) rivals(s *Scenario) string {
	var others []string
	for _, id := range s.Rules {
		if rival := r.Rule(id).Rival; rival != "" {
			others = append(others, strings.TrimSuffix(rival, "."))
		}
	}
	if len(others) == 0 {
		return ""
	}
	return "; the documents can also be read so: " + strings.Join(others, "; ")
}

// asked is the request without scheme and host, which are the target's.
func (x *Exchange) asked() string {
	method, url, _ := strings.Cut(x.Request, " ")
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return method + " " + rest[i:]
		}
	}
	return x.Request
}

// last is the exchange that the outcome rests on; nil where none was kept.
func (s *Scenario) last() *Exchange {
	if len(s.Exchanges) == 0 {
		return nil
	}
	return &s.Exchanges[len(s.Exchanges)-1]
}
