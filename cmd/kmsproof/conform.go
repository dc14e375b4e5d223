package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// conforming are the flags of conform.
type conforming struct {
	common
	selection                 selection
	known, rerun              string
	parallel, deadAfter       int
	explore, clients          int
	trace, failFast, overload bool
	underLoad                 []float64
}

func newConform() *cobra.Command {
	var o conforming
	c := &cobra.Command{
		Use: "conform [SCENARIO | FILE.feature ...]", Short: "Runs the conformance scenarios",
		Long: `conform runs the scenarios, each tied to a numbered rule of the published API.

SCENARIO is the ID of a scenario, in which * stands for any text. Without one, all run. FILE.feature is a
file on disk, whose scenarios are then chosen from in place of the built-in ones.

With --explore N it plays, in place of scenarios, N sequences of calls drawn from a model of the rules:
keys, versions, rotation, creators, tokens, IP ACLs and limits in any order. One that fails is made as short as can be and
left as sequence.feature beside the run file; kmsproof conform sequence.feature repeats it. The same
--seed draws the same sequences. With --clients C as well, N histories of C clients on one key are
played: each call must be answered as if it took effect at one moment between its beginning and its end.
As many are played with two regions that answer in turn, each two seconds behind the other by the
target's clock: there a change may take effect so much later, and none may be lost. A history that does not
fit is shown in history.html.

With --under-load 0.8,1,1.5 the scenarios with the tag @under-load run three times, over sockets and in
real time, while 80 %, 100 % and 150 % of the limit are held on their keys and on others. A call that is
refused for the limit is made again; any other answer that is wrong is as wrong as at rest.`,
		Example: `  kmsproof conform
  kmsproof conform 'token/*' --target staging.yaml
  kmsproof conform --rule KMS2-ACL --strict
  kmsproof conform --tags '@KMS2-TOK-011 or @KMS2-REN-006' --trace
  kmsproof conform --rerun kmsproof-out/run.json
  kmsproof conform --explore 500
  kmsproof conform --explore 50 --clients 4
  kmsproof conform --under-load 0.8,1,1.5
  kmsproof conform kmsproof-out/sequence.feature`,
		RunE: func(c *cobra.Command, args []string) error {
			collectRarely()
			return o.perform(c, func(j *proof.Job) error {
				options, err := o.options(args)
				if err != nil {
					return err
				}
				j.Conform = options
				if o.rerun != "" {
					if options.Only, err = o.again(c.ErrOrStderr(), j.Target.Name); err != nil {
						return err
					}
				}
				return o.load(j)
			})
		},
	}
	o.register(c)
	f := c.Flags()
	o.selection.register(f)
	f.IntVar(&o.explore, "explore", 0, "play so many drawn sequences of calls in place of the scenarios")
	f.IntVar(&o.clients, "clients", 0, "with --explore: so many clients, up to 8, call at once")
	f.Float64SliceVar(&o.underLoad, "under-load", nil, "run scenarios while these `SHARES` of the limit are held, such as 0.8,1,1.5 or 80%,100%,150%")
	underLoad := f.Lookup("under-load")
	underLoad.Value, underLoad.DefValue = shares{underLoad.Value}, "" // or else help says: default []
	f.StringVar(&o.known, "known", "", "known-failures FILE: what it lists must fail as it says")
	f.IntVar(&o.parallel, "parallel", 0, "scenarios at once; 0: one a processor")
	f.StringVar(&o.rerun, "rerun", "", "run again what did not pass in this RUN.json, and what it did not get to; on --target, whatever that run was on")
	f.BoolVar(&o.trace, "trace", false, "keep the exchanges of every scenario, not only of those that did not pass")
	f.BoolVar(&o.failFast, "fail-fast", false, "stop at the first failure")
	f.IntVar(&o.deadAfter, "dead-after", 5, "stop when so many scenarios in a row got no answer from the target (exit 3)")
	f.BoolVar(&o.overload, "allow-overload", false, "push a foreign target past its published limits; on by itself for a reference")
	return c
}

// mostShare bounds how far a target is pushed past its limit.
const mostShare = 3

// load has the scenarios run under load, if that was asked for.
func (o *conforming) load(j *proof.Job) error {
	if len(o.underLoad) == 0 {
		return nil
	}
	if o.explore > 0 || o.dryRun {
		return errors.New("--under-load goes neither with --explore nor with --dry-run")
	}
	for _, share := range o.underLoad {
		if !(share > 0 && share <= mostShare) {
			return fmt.Errorf("--under-load %v: want shares above 0, up to %d", share, mostShare)
		}
		if !j.Target.Overloads(o.overload) {
			return fmt.Errorf("--under-load %v: it sends a foreign target more than the %d calls a second that it is otherwise spared to, which --allow-overload permits", share, steps.ForeignRate)
		}
	}
	if j.Conform.Tags == "" {
		j.Conform.Tags = proof.UnderLoadTag
	}
	j.UnderLoad, j.Load.Keep = o.underLoad, o.keep
	return nil
}

// chooses reports whether anything chooses among scenarios.
func (o *conforming) chooses(args []string) bool {
	return len(args) > 0 || o.selection != selection{} || o.known+o.rerun != ""
}

func (o *conforming) options(args []string) (*steps.Options, error) {
	if err := positive("parallel", o.parallel); err != nil {
		return nil, err
	}
	if o.deadAfter < 1 {
		return nil, fmt.Errorf("--dead-after %d: want a number above zero", o.deadAfter)
	}
	if err := positive("explore", o.explore); err != nil {
		return nil, err
	}
	if o.explore > 0 && o.chooses(args) {
		return nil, errors.New("--explore draws sequences in place of scenarios: leave out what chooses among these")
	}
	if o.clients < 0 || o.clients == 1 || o.clients > steps.MostClients || o.clients > 0 && o.explore == 0 {
		return nil, fmt.Errorf("--clients %d: want 2 to %d, and --explore N beside it", o.clients, steps.MostClients)
	}
	s := o.selection.options(args)
	s.Explore, s.Clients, s.Parallel, s.FailFast, s.DeadAfter = o.explore, o.clients, o.parallel, o.failFast, o.deadAfter
	s.Strict, s.Trace, s.Keep, s.AllowOverload = o.strict, o.trace, o.keep, o.overload
	known, err := readKnown(o.known)
	if err != nil {
		return nil, err
	}
	s.Known = known
	return &s, nil
}

// again lists the scenarios of the earlier run that are worth another look, and says if they get it on another
// target.
func (o *conforming) again(stderr io.Writer, on string) ([]string, error) {
	run, err := reports.Read(o.rerun)
	if err != nil {
		return nil, fmt.Errorf("--rerun: %w", err)
	}
	if run.Target.Name != on && !o.quiet {
		fmt.Fprintf(stderr, "--rerun: that run was on %s, this one is on %s; --target chooses\n", run.Target.Name, on)
	}
	return notPassed(run), nil
}

// notPassed lists what did not pass in a run, and what it did not get to.
func notPassed(run *reports.Run) []string {
	ids := []string{} // of none is left none, and not all
	for _, id := range run.NotRun {
		ids = append(ids, steps.AtRest(id))
	}
	for _, s := range run.Scenarios {
		switch s.Outcome {
		case reports.Passed, reports.Skipped, reports.KnownFail:
		default:
			ids = append(ids, steps.AtRest(s.ID))
		}
	}
	return ids
}
