package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A listing is a table of one kind of thing that can be named on the command line.
type listing struct {
	Kind    string              `json:"kind"`
	Columns []string            `json:"-"`
	Rows    []map[string]string `json:"rows"`
}

// kinds are what can be listed.
var kinds = []string{"scenarios", "tags", "rules", "profiles", "mutants"}

func newList() *cobra.Command {
	var format string
	var of selection
	c := &cobra.Command{
		Use:   "list [scenarios [SCENARIO | FILE.feature ...] | tags | rules | profiles | mutants ...]",
		Short: "Lists scenarios, tags, rules, load profiles and mutants",
		Long: `list names what the other commands take. Of the scenarios it lists those that conform would run with the
same arguments and flags, of the tags how many scenarios have each.`,
		ValidArgs: kinds,
		Args:      func(c *cobra.Command, args []string) error { return of.listed(c, args) },
		Example: `  kmsproof list rules
  kmsproof list tags
  kmsproof list scenarios 'acl/*' --tags 'not @needs-clock'
  kmsproof list scenarios --rule KMS2-ACL --format json`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneFormat(format, "table", "json", "markdown"); err != nil {
				return err
			}
			if format == "markdown" {
				return listMarkdown(c.OutOrStdout(), args)
			}
			return of.list(c, format, args)
		},
	}
	of.register(c.Flags())
	c.Flags().StringVar(&format, "format", "table", "table, json, or (rules alone) markdown with scenarios and mutants")
	return c
}

// listed refuses arguments that are neither a kind nor, where scenarios are listed, one of these.
func (s *selection) listed(c *cobra.Command, args []string) error {
	asked, others := kindsAmong(args)
	switch {
	case len(asked) == 0 && len(others) == 0, slices.Contains(asked, "scenarios"):
		return nil
	case len(others) == 0 && *s != selection{}:
		return errors.New("--tags, --rule and --shard choose among scenarios, which are not to be listed")
	}
	return oneOf(kinds)(c, others)
}

// kindsAmong tells the kinds among arguments from the scenarios.
func kindsAmong(args []string) (asked, others []string) {
	for _, arg := range args {
		if slices.Contains(kinds, arg) {
			asked = append(asked, arg)
		} else {
			others = append(others, arg)
		}
	}
	return asked, others
}

func (s *selection) list(c *cobra.Command, format string, args []string) error {
	asked, named := kindsAmong(args)
	if len(asked) == 0 {
		asked = kinds
	}
	var all []listing
	for _, kind := range asked {
		l, err := list(kind, s.options(named))
		if err != nil {
			return err
		}
		all = append(all, l)
	}
	if err := printListings(c.OutOrStdout(), format, all); err != nil {
		return err
	}
	if i := slices.Index(asked, "scenarios"); i >= 0 && len(all[i].Rows) == 0 {
		fmt.Fprintln(c.ErrOrStderr(), steps.Empty(s.options(named)))
		return verdict(exitNothing)
	}
	return nil
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

func list(kind string, o steps.Options) (listing, error) {
	switch kind {
	case "scenarios":
		return listScenarios(o)
	case "tags":
		return listTags()
	case "rules":
		return listRules(), nil
	case "profiles":
		return listProfiles(), nil
	default:
		return listMutants(), nil
	}
}

func listScenarios(o steps.Options) (listing, error) {
	cases, err := steps.Plan(o)
	l := listing{Kind: "scenarios", Columns: []string{"id", "level", "rules", "at"}}
	for _, c := range cases {
		l.Rows = append(l.Rows, map[string]string{
			"id": c.ID, "level": string(c.Level), "rules": strings.Join(c.Rules, " "), "at": fmt.Sprintf("%s:%d", c.File, c.Line),
		})
	}
	return l, err
}

// listTags lists the tags of the scenarios, each with how many have it.
func listTags() (listing, error) {
	cases, err := steps.Plan(steps.Options{})
	with := map[string]int{}
	for _, c := range cases {
		for _, tag := range c.Tags {
			with[tag]++
		}
	}
	l := listing{Kind: "tags", Columns: []string{"tag", "scenarios"}}
	for _, tag := range slices.Sorted(maps.Keys(with)) {
		l.Rows = append(l.Rows, map[string]string{"tag": tag, "scenarios": strconv.Itoa(with[tag])})
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
	fmt.Fprintf(w, "%s: %s\n", l.Kind, reports.Number(len(l.Rows)))
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
