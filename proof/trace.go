package proof

import (
	"slices"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A Trace is a rule with the scenarios that check it and the mutants that those scenarios are named
// to catch.
type Trace struct {
	Rule      features.Rule
	Scenarios []string
	Mutants   []string
}

// Traces returns every rule in the order of the register.
func Traces() ([]Trace, error) {
	cases, err := steps.Plan(steps.Options{})
	if err != nil {
		return nil, err
	}
	var all []Trace
	for _, rule := range features.Rules() {
		t := Trace{Rule: rule}
		for _, c := range cases {
			if slices.Contains(c.Rules, rule.ID) {
				t.Scenarios = append(t.Scenarios, c.ID)
			}
		}
		for _, m := range mutant.All() {
			if slices.ContainsFunc(t.Scenarios, func(id string) bool { return names(m, id) }) {
				t.Mutants = append(t.Mutants, m.Name)
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// names reports whether a scenario is among those that must catch m, by itself or under load.
func names(m mutant.Mutant, id string) bool {
	return slices.Contains(m.Kills, id) || slices.Contains(m.Kills, underLoadPrefix+id)
}

// noteMutants adds to the rules of a run the mutants that their scenarios are named to catch.
func noteMutants(rules []reports.Rule) error {
	traces, err := Traces()
	if err != nil {
		return err
	}
	caught := map[string][]string{}
	for _, t := range traces {
		caught[t.Rule.ID] = t.Mutants
	}
	for i := range rules {
		rules[i].Mutants = caught[rules[i].ID]
	}
	return nil
}
