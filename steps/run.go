package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// deadAfter is Options.DeadAfter where it is zero.
const deadAfter = 5

// Run runs the cases that o selects against the targets that o.Open makes. Its error means that
// nothing could be run: it wraps ErrSelection or ErrSuite, or comes from opening the target. When ctx
// ends, cases under way are ended and cleaned up, and the rest is listed as not run.
func Run(ctx context.Context, o Options) (*Result, error) {
	if o.Open == nil {
		panic("steps.Run: Options.Open is nil")
	}
	if o.Explore > 0 {
		return explore(ctx, o)
	}
	all, rules, err := load(o)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(all, o)
	if err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		return nothingSelected(o), nil
	}
	r, err := newRunner(ctx, o, len(chosen), needsOf(chosen))
	if err != nil {
		return nil, err
	}
	r.runAll(ctx, chosen)
	result := r.result(chosen, rules)
	result.Ended = slices.Clone(result.Scenarios)
	result.Findings = append(result.Findings, excuse(result.Scenarios, all, o.Known, time.Now())...)
	return result, r.shared.Close()
}

func nothingSelected(o Options) *Result {
	return &Result{Findings: []reports.Finding{{Kind: "selection", Text: Empty(o), Exit: 3}}}
}

func describe(t *target.Target, declared, found []string) reports.Target {
	d := reports.Target{Name: t.Name, URLs: map[string]string{}, Declared: declared, Found: found}
	for api, url := range t.URLs {
		d.URLs[string(api)] = url
	}
	return d
}

// runner is one run under way.
type runner struct {
	o      Options
	shared *target.Target // the target of every case, unless it is disposable
	ledger *target.Ledger // of the shared target
	pace   func(context.Context) error
	total  int
	lender lender // of keys of the shared target
	room   *room  // for keys on it
	moved  bool   // the clock of the shared target; cases that move it run alone

	declared []string          // capabilities
	has      []string          // those of them that were found
	lacks    map[string]string // why the others were not
	unasked  []string          // those of has that no case needs

	mu        sync.Mutex
	results   map[string]reports.Scenario // by ID
	held      map[string]int              // keys that each case held, by ID
	leftovers []string
	findings  []reports.Finding
	silent    int    // cases in a row that ended without an answer
	stopped   string // why no further case starts; empty: go on
	dead      bool
}

// newRunner opens the first target and asks whether it has what is needed. The caller closes it.
func newRunner(ctx context.Context, o Options, total int, needs []string) (*runner, error) {
	first, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	r := &runner{o: o, shared: first, ledger: first.Ledger, declared: capabilities(first, o), total: total, results: map[string]reports.Scenario{}, held: map[string]int{}}
	r.has = r.declared
	r.room = newRoom(first.Budget.Keys, o.Keys)
	if r.ledger == nil {
		r.ledger = target.NewLedger(fmt.Sprintf("%06d", o.Seed%1e6), first.Budget, nil)
	}
	if rate := cmp.Or(o.Rate, ForeignRate); rate > 0 && !first.Disposable && !first.Offers(target.Admin) {
		r.pace = pacer(rate)
		r.ledger.Pace(r.pace)
	}
	r.probeAll(ctx, needs)
	return r, nil
}

// runAll runs first what may run side by side, then what must be alone, in an order drawn from the
// seed.
func (r *runner) runAll(ctx context.Context, chosen []Case) {
	order := slices.Clone(chosen)
	shuffle := rand.New(rand.NewPCG(r.o.Seed, uint64(len(order))))
	shuffle.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var together, alone, waiting []Case
	for _, c := range order {
		switch _, wait := r.missing(c); {
		case wait:
			waiting = append(waiting, c)
		case c.Serial && !r.shared.Disposable:
			alone = append(alone, c)
		default:
			together = append(together, c)
		}
	}
	parallel := r.o.Parallel
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	r.start(ctx)
	r.runSome(ctx, together, parallel)
	r.runSome(ctx, alone, 1)
	r.runSome(ctx, waiting, len(waiting)) // all at once, or the waits would add up
	r.finish(context.WithoutCancel(ctx))
}

// runSome runs cases, at most n at once, until they are done or the run stops.
func (r *runner) runSome(ctx context.Context, cases []Case, n int) {
	next := make(chan Case)
	var wg sync.WaitGroup
	for range min(n, len(cases)) {
		wg.Go(func() {
			for c := range next {
				if !r.stop(ctx) { // the run may have stopped while the case was handed over
					r.runCase(ctx, c)
				}
			}
		})
	}
	for _, c := range cases {
		if r.stop(ctx) {
			break
		}
		next <- c
	}
	close(next)
	wg.Wait()
}

