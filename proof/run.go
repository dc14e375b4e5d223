package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// A Job is one run: scenarios, load profiles, or both, on one target.
type Job struct {
	Command string // the verb, for the run file
	Version string
	Config  map[string]string // the effective configuration, without secrets
	Strict  bool
	Target  *Target
	Conform *steps.Options // nil: no scenarios. Open and Seed are filled in
	// UnderLoad has the scenarios of Conform run once at each of these shares of the published limit, 1
	// being all of it, while it is held on their keys and on others; empty: at rest.
	UnderLoad []float64
	loadLasts time.Duration     // at each of them; 0: longestLoad
	Profiles  []loadgen.Profile // played one after the other
	Load      loadgen.Options   // for each profile. Seed and Leftover are filled in
	Seed      uint64
	Began     time.Time          // when who waits for it began to wait; zero: when Do is called
	Notes     []reports.Finding  // what limits the run from the start
	Played    func(reports.Load) // told how each profile ended; nil: nobody is
	// Keep opens a file of evidence beside the run file. Nil: there is no such place, and nothing is kept.
	Keep func(name string) (io.WriteCloser, error)
}

// Do runs the job and returns its run file, decided. When ctx ends, what there is by then is returned, marked as
// interrupted; a cause that ctx was given for its end is a finding. Its error means that the job could not be run at
// all.
func (j Job) Do(ctx context.Context) (*reports.Run, error) {
	began := j.Began
	if began.IsZero() {
		began = time.Now()
	}
	run := &reports.Run{
		Schema: reports.Schema, Version: j.Version, Command: j.Command, Seed: j.Seed, Started: began.UTC(),
		Config: j.Config, Strict: j.Strict, Findings: slices.Clone(j.Notes),
	}
	run.Target = j.describe()
	conform := j.conform
	if len(j.UnderLoad) > 0 {
		conform = j.underLoad
	}
	if err := conform(ctx, run); err != nil {
		return nil, err
	}
	if err := j.load(ctx, run); err != nil {
		return nil, err
	}
	run.Interrupted = ctx.Err() != nil
	if cause := context.Cause(ctx); run.Interrupted && !errors.Is(ctx.Err(), cause) && !errors.Is(cause, context.Canceled) {
		run.Findings = append(run.Findings, reports.Finding{Kind: reports.Stopped, Text: cause.Error(), Exit: 3})
	}
	run.Millis = time.Since(began).Milliseconds()
	reports.Decide(run)
	return run, nil
}

// Explores reports whether the job plays drawn sequences in place of scenarios.
func (j Job) Explores() bool { return j.Conform != nil && j.Conform.Explore > 0 }

func (j Job) describe() reports.Target {
	d := reports.Target{Name: j.Target.Name, URLs: map[string]string{}, Reference: j.Target.Reference}
	if j.Target.Shared != nil {
		for api, url := range j.Target.Shared.URLs {
			d.URLs[string(api)] = url
			d.Declared = append(d.Declared, string(api))
		}
		d.Declared = append(d.Declared, j.Target.Shared.Roles()...)
		if n := len(j.Target.Shared.Sources); n > 0 {
			d.Declared = append(d.Declared, fmt.Sprintf("%d sources", n))
		}
		slices.Sort(d.Declared)
	}
	return d
}

func (j Job) conform(ctx context.Context, run *reports.Run) error {
	if j.Conform == nil {
		return nil
	}
	o := *j.Conform
	o.Open, o.Seed = j.Target.Scenario, j.Seed
	result, err := steps.Run(ctx, o)
	if err != nil {
		return err
	}
	run.Scenarios, run.NotRun, run.Rules = result.Scenarios, result.NotRun, result.Rules
	run.Findings = append(run.Findings, result.Findings...)
	run.Leftovers = append(run.Leftovers, result.Leftovers...)
	run.Target.Declared, run.Target.Found = result.Target.Declared, result.Target.Found
	if err := noteMutants(run.Rules); err != nil {
		return err
	}
	known, err := KnownMatrix()
	if err != nil {
		return err
	}
	run.Likenesses = known.Resemble(result.Ended)
	for _, e := range result.Evidence {
		if err := j.keep(run, e.Name, func(w io.Writer) error { _, err := w.Write(e.Text); return err }); err != nil {
			return err
		}
	}
	return nil
}

// load plays the profiles until ctx ends or the target is found dead.
func (j Job) load(ctx context.Context, run *reports.Run) error {
	for _, p := range j.Profiles {
		if ctx.Err() != nil || died(run) {
			return nil
		}
		if err := j.profile(ctx, run, p); err != nil {
			return err
		}
	}
	return nil
}

func died(run *reports.Run) bool {
	return slices.ContainsFunc(run.Findings, func(f reports.Finding) bool { return f.Kind == "target-died" })
}

func (j Job) profile(ctx context.Context, run *reports.Run, p loadgen.Profile) error {
	t, err := j.Target.Load(ctx)
	if err != nil {
		return err
	}
	o := j.Load
	o.Seed, o.Controls = j.Seed, true
	o.Recorded = func(r loadgen.Recording) error { return j.keepAll(run, r.Files()) }
	o.Leftover = func(line string) { run.Leftovers = append(run.Leftovers, line) }
	result, err := loadgen.Run(ctx, t, p, o)
	if j.Target.Shared == nil {
		err = errors.Join(err, t.Close())
	}
	if result.Profile != "" {
		run.Loads = append(run.Loads, result)
		if j.Played != nil {
			j.Played(result)
		}
	}
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if errors.Is(err, target.ErrBudget) || len(run.Scenarios)+len(run.Loads) == 0 {
		return fmt.Errorf("load profile %s: %w", p.Name, err)
	}
	run.Findings = append(run.Findings, reports.Finding{
		Kind: "load", Text: fmt.Sprintf("load profile %s could not be played: %v", p.Name, err), Exit: 3,
	})
	return nil
}

// MainProfiles returns the load profiles of the main job for a target: per-key-300 and shared-200, or
// gentle in their place where pushing past the published limits is not allowed. The notes say so.
func MainProfiles(t *Target, allowOverload bool) ([]loadgen.Profile, []reports.Finding, error) {
	names := []string{"per-key-300", "shared-200"}
	var notes []reports.Finding
	if !allowOverload && t.Reference == "" {
		names = []string{"gentle"}
		notes = []reports.Finding{{Kind: "scope", Text: "the profiles per-key-300 and shared-200 push a target past its published limits; " +
			"without --allow-overload the profile gentle ran in their place"}}
	}
	if t.Shared != nil && !t.Shared.Offers(target.API10) {
		names = slices.DeleteFunc(names, func(n string) bool { return n == "shared-200" })
		notes = append(notes, reports.Finding{Kind: "scope", Text: "the target offers no API 1.0, so the profile shared-200 was left out"})
	}
	var profiles []loadgen.Profile
	for _, name := range names {
		p, err := loadgen.Lookup(name)
		if err != nil {
			return nil, nil, err
		}
		profiles = append(profiles, p)
	}
	return profiles, notes, nil
}

// Overloads says whether phases that push past the published limits may be played.
func (t *Target) Overloads(allowed bool) bool { return allowed || t.Reference != "" }
