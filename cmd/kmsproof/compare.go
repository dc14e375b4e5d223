package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/reports"
)

func newCompare() *cobra.Command {
	var format, lang, out string
	var strict bool
	c := &cobra.Command{
		Use: "compare OLD.json NEW.json", Short: "Tells what regressed between two runs from what merely changed", Args: takes("OLD.json", "NEW.json"),
		Long: `compare tells what regressed from the old run to the new one (exit 1), what held and was not found out
this time (exit 3), and what is merely other: scenarios and rules that are new or gone, warnings, limits.
With --strict a scenario that held and was not run this time is open, too: a job that came to check less is then
not green. A figure of a load profile has regressed only where the intervals of both runs do not overlap.`,
		Example: `  kmsproof compare main/run.json kmsproof-out/run.json
  kmsproof compare main/run.json kmsproof-out/run.json --strict
  kmsproof compare main/run.json kmsproof-out/run.json --format markdown >> "$GITHUB_STEP_SUMMARY"
  kmsproof compare main/run.json kmsproof-out/run.json --format html -o compare.html`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneFormat(format, reports.ComparisonFormats()...); err != nil {
				return err
			}
			before, err := reports.Read(args[0])
			if err != nil {
				return err
			}
			after, err := reports.Read(args[1])
			if err != nil {
				return err
			}
			diff := reports.Compare(before, after)
			if strict {
				diff.Strict()
			}
			var text bytes.Buffer
			if err := diff.WriteIn(&text, format, lang); err != nil {
				return err
			}
			if err := deliver(c.OutOrStdout(), out, text.Bytes()); err != nil {
				return err
			}
			if code := diff.ExitCode(); code != exitPass {
				return verdict(code)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "what held and was not run this time is open (exit 3)")
	c.Flags().StringVar(&format, "format", "text", "one of "+strings.Join(reports.ComparisonFormats(), ", "))
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write; - is stdout")
	c.Flags().StringVar(&lang, "lang", "auto", languages)
	return c
}
