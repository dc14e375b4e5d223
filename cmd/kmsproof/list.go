package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/steps"
)

// A listing is a table of one kind of thing that can be named on the command line.
type listing struct {
	Kind    string              `json:"kind"`
	Columns []string            `json:"-"`
	Rows    []map[string]string `json:"rows"`
}

func newList() *cobra.Command {
	var format string
	kinds := []string{"scenarios", "rules", "profiles", "mutants"}
	c := &cobra.Command{
		Use: "list [scenarios|rules|profiles|mutants ...]", Short: "Lists scenarios, rules, load profiles and mutants",
		ValidArgs: kinds, Args: oneOf(kinds),
		Example: "  kmsproof list rules\n  kmsproof list scenarios --format json",
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneFormat(format, "table", "json", "markdown"); err != nil {
				return err
			}
			if format == "markdown" {
				return listMarkdown(c.OutOrStdout(), args)
			}
			if len(args) == 0 {
				args = kinds
			}
			var all []listing
			for _, kind := range args {
				l, err := list(kind)
				if err != nil {
					return err
				}
				all = append(all, l)
			}
			return printListings(c.OutOrStdout(), format, all)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, json, or (rules alone) markdown with scenarios and mutants")
	return c
}

// listMarkdown writes the page of the rules.
func listMarkdown(w io.Writer, kinds []string) error {
	if !slices.Equal(kinds, []string{"rules"}) {
		return fmt.Errorf("--format markdown is for 'list rules' alone")
	}
	traces, err := proof.Traces()
	if err != nil {
		return err
	}
	return proof.WriteRules(w, traces)
}

func list(kind string) (listing, error) {
	switch kind {
	case "scenarios":
		return listScenarios()
	case "rules":
		return listRules(), nil
	case "profiles":
		return listProfiles(), nil
	default:
		return listMutants(), nil
	}
}

func listScenarios() (listing, error) {
	cases, err := steps.Plan(steps.Options{})
	l := listing{Kind: "scenarios", Columns: []string{"id", "level", "rules", "at"}}
	for _, c := range cases {
		l.Rows = append(l.Rows, map[string]string{
			"id": c.ID, "level": string(c.Level), "rules": strings.Join(c.Rules, " "), "at": fmt.Sprintf("%s:%d", c.File, c.Line),
		})
	}
	return l, err
}

func listRules() listing {
	l := listing{Kind: "rules", Columns: []string{"id", "level", "risk", "statement"}}
	for _, r := range features.Rules() {
		l.Rows = append(l.Rows, map[string]string{
			"id": r.ID, "level": string(r.Level), "risk": string(r.Risk), "statement": r.Statement, "origin": r.Origin.String(), "rival": r.Rival,
		})
	}
	return l
}

func listProfiles() listing {
	l := listing{Kind: "profiles", Columns: []string{"name", "title"}}
	for _, p := range loadgen.Profiles() {
		l.Rows = append(l.Rows, map[string]string{"name": p.Name, "title": p.Title})
	}
	return l
}

func listMutants() listing {
	l := listing{Kind: "mutants", Columns: []string{"name", "flaw"}}
	for _, m := range mutant.All() {
		l.Rows = append(l.Rows, map[string]string{"name": m.Name, "flaw": m.Flaw, "kills": strings.Join(m.Kills, "; ")})
	}
	return l
}

func printListings(w io.Writer, format string, all []listing) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	for i, l := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := l.table(w); err != nil {
			return err
		}
	}
	return nil
}

func (l listing) table(w io.Writer) error {
	fmt.Fprintf(w, "%s: %d\n", l.Kind, len(l.Rows))
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, row := range l.Rows {
		cells := make([]string, len(l.Columns))
		for i, column := range l.Columns {
			cells[i] = row[column]
		}
		fmt.Fprintln(t, "  "+strings.Join(cells, "\t"))
	}
	return t.Flush()
}
