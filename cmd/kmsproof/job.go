package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// perform runs a job with everything around it: the folder, the ledger, the live view, the
// reports, the summary and the exit code. prepare fills in what to run once the target is known.
func (o *common) perform(c *cobra.Command, prepare func(*proof.Job) error) error {
	if _, err := reports.FormatIn("html", o.lang); err != nil {
		return fmt.Errorf("--lang: %w", err)
	}
	if o.timeout < 0 {
		return fmt.Errorf("--timeout %v: it must not be below zero", o.timeout)
	}
	began := time.Now()
	ctx, cancel := o.within(c.Context())
	defer cancel()
	o.seeded()
	t, err := o.resolve(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	job := proof.Job{
		Command: c.Name(), Version: version, Config: configuration(c.Flags()), Strict: o.strict, Target: t, Seed: o.seed, Began: began,
	}
	if err := prepare(&job); err != nil {
		return err
	}
	if t.Shared != nil {
		budget := t.Shared.Budget
		job.Config["target.budget"] = fmt.Sprintf("keys %d, keysTotal %d, requests %d; 0: no limit", budget.Keys, budget.KeysTotal, budget.Requests)
		job.Config["target.wait"] = t.Shared.Wait.String()
	}
	if o.dryRun || t.Shared != nil && t.Shared.Budget != (target.Budget{}) {
		if err := o.plan(ctx, c, job); err != nil || o.dryRun {
			return err
		}
	}
	return o.leave(ctx, c, job)
}

// plan counts what the job would do, writes it for a dry run, and refuses what is over the budget.
func (o *common) plan(ctx context.Context, c *cobra.Command, job proof.Job) error {
	if job.Conform != nil && !o.quiet {
		fmt.Fprintln(c.ErrOrStderr(), "planning: the scenarios are played on a reference in memory first, to count their calls and keys")
	}
	cost, err := job.Cost(ctx)
	if err != nil {
		return err
	}
	if o.dryRun {
		if err := cost.Write(c.OutOrStdout()); err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "target %s, seed %d\n", job.Target.Name, job.Seed)
	}
	if job.Conform != nil {
		job.Conform.Keys = cost.KeysOf
	}
	if job.Target.Shared == nil {
		return nil
	}
	return cost.Fits(job.Target.Shared.Budget)
}

// leave runs the job and leaves its files in the folder.
func (o *common) leave(ctx context.Context, c *cobra.Command, job proof.Job) error {
	page, err := o.listen()
	if err != nil {
		return err
	}
	if page != nil {
		defer page.Close()
	}
	d, err := openFolder(o.out)
	if err != nil {
		return err
	}
	defer d.close()
	d.lang = o.lang
	done, err := d.note(job.Target.Shared, c.ErrOrStderr())
	if err != nil {
		return err
	}
	job.Keep = d.keep
	if job.Explores() {
		if err := errors.Join(d.forget(steps.SequenceFile), d.forget(steps.HistoryFile)); err != nil {
			return err
		}
	}
	if err := o.announce(job, c.ErrOrStderr()); err != nil {
		return err
	}
	run, err := o.do(ctx, job, page, c.ErrOrStderr())
	if err := errors.Join(err, done()); err != nil {
		return err
	}
	if err := d.write(run); err != nil {
		return err
	}
	if err := reports.Text(c.OutOrStdout(), run); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "run file and reports: %s\n", filepath.Join(o.out, "{run.json, report.html, junit.xml, summary.md}"))
	if code := run.ExitCode(); code != exitPass {
		return verdict(code)
	}
	return nil
}

// announce says before the first call what each load profile can detect, with how many calls and for how long.
func (o *common) announce(job proof.Job, stderr io.Writer) error {
	for _, p := range job.Profiles {
		options := job.Load
		options.Seed, options.Controls = job.Seed, true
		plan, err := loadgen.NewPlan(p, options)
		if err != nil {
			return err
		}
		if !o.quiet {
			fmt.Fprint(stderr, onScreen(plan.Short(), stderr))
		}
	}
	return nil
}

// note lets a shared target's ledger be written to the folder. The function that it returns closes
// the file, and removes it if surely no key is left.
func (d *folder) note(t *target.Target, stderr io.Writer) (done func() error, err error) {
	if t == nil {
		return func() error { return nil }, nil
	}
	f, aside, err := d.ledger()
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if aside != "" {
		fmt.Fprintf(stderr, "an earlier run left keys behind: %s lists them, `kmsproof sweep TARGET.yaml --ledger` of that file removes them\n", aside)
	}
	t.Ledger.Record(f)
	return func() error {
		left := len(t.Ledger.Alive())
		if left > 0 {
			fmt.Fprintf(stderr, "keys left on the target: %d; `kmsproof sweep TARGET.yaml --ledger %s` removes them\n", left, f.Name())
		}
		err := f.Close()
		if err == nil && left == 0 && !t.Ledger.Unsure() {
			err = os.Remove(f.Name())
		}
		return err
	}, nil
}
