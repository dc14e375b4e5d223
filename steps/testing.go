package steps

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Test runs the cases that o selects as subtests of t, named by their IDs, so that go test -run
// selects among them. A warning is logged unless o is strict, a missing capability and a known failure skip,
// anything else that is no pass fails. What is wrong with the known failures, that the target died and that
// nothing but skips is left fails t itself.
//
// On disposable targets the subtests run in parallel, at most Parallel of o at once where that is above
// zero; go test -parallel bounds them as well. After the first failure under FailFast, or when the target
// is dead, the rest is skipped.
func Test(t *testing.T, open target.Opener, o Options) {
	t.Helper()
	if open == nil {
		t.Fatal("steps.Test: there is no opener of a target")
	}
	o.Open = open
	all, rules, err := load(o)
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := choose(all, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(chosen) == 0 {
		t.Fatal(nothingSelected(o).Findings[0].Text)
	}
	r, err := newRunner(t.Context(), o, len(chosen), needsOf(chosen))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.conclude(t, all, chosen) })
	told := &reports.Run{Strict: o.Strict}
	for _, rule := range rules {
		told.Rules = append(told.Rules, reportRule(rule))
	}
	var turns chan struct{} // nil: no bound
	if o.Parallel > 0 {
		turns = make(chan struct{}, o.Parallel)
	}
	for _, c := range chosen {
		t.Run(c.ID, func(t *testing.T) {
			if r.shared.Disposable {
				t.Parallel()
			}
			if turns != nil {
				turns <- struct{}{}
				defer func() { <-turns }()
			}
			r.subtest(t, c, told)
		})
	}
}

// subtest runs a case and reports it in the terms of told, which knows the rules.
func (r *runner) subtest(t *testing.T, c Case, told *reports.Run) {
	t.Helper()
	if r.stop(t.Context()) {
		t.Skip("not run: " + r.why())
	}
	r.runCase(t.Context(), c)
	s, ran := r.outcome(c.ID)
	report(t, forgiven(s, r.o.Known, time.Now()), ran, told)
}

// why says what stopped the run.
func (r *runner) why() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// conclude closes the target and reports what no subtest could know alone.
func (r *runner) conclude(t *testing.T, all, chosen []Case) {
	t.Helper()
	r.finish(context.WithoutCancel(t.Context()))
	if err := r.shared.Close(); err != nil {
		t.Error(err)
	}
	for _, left := range r.leftovers {
		t.Error("left behind:", left)
	}
	result := r.result(chosen, nil)
	if len(result.Scenarios) == 0 && r.why() == "" {
		t.Error("go test -run or -skip leaves no scenario: nothing was asserted")
	}
	if len(result.Scenarios) > 0 && !slices.ContainsFunc(result.Scenarios, asserts) {
		t.Error("every scenario was skipped: nothing was asserted")
	}
	for _, f := range append(result.Findings, excuse(result.Scenarios, all, r.o.Known, time.Now())...) {
		say := t.Errorf
		if f.Exit == 0 {
			say = t.Logf
		}
		say("%s: %s", f.Kind, f.Text)
	}
	for _, s := range result.Scenarios {
		if s.Outcome == reports.UnexpectedPass {
			t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
		}
	}
}

func asserts(s reports.Scenario) bool { return s.Outcome != reports.Skipped }

// outcome returns how a case ended; false when it was cut short.
func (r *runner) outcome(id string) (reports.Scenario, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.results[id]
	return s, ok
}

func report(t *testing.T, s reports.Scenario, ran bool, told *reports.Run) {
	t.Helper()
	switch {
	case !ran:
		t.Error("the run ended before the scenario did")
	case s.Outcome == reports.Passed:
	case s.Outcome == reports.Skipped:
		t.Skip(s.Reason)
	case s.Outcome == reports.KnownFail:
		t.Skipf("%s: %s", s.Known, s.Reason)
	case s.Outcome == reports.Warned && !told.Strict && !differs(&s):
		t.Logf("%s: %s: %s %s: %s", s.Outcome, s.Rules, s.Keyword, s.Step, s.Reason)
	default:
		t.Errorf("%s: %s\n%s", s.Outcome, s.Rules, told.TextOf(s))
	}
}
