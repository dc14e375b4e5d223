package steps

import (
	"context"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Test runs the cases that o selects as subtests of t, named by their IDs, so that go test -run
// selects among them. A warning is logged, a missing capability skips, anything else that is no pass
// fails. On disposable targets the subtests run in parallel. Known, Parallel, FailFast and Progress of o
// are not used: go test has its own.
func Test(t *testing.T, open target.Opener, o Options) {
	t.Helper()
	o.Open = open
	chosen, err := Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(chosen) == 0 {
		t.Fatal(nothingSelected().Findings[0].Text)
	}
	r, err := newRunner(t.Context(), o, chosen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.finish(context.WithoutCancel(t.Context()))
		if err := r.shared.Close(); err != nil {
			t.Error(err)
		}
		for _, f := range r.findings {
			t.Logf("%s: %s", f.Kind, f.Text)
		}
		for _, left := range r.leftovers {
			t.Error("left behind:", left)
		}
	})
	for _, c := range chosen {
		t.Run(c.ID, func(t *testing.T) {
			if r.shared.Disposable {
				t.Parallel()
			}
			r.runCase(t.Context(), c)
			s, ran := r.outcome(c.ID)
			report(t, s, ran)
		})
	}
}

// outcome returns how a case ended; false when it was cut short.
func (r *runner) outcome(id string) (reports.Scenario, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.results[id]
	return s, ok
}

func report(t *testing.T, s reports.Scenario, ran bool) {
	t.Helper()
	switch {
	case !ran:
		t.Error("the run ended before the scenario did")
	case s.Outcome == reports.Passed:
	case s.Outcome == reports.Skipped:
		t.Skip(s.Reason)
	case s.Outcome == reports.Warned:
		t.Logf("%s: %s: %s %s: %s", s.Outcome, s.Rules, s.Keyword, s.Step, s.Reason)
	default:
		t.Errorf("%s: %s: %s %s: %s", s.Outcome, s.Rules, s.Keyword, s.Step, s.Reason)
	}
}
