package proof

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference/mutant"
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

// names reports whether a scenario is among those that must catch m.
func names(m mutant.Mutant, id string) bool {
	return slices.Contains(m.Kills, id)
}

// WriteRules writes the table of rules as a Markdown page.
func WriteRules(w io.Writer, traces []Trace) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nEvery rule that the suite checks, with its scenarios and the mutants that they must catch.\n" +
		"Made by `make docs`; do not edit. MUST is what the vendor documents; INFERRED is our reading of what it leaves open.\n" +
		"The published limits are also judged by the load profiles, whose mutants `kmsproof mutants` lists.\n")
	area := ""
	for _, t := range traces {
		if a := areaOf(t.Rule.ID); a != area {
			area = a
			fmt.Fprintf(&b, "\n## %s\n\n| rule | level | statement | scenarios | mutants |\n| --- | --- | --- | --- | --- |\n", area)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", t.Rule.ID, t.Rule.Level, cell(statement(t.Rule)),
			cell(strings.Join(titles(t.Scenarios), "<br>")), strings.Join(t.Mutants, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// areaOf returns an ID without its number.
func areaOf(id string) string { return id[:strings.LastIndex(id, "-")] }

func statement(r features.Rule) string {
	text := r.Statement + " <sub>" + r.Origin.String() + "</sub>"
	if r.Untestable != "" {
		text += "<br>*Untestable:* " + r.Untestable
	}
	if r.Rival != "" {
		text += "<br>*Rival:* " + r.Rival
	}
	return text
}

// titles keeps long lists short: the first four and how many more.
func titles(ids []string) []string {
	if len(ids) <= 5 {
		return ids
	}
	return append(slices.Clone(ids[:4]), fmt.Sprintf("… and %d more", len(ids)-4))
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
