package proof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// UnderLoadTag marks the scenarios that say as much under load as at rest: answers may then be refused
// for the limit, and the scenario asks again, but no answer may be wrong.
const UnderLoadTag = "@under-load"

const (
	publishedRate = 300 // encryptions per second and key (security-kms)
	otherKeys     = 2   // under load beside those of the scenarios
	atOnce        = 4   // scenarios: each brings a key or two that is under load
	// longestLoad bounds the load of one share, and so what it takes of a budget. The scenarios with the tag
	// need half of it at 150 %, and less at lower shares.
	longestLoad = time.Minute
	// leastHeld is the share of the wanted load that must have been offered for the run to say anything.
	leastHeld = 0.9
)

// takesHold is how long the keys of a scenario are under load before it goes on: a second, and above the
// limit as long as a second's worth of reserve lasts, up to three.
func takesHold(share float64) time.Duration {
	if share <= 1 {
		return time.Second
	}
	return time.Second + time.Duration(min(3, 1/(share-1))*float64(time.Second))
}

// underLoad runs the scenarios at each share of the limit in turn, until there is one that cannot be held.
func (j Job) underLoad(ctx context.Context, run *reports.Run) error {
	for _, share := range j.UnderLoad {
		if ctx.Err() != nil {
			break
		}
		held, err := j.atShare(ctx, run, share)
		if err != nil {
			return fmt.Errorf("under %.0f %% load: %w", 100*share, err)
		}
		if !held {
			break
		}
	}
	return noteMutants(run.Rules)
}

// atShare runs the scenarios on one target while loadgen loads other keys and an echo loads theirs. A load that fails
// ends the scenarios; what they showed by then is filed all the same.
func (j Job) atShare(ctx context.Context, run *reports.Run, share float64) (held bool, err error) {
	t, err := j.Target.Load(ctx)
	if err != nil {
		return false, err
	}
	if j.Target.Shared == nil {
		defer t.Close()
	}
	lasts := cmp.Or(j.loadLasts, longestLoad)
	timed, release := context.WithTimeoutCause(ctx, lasts, loadgen.ErrEnough)
	defer release()
	loading, stop := context.WithCancelCause(timed)
	defer stop(nil)
	e := &echo{t: t, rate: share * publishedRate, random: rand.New(rand.NewPCG(j.Seed, 0))}
	o := &others{share: share, started: make(chan struct{})}
	beside, end := context.WithCancel(ctx)
	defer end()
	var load sync.WaitGroup
	load.Go(func() { e.run(loading) })
	load.Go(func() {
		if o.run(loading, t, j); o.failed(ctx) != nil {
			end()
		}
	})
	result, err := steps.Run(beside, j.crowded(t, e, o))
	ended := loading.Err() != nil && ctx.Err() == nil
	stop(loadgen.ErrEnough)
	load.Wait()
	failed := o.failed(ctx)
	if err != nil && (failed == nil || !errors.Is(err, context.Canceled)) {
		return false, errors.Join(err, failed)
	}
	if run.Config == nil {
		run.Config = map[string]string{}
	}
	run.Config[fmt.Sprintf("load held at %.0f %%", 100*share)] = o.String() + "; " + e.String()
	if result != nil {
		file(run, result, share)
	}
	run.Leftovers = append(run.Leftovers, o.leftovers...)
	shown := loaded{share: share, err: failed, others: o.held(), echo: e.held(), counts: e.counts, answers: o.answers()}
	if ended {
		shown.only = lasts
	}
	run.Findings = append(run.Findings, shown.findings()...)
	return failed == nil, nil
}

// crowded are the options of the scenarios: on one target whose clock nobody moves, for the load lives by
// it, with the calls by token repeated by e.
func (j Job) crowded(t *target.Target, e *echo, o *others) steps.Options {
	view := &target.Target{
		Name: t.Name, URLs: maps.Clone(t.URLs), Credentials: t.Credentials, Sources: t.Sources, Budget: t.Budget,
		Wait: t.Wait, Ledger: t.Ledger, RootCAs: t.RootCAs, Authority: t.Authority, Timeout: t.Timeout, Dial: t.Dial, Transport: e.overhear(t),
	}
	delete(view.URLs, target.Admin)
	s := *j.Conform
	s.Open = func(context.Context) (*target.Target, error) { return view, nil }
	s.Seed, s.Parallel, s.Retry = j.Seed, atOnce, 20*time.Millisecond
	s.Held = func(ctx context.Context) error {
		select {
		case <-o.started:
		case <-ctx.Done():
			return ctx.Err()
		}
		return pause(ctx, takesHold(o.share))
	}
	return s
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// file adds the scenarios to the run, by names that say the share.
func file(run *reports.Run, result *steps.Result, share float64) {
	mark := fmt.Sprintf("%s %.0f %% load)", steps.LoadMark, 100*share)
	for _, s := range result.Scenarios {
		s.ID += mark
		s.Title += mark
		run.Scenarios = append(run.Scenarios, s)
	}
	for _, id := range result.NotRun {
		run.NotRun = append(run.NotRun, id+mark)
	}
	run.Rules = result.Rules
	run.Findings = append(run.Findings, result.Findings...)
	run.Leftovers = append(run.Leftovers, result.Leftovers...)
	run.Target.Declared, run.Target.Found = result.Target.Declared, result.Target.Found
}
