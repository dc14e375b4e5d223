package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// characteristics are the flags of load that judge the judge.
type characteristics struct {
	wanted      bool
	experiments int
	format      string
	resume      string
}

func (k *characteristics) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&k.wanted, "characteristics", false, "judge limiters of which the truth is known, on virtual time, and say how often the judge is right; takes no PROFILE and no target")
	f.IntVar(&k.experiments, "experiments", 3000, "with --characteristics: how often each limiter is judged behind each client")
	f.StringVar(&k.resume, "resume", "", "with --characteristics: note in this `FILE` what is done every minute or so, and go on from what it holds")
	f.StringVar(&k.format, "format", "table", "with --characteristics: table, markdown or json")
}

// args says which arguments load takes: a profile, but for the characteristics.
func (k *characteristics) args(c *cobra.Command, args []string) error {
	if k.wanted {
		return takes()(c, args)
	}
	return takes("PROFILE")(c, args)
}

// judge asks the judge and prints what came of it.
func (k *characteristics) judge(c *cobra.Command, o *common) error {
	formats := map[string]func(io.Writer, zoo.Plan, []zoo.Cell) error{"table": zoo.Table, "markdown": zoo.Markdown, "json": cellsAsJSON}
	if err := oneFormat(k.format, slices.Sorted(maps.Keys(formats))...); err != nil {
		return err
	}
	if k.experiments < 1 {
		return fmt.Errorf("--experiments %d: it must be above zero", k.experiments)
	}
	collectRarely()
	ctx, cancel := o.within(c.Context())
	defer cancel()
	began := time.Now()
	t, err := k.begin(o)
	if err != nil {
		return err
	}
	if err := k.ask(ctx, t, newProgress(c.ErrOrStderr(), o.quiet), c.ErrOrStderr()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		fmt.Fprintln(c.ErrOrStderr(), "kmsproof: "+ending(ctx))
		return verdict(exitNothing)
	}
	fmt.Fprintf(c.ErrOrStderr(), "seed %d, %v\n", t.Seed, time.Since(began).Round(time.Second))
	return errors.Join(formats[k.format](c.OutOrStdout(), zoo.Plan{Experiments: t.Experiments, Seed: t.Seed}, t.Cells), judgement(t.Cells))
}

// begin returns what was asked before, or nothing yet and a seed.
func (k *characteristics) begin(o *common) (*tallied, error) {
	judge := ""
	if k.resume != "" {
		var err error
		if judge, err = zoo.Fingerprint(); err != nil {
			return nil, err
		}
	}
	t, err := k.tallied(judge, o.seed)
	if err == nil && t.Seed == 0 {
		o.seeded()
		t.Seed = o.seed
	}
	return t, err
}

// judgement is the exit code: something wrong was said, or nothing where something should have been.
func judgement(cells []zoo.Cell) error {
	switch {
	case slices.ContainsFunc(cells, zoo.Cell.Wrongly):
		return verdict(exitFail)
	case slices.ContainsFunc(cells, zoo.Cell.Unexplained):
		return verdict(exitNothing)
	}
	return nil
}

func cellsAsJSON(w io.Writer, plan zoo.Plan, cells []zoo.Cell) error {
	return (&tallied{Seed: plan.Seed, Experiments: plan.Experiments, Cells: cells}).write(w)
}
