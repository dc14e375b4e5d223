package proof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	// need a quarter of it.
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
	loading, stop := context.WithTimeout(ctx, lasts)
	defer stop()
	e := &echo{t: t, rate: share * publishedRate}
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
	stop()
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
	shown := loaded{share: share, err: failed, others: o.held(), echo: e.held(), due: e.due, sent: e.sent, accepted: e.accepted, wrong: e.wrong, failed: e.failed}
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

// loaded is what the load itself has shown, beside the scenarios.
type loaded struct {
	share        float64       // of the limit
	err          error         // by which it ended; nil: it was held to its end
	only         time.Duration // how long the load lasted, where the scenarios took longer; 0: they did not
	others, echo float64       // shares of the wanted load that were offered: on other keys, on those of the scenarios

	due, sent, accepted, wrong, failed int // calls on the keys of the scenarios
}

// findings judges the load: of calls that were answered wrongly, and of what leaves the scenarios without
// a load to say anything about.
func (l loaded) findings() (all []reports.Finding) {
	add := func(exit int, text string, args ...any) {
		under := fmt.Sprintf("under %.0f %% load ", 100*l.share)
		all = append(all, reports.Finding{Kind: "under-load", Exit: exit, Text: under + fmt.Sprintf(text, args...)})
	}
	if l.wrong > 0 {
		add(1, "%d of %d accepted encryptions were answered without a ciphertext", l.wrong, l.accepted)
	}
	if l.err != nil {
		add(3, "the load could not be held, so the scenarios were ended: %v", l.err)
		return all
	}
	if l.failed > 0 {
		add(3, "%d of %d calls got no answer or a failure of the target", l.failed, l.sent)
	}
	if l.only > 0 {
		add(3, "the scenarios took longer than the load, which ends after %v: the last of them ran at rest; select fewer at a time", l.only)
	}
	if l.due == 0 {
		add(3, "there was nothing to repeat: no scenario encrypted by token, so none of their keys was under load")
		return all
	}
	if least := min(l.others, l.echo); least < leastHeld {
		add(3, "only %.0f %% of the load was offered, so the scenarios say nothing about it; a busy machine is the usual reason", 100*least)
	}
	return all
}

// others is the load on keys that no scenario knows.
type others struct {
	share   float64
	started chan struct{} // closed with the first progress, or when there will be none
	once    sync.Once
	err     error

	mu        sync.Mutex
	last      loadgen.Progress
	leftovers []string
}

func (o *others) run(ctx context.Context, t *target.Target, j Job) {
	defer o.once.Do(func() { close(o.started) })
	p := loadgen.Profile{
		Name: "under-load", Title: "Load beside which the scenarios run", API: "2.0", Keys: otherKeys,
		Limit:     loadgen.Limit{Scope: loadgen.PerKey, Rate: publishedRate, Burst: publishedRate},
		MissAfter: 100 * time.Millisecond, Conforming: loadgen.Bounds{Sent: leastHeld, LateP99: time.Second},
		Saturating: loadgen.Bounds{Sent: leastHeld, LateP99: time.Second},
		Phases:     []loadgen.Phase{{Name: "held", Role: loadgen.Conform, Rate: o.share * publishedRate, Length: longestLoad}},
	}
	options := loadgen.Options{Seed: j.Seed, AllowOverload: true, Keep: j.Load.Keep, Progress: o.note}
	options.Leftover = func(line string) { o.leftovers = append(o.leftovers, line) }
	_, o.err = loadgen.Run(ctx, t, p, options)
}

// note keeps the latest of the load while it is sent.
func (o *others) note(p loadgen.Progress) {
	if p.Phase == "" {
		return
	}
	o.mu.Lock()
	o.last = p
	o.mu.Unlock()
	o.once.Do(func() { close(o.started) })
}

// failed is the error of a load that did not end by being stopped.
func (o *others) failed(ctx context.Context) error {
	if errors.Is(o.err, context.Canceled) || errors.Is(o.err, context.DeadlineExceeded) || ctx.Err() != nil {
		return nil
	}
	return o.err
}

// held is the share of the wanted load that was offered.
func (o *others) held() float64 {
	wanted := o.share * publishedRate * otherKeys * o.last.At.Seconds()
	if wanted == 0 {
		return 0
	}
	return float64(o.last.Sent) / wanted
}

// String counts the load.
func (o *others) String() string {
	return fmt.Sprintf("%d other keys for %.1f s: sent %d, accepted %d, over the limit %d",
		otherKeys, o.last.At.Seconds(), o.last.Sent, o.last.Accepted, o.last.Limited)
}
