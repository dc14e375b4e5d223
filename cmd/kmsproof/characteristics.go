package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// characteristics are the flags of load that judge the judge.
type characteristics struct {
	wanted      bool
	experiments int
	format      string
}

func (k *characteristics) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&k.wanted, "characteristics", false, "judge limiters of which the truth is known, on virtual time, and say how often the judge is right; takes no PROFILE and no target")
	f.IntVar(&k.experiments, "experiments", 3000, "with --characteristics: how often each limiter is judged behind each client")
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
	o.seeded()
	ctx, cancel := o.within(c.Context())
	defer cancel()
	line, began := newProgress(c.ErrOrStderr(), o.quiet), time.Now()
	var mu sync.Mutex
	plan := zoo.Plan{Experiments: k.experiments, Seed: o.seed, Progress: func(done, of int) {
		if done%50 != 0 {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		left := time.Duration(float64(time.Since(began)) * float64(of-done) / float64(done))
		line.line("experiments %d/%d, %v left", done, of, left.Round(time.Second))
	}, Fault: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		line.clear()
		fmt.Fprintln(c.ErrOrStderr(), text)
	}}
	cells, err := zoo.Characterize(ctx, plan)
	line.clear()
	if ctx.Err() != nil {
		fmt.Fprintln(c.ErrOrStderr(), "kmsproof: interrupted")
		return verdict(exitNothing)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "seed %d, %v\n", o.seed, time.Since(began).Round(time.Second))
	return errors.Join(formats[k.format](c.OutOrStdout(), plan, cells), judgement(cells))
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
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Seed        uint64     `json:"seed"`
		Experiments int        `json:"experiments"`
		Cells       []zoo.Cell `json:"cells"`
	}{plan.Seed, plan.Experiments, cells})
}
