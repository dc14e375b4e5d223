package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// conforming are the flags of conform.
type conforming struct {
	common
	tags, rule, known, shard, rerun string
	parallel, deadAfter             int
	trace, failFast, overload       bool
}

func newConform() *cobra.Command {
	var o conforming
	c := &cobra.Command{
		Use: "conform [SCENARIO ...]", Short: "Runs the conformance scenarios",
		Long: `conform runs the scenarios, each tied to a numbered rule of the published API.

SCENARIO is the ID of a scenario, in which * stands for any text. Without one, all run.`,
		Example: `  kmsproof conform
  kmsproof conform 'token/*' --target staging.yaml
  kmsproof conform --rule KMS2-ACL --strict
  kmsproof conform --tags '@KMS2-TOK-011 or @KMS2-REN-006' --trace
  kmsproof conform --rerun kmsproof-out/run.json`,
		RunE: func(c *cobra.Command, args []string) error {
			return o.perform(c, func(j *proof.Job) error {
				options, err := o.options(args)
				if err != nil {
					return err
				}
				j.Conform = options
				return nil
			})
		},
	}
	o.register(c)
	f := c.Flags()
	f.StringVar(&o.tags, "tags", "", "tag expression, such as '@KMS2-TOK-011 and not @needs-clock'")
	f.StringVar(&o.rule, "rule", "", "run what checks rules whose ID begins so, such as KMS2-ACL")
	f.StringVar(&o.known, "known", "", "known-failures FILE: what it lists must fail as it says")
	f.IntVar(&o.parallel, "parallel", 0, "scenarios at once; 0: one a processor")
	f.StringVar(&o.shard, "shard", "", "run part I of N, as I/N; a scenario's part depends on its ID alone")
	f.StringVar(&o.rerun, "rerun", "", "run again what did not pass in this RUN.json, and what it did not get to")
	f.BoolVar(&o.trace, "trace", false, "keep the exchanges of every scenario, not only of those that did not pass")
	f.BoolVar(&o.failFast, "fail-fast", false, "stop at the first failure")
	f.IntVar(&o.deadAfter, "dead-after", 5, "stop when so many scenarios in a row got no answer from the target (exit 3)")
	f.BoolVar(&o.overload, "allow-overload", false, "push a foreign target past its published limits; on by itself for a reference")
	return c
}

func (o *conforming) options(ids []string) (*steps.Options, error) {
	if err := positive("parallel", o.parallel); err != nil {
		return nil, err
	}
	if o.deadAfter < 1 {
		return nil, fmt.Errorf("--dead-after %d: want a number above zero", o.deadAfter)
	}
	s := &steps.Options{
		Tags: o.tags, Rule: o.rule, IDs: ids, Shard: o.shard, Parallel: o.parallel, FailFast: o.failFast, DeadAfter: o.deadAfter,
		Trace: o.trace, Keep: o.keep, AllowOverload: o.overload,
	}
	known, err := readKnown(o.known)
	if err != nil {
		return nil, err
	}
	s.Known = known
	if o.rerun != "" {
		var err error
		if s.Only, err = notPassed(o.rerun); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// notPassed lists the scenarios of a run file that are worth another look: what did not pass, and what
// the run did not get to.
func notPassed(path string) ([]string, error) {
	run, err := reports.Read(path)
	if err != nil {
		return nil, fmt.Errorf("--rerun: %w", err)
	}
	ids := run.NotRun
	for _, s := range run.Scenarios {
		switch s.Outcome {
		case reports.Passed, reports.Skipped, reports.KnownFail:
		default:
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("--rerun %s: everything passed; there is nothing to run again", path)
	}
	return ids, nil
}
