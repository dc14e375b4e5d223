package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Outcomes lists every outcome, the gravest first. It is the order of all reports.
func Outcomes() []Outcome {
	return []Outcome{Failed, UnexpectedPass, Errored, Blocked, Warned, KnownFail, Skipped, Passed}
}

// Counts is how many scenarios ended in each outcome. Outcomes that did not occur are absent.
type Counts map[Outcome]int

// Counts counts the run's scenarios.
func (r *Run) Counts() Counts {
	c := Counts{}
	for i := range r.Scenarios {
		c[r.Scenarios[i].Outcome.known()]++
	}
	return c
}

// Total is the number of scenarios counted.
func (c Counts) Total() int {
	n := 0
	for _, m := range c {
		n += m
	}
	return n
}

// String names each outcome that occurred with its number, the gravest first: "2 fail, 118 pass".
func (c Counts) String() string {
	var parts []string
	for _, o := range Outcomes() {
		if c[o] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(int64(c[o])), o))
		}
	}
	return strings.Join(parts, ", ")
}

// With is a new slice of the scenarios that ended in one of the outcomes, the gravest first, else in
// the order of the run.
func (r *Run) With(outcomes ...Outcome) []Scenario {
	var found []Scenario
	for _, s := range r.Scenarios {
		if slices.Contains(outcomes, s.Outcome.known()) {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b Scenario) int { return cmp.Compare(a.Outcome.rank(), b.Outcome.rank()) })
	return found
}

// Rule is the rule with that ID. A run that does not carry it gives a rule with the ID alone.
func (r *Run) Rule(id string) Rule {
	if i := slices.IndexFunc(r.Rules, func(rule Rule) bool { return rule.ID == id }); i >= 0 {
		return r.Rules[i]
	}
	return Rule{ID: id}
}

// Headline is the verdict in one sentence, for who reads one sentence.
func (r *Run) Headline() string { return r.headline()[english] }

func (r *Run) failedLoads() int {
	n := 0
	for i := range r.Loads {
		if r.Loads[i].Verdict == LoadFail {
			n++
		}
	}
	return n
}

// known is o, or Errored for an outcome that this package has no name for.
func (o Outcome) known() Outcome {
	if slices.Contains(Outcomes(), o) {
		return o
	}
	return Errored
}

func (o Outcome) rank() int { return slices.Index(Outcomes(), o.known()) }

// Area is a topic of the API with the outcomes of its scenarios.
type Area struct {
	Code   string // the second part of its rule IDs: TOK in KMS2-TOK-014
	Name   string // in words
	Counts Counts // every scenario counts once, under the area of its first rule
	Rules  []Rule // by ID
}

// areaNames are the areas of the rule register in the order of the API's life: keys, their use, who may.
var areaNames = [][2]string{
	{"KEY", "Keys"}, {"VER", "Key versions"}, {"ROT", "Rotation"}, {"DEL", "Deletion"}, {"MIG", "Migration"},
	{"LOG", "Activity log"}, {"ENC", "Encryption"}, {"DEC", "Decryption"}, {"CUS", "Custom keys"},
	{"REE", "Re-encryption"}, {"SIG", "Signing"}, {"VFY", "Verification"}, {"PUB", "Public keys"},
	{"CRE", "Token creators"}, {"TOK", "Tokens"}, {"REN", "Token renewal"}, {"ACL", "Token IP lists"},
	{"ACC", "Account authentication"}, {"SUB", "Sub accounts"}, {"ERR", "Refusals"}, {"TPS", "Rate limits"},
	{"HA", "Regions"}, {"V1", "API 1.0"},
}

// Areas groups the run's rules and outcomes by area, in the order of the rule register. Rules and
// scenarios outside of it come last.
func (r *Run) Areas() []Area {
	found := map[string]*Area{}
	at := func(code string) *Area {
		if found[code] == nil {
			found[code] = &Area{Code: code, Name: areaName(code), Counts: Counts{}}
		}
		return found[code]
	}
	for _, rule := range r.Rules {
		a := at(areaOf(rule.ID))
		a.Rules = append(a.Rules, rule)
	}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		at(areaOf(first(s.Rules))).Counts[s.Outcome.known()]++
	}
	return sortAreas(found)
}

func sortAreas(found map[string]*Area) []Area {
	var areas []Area
	for _, a := range found {
		slices.SortFunc(a.Rules, func(x, y Rule) int { return cmp.Compare(x.ID, y.ID) })
		areas = append(areas, *a)
	}
	slices.SortFunc(areas, func(x, y Area) int {
		return cmp.Or(cmp.Compare(areaRank(x.Code), areaRank(y.Code)), cmp.Compare(x.Code, y.Code))
	})
	return areas
}

func areaOf(rule string) string {
	if parts := strings.Split(rule, "-"); len(parts) >= 3 {
		return parts[1]
	}
	return ""
}

func areaRank(code string) int {
	if i := slices.IndexFunc(areaNames, func(a [2]string) bool { return a[0] == code }); i >= 0 {
		return i
	}
	return len(areaNames)
}

func areaName(code string) string {
	if i := areaRank(code); i < len(areaNames) {
		return areaNames[i][1]
	}
	return cmp.Or(code, "No rule named")
}
