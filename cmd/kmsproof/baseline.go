package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// baselining are the flags of baseline.
type baselining struct {
	as         steps.Known
	known, out string
}

func newBaseline() *cobra.Command {
	var o baselining
	c := &cobra.Command{
		Use: "baseline RUN.json", Short: "Writes a known-failures file from a run", Args: takes("RUN.json"),
		Long: `baseline lists what failed in a run as known failures, an entry a scenario. 'conform --known FILE' then
passes as long as the same scenarios fail with the same symptoms: a new failure, another symptom, an entry of
which nothing fails any more, one that is over and one that fits nothing each fail the run.

Where a precondition was not met, the run is partial at best, and with --strict it has no verdict (exit 3)
until the fault is mended. An error, a scenario that could not start
for another reason and a load profile cannot be excused; stderr lists them.`,
		Example: `  kmsproof baseline kmsproof-out/run.json -o known.yaml --owner storage --issue KMS-41
  kmsproof conform --target staging.yaml --known known.yaml
  kmsproof baseline kmsproof-out/run.json --known known.yaml -o known.yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			run, err := reports.Read(args[0])
			if err != nil {
				return err
			}
			return o.write(run, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.as.Owner, "owner", "", "who sees to it; without it: as in --known, or unassigned")
	f.StringVar(&o.as.Issue, "issue", "", "where it is followed up; without it: as in --known, or none yet")
	f.StringVar(&o.as.Reason, "reason", "", "why it is accepted for now; without it: as in --known, or the run that it comes from")
	f.StringVar(&o.as.Until, "until", "", "last day on which the entries hold, such as 2027-03-31; without it: in 30 days")
	f.StringVar(&o.known, "known", "", "known-failures FILE of that run: entries that still hold, or that the run did not try, stay as they are, one that is over keeps its owner and issue, others go")
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	return c
}

func (o *baselining) write(run *reports.Run, stdout, stderr io.Writer) error {
	before, err := readKnown(o.known)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := future(o.as.Until, now); err != nil {
		return err
	}
	entries := steps.Baseline(run, o.as, before, now)
	var text bytes.Buffer
	if err := steps.WriteKnown(&text, entries); err != nil {
		return err
	}
	if err := deliver(stdout, o.out, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d known failures\n", len(entries))
	if n := len(steps.Unasked(run, before)); n > 0 {
		fmt.Fprintf(stderr, "%d of them are as they were: the run did not try their scenarios\n", n)
	}
	for _, line := range steps.Unexcused(run) {
		fmt.Fprintf(stderr, "cannot be excused: %s\n", line)
	}
	return nil
}

// future refuses a day of --until that is none, or over.
func future(until string, now time.Time) error {
	if until == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return fmt.Errorf("--until %q: want a day like 2027-03-31", until)
	}
	if !now.Before(day.AddDate(0, 0, 1)) {
		return fmt.Errorf("--until %s: that day is over, and the entries would fail every run", until)
	}
	return nil
}

// readKnown reads the known-failures file of a --known flag; none for an empty name.
func readKnown(path string) ([]steps.Known, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--known: %w", err)
	}
	known, err := steps.ParseKnown(text)
	if err != nil {
		return nil, fmt.Errorf("--known %s: %w", path, err)
	}
	return known, nil
}
