package proof

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/features"
)

const aboutRules = `# Rules

Every rule that the suite checks, with all its scenarios and the mutants that these must catch. Made by
` + "`make docs`" + `; do not edit. MUST is what the vendor documents, SHOULD what the standards of HTTP say, and INFERRED
is our reading of what the documents leave open, with its rival. What a rule needs of a target, the
[target file](target.md) offers. What of the vendor's pages came to which rules, and why some came to none, is
written down [page by page](../features/statements.yaml). The published limits are also judged by the load
profiles, whose mutants ` + "`kmsproof mutants`" + ` lists.
`

// WriteRules writes the rules as a Markdown page: their counts, then a table for each area.
func WriteRules(w io.Writer, traces []Trace) error {
	var b strings.Builder
	b.WriteString(aboutRules)
	writeCounts(&b, traces)
	for _, area := range areas(traces) {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | level | risk | needs | statement | scenarios | mutants |\n| --- | --- | --- | --- | --- | --- | --- |\n", area)
		for _, t := range within(area, traces) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", t.Rule.ID, t.Rule.Level, t.Rule.Risk,
				cmp.Or(strings.Join(t.Rule.Needs, ", "), "–"), cell(statement(t.Rule)), cell(folded("scenarios", t.Scenarios)), folded("mutants", t.Mutants))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeCounts writes how many rules of each level an area has, and how many scenarios check them.
func writeCounts(b *strings.Builder, traces []Trace) {
	levels := []features.Level{features.Must, features.Should, features.Inferred}
	row := func(name string, of []Trace) {
		cells := []string{name}
		scenarios := map[string]bool{}
		for _, l := range levels {
			n := 0
			for _, t := range of {
				if t.Rule.Level == l {
					n++
				}
			}
			cells = append(cells, fmt.Sprint(n))
		}
		for _, t := range of {
			for _, id := range t.Scenarios {
				scenarios[id] = true
			}
		}
		fmt.Fprintf(b, "| %s | %d | %d |\n", strings.Join(cells, " | "), len(of), len(scenarios))
	}
	b.WriteString("\n| area | MUST | SHOULD | INFERRED | rules | scenarios |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, area := range areas(traces) {
		row(fmt.Sprintf("[%s](#%s)", area, strings.ToLower(area)), within(area, traces))
	}
	row("all", traces)
}

// areas returns the areas of the rules in the order in which they first come.
func areas(traces []Trace) (list []string) {
	for _, t := range traces {
		if a := areaOf(t.Rule.ID); !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// within returns the rules of an area, by their numbers.
func within(area string, traces []Trace) []Trace {
	of := slices.DeleteFunc(slices.Clone(traces), func(t Trace) bool { return areaOf(t.Rule.ID) != area })
	slices.SortFunc(of, func(a, b Trace) int { return strings.Compare(a.Rule.ID, b.Rule.ID) })
	return of
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

// folded lists all names, one a line, and folds up lists that would fill the page.
func folded(what string, names []string) string {
	const open = 4 // names that are shown as they are
	text := strings.Join(names, "<br>")
	if len(names) <= open {
		return text
	}
	return fmt.Sprintf("<details><summary>%d %s</summary>%s</details>", len(names), what, text)
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