func (r *runner) stop(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || r.stopped != ""
}

// runCase runs one case and files how it ended. One that was cut short by the end of the run counts
// as not run.
func (r *runner) runCase(ctx context.Context, c Case) {
	s := reports.Scenario{
		ID: c.ID, Title: c.Title, Feature: c.Feature, File: c.File, Line: c.Line, Outline: c.Outline, Rules: c.Rules, Level: c.Level,
	}
	if missing, _ := r.missing(c); missing != "" {
		s.Outcome, s.Reason = reports.Skipped, r.wanting(c, missing)
		r.file(s, false)
		return
	}
	var wished []wish // none on disposable targets, where nobody lends
	if !r.shared.Disposable {
		wished = wishes(c)
	}
	kept := r.room.enter(ctx, c.ID, wished, &r.lender, func(tag string) { r.evict(ctx, tag) })
	defer r.room.leave(c.ID)
	defer r.lender.rejoin(kept)
	if r.stop(ctx) { // while it waited for room
		return
	}
	r.started(c.ID)
	start := time.Now()
	v, t := r.try(ctx, c, kept, &s)
	s.Millis = float64(time.Since(start).Microseconds()) / 1000
	if cancelled(ctx, t.err) {
		return
	}
	s.Outcome, s.Reason, s.Keyword, s.Expected, s.Seen = v.outcome, v.reason, v.keyword, v.expected, v.seen
	if t.step != nil {
		s.Step = t.step.Text
	}
	r.file(s, errors.Is(t.err, target.ErrNoAnswer))
}

func (r *runner) started(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.o.Started != nil {
		r.o.Started(id)
	}
}

// tell keeps a finding that belongs to no scenario.
func (r *runner) tell(f reports.Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.findings = append(r.findings, f)
}

// file keeps the outcome of a case and decides whether the run goes on.
func (r *runner) file(s reports.Scenario, silent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[s.ID] = s
	switch {
	case s.Outcome == reports.Skipped:
	case silent:
		r.silent++
	default:
		r.silent = 0
	}
	if r.silent >= cmp.Or(r.o.DeadAfter, deadAfter) {
		r.stopped, r.dead = "the target is dead", true
	}
	if r.o.FailFast && r.fails(s) {
		r.stopped = "a case failed"
	}
	if r.o.Progress != nil {
		r.o.Progress(Progress{Done: len(r.results), Total: r.total, Case: s})
	}
}

// fails reports whether a case fails the run, as far as it tells alone: a failure that is known does not, one
// with another symptom does, and a warning does where it counts as a failure.
func (r *runner) fails(s reports.Scenario) bool {
	seen := forgiven(s, r.o.Known, time.Now())
	return seen.Outcome == reports.Failed || r.o.Strict && seen.Outcome == reports.Warned || differs(&seen)
}

// result puts together what was filed, in the order of the plan.
func (r *runner) result(chosen []Case, rules []features.Rule) *Result {
	res := &Result{Leftovers: r.leftovers, Findings: r.findings, Target: describe(r.shared, r.declared, r.found()), Keys: r.held}
	named := map[string]bool{}
	for _, c := range chosen {
		for _, id := range c.Rules {
			named[id] = true
		}
		if s, ok := r.results[c.ID]; ok {
			res.Scenarios = append(res.Scenarios, s)
		} else {
			res.NotRun = append(res.NotRun, c.ID)
		}
	}
	for _, rule := range rules {
		if named[rule.ID] {
			res.Rules = append(res.Rules, reportRule(rule))
		}
	}
	if r.dead {
		res.Findings = append(res.Findings, reports.Finding{Kind: "target-died", Exit: 3, Text: fmt.Sprintf(
			"%d scenarios in a row got no answer; %d were not started", r.silent, len(res.NotRun))})
	}
	return res
}

func reportRule(r features.Rule) reports.Rule {
	return reports.Rule{
		ID: r.ID, Level: reports.Level(r.Level), Origin: r.Origin.String(),
		Statement: r.Statement, Risk: r.Risk, Rival: r.Rival,
		Korean: reports.Translation{Statement: r.Korean.Statement, Rival: r.Korean.Rival},
	}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}
