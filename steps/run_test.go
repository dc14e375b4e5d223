package steps_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// honest opens references whose RSA keys come from fixtures.
var honest = proof.Reference(reference.Options{Seed: 1})

func run(t *testing.T, o steps.Options) *steps.Result {
	t.Helper()
	r, err := steps.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func outcomes(r *steps.Result) map[reports.Outcome]int {
	n := map[reports.Outcome]int{}
	for _, s := range r.Scenarios {
		n[s.Outcome]++
	}
	return n
}

func TestTheReferenceKeepsEveryRule(t *testing.T) {
	plan, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{0, 7} {
		r := run(t, steps.Options{Open: honest, Seed: seed})
		for _, s := range r.Scenarios {
			if s.Outcome != reports.Passed {
				t.Errorf("%s: %s\n  %s %s\n  %s", s.Outcome, s.ID, s.Keyword, s.Step, s.Reason)
			}
		}
		if len(r.Scenarios) != len(plan) || len(r.Findings)+len(r.Leftovers)+len(r.NotRun) > 0 {
			t.Errorf("%d of %d cases; findings %v, leftovers %v, not run %v", len(r.Scenarios), len(plan), r.Findings, r.Leftovers, r.NotRun)
		}
	}
}

// TestASharedTargetIsLeftAsItWas runs on one reference that nobody closes in between.
func TestASharedTargetIsLeftAsItWas(t *testing.T) {
	shared, err := honest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shared.Disposable = false
	r := run(t, steps.Options{Open: func(context.Context) (*target.Target, error) { return shared, nil }})
	for _, s := range r.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
		}
	}
	if alive := shared.Ledger.Alive(); len(alive)+len(r.Leftovers) > 0 {
		t.Errorf("left %v, %v", alive, r.Leftovers)
	}
	now, err := shared.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if off := time.Until(now).Abs(); off > time.Minute {
		t.Errorf("the clock was left %v off", off)
	}
}

func TestAMissingCapabilitySkipsAndSaysWhatIsWanting(t *testing.T) {
	open := over(honest, through, func(t *target.Target) {
		delete(t.Credentials, "viewer")
		delete(t.URLs, target.API10)
		delete(t.URLs, target.Admin)
		t.Sources = t.Sources[:1]
	})
	r := run(t, steps.Options{Open: open, Rule: "KMS"})
	lacks := map[string]bool{}
	for _, s := range r.Scenarios {
		if s.Outcome == reports.Skipped {
			lacks[s.Reason] = true
		}
	}
	for _, c := range []string{features.Viewer, features.API10, features.Clock, features.Sources} {
		if !lacks["the target does not offer "+features.Wanting(c)] {
			t.Errorf("nothing was skipped for want of %s; skipped for %v", c, lacks)
		}
	}
	if n := outcomes(r); n[reports.Passed] == 0 || n[reports.Errored] > 0 {
		t.Errorf("outcomes %v", n)
	}
}

func TestAnEmptySelectionIsAFinding(t *testing.T) {
	r := run(t, steps.Options{Open: honest, Rule: "KMS2-TOK", IDs: []string{"key/*"}})
	if len(r.Findings) != 1 || r.Findings[0].Kind != "selection" || r.Findings[0].Exit != 3 {
		t.Errorf("got %v, want a finding about the selection with exit 3", r.Findings)
	}
}

func TestACancelledRunCleansUp(t *testing.T) {
	shared, err := honest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shared.Disposable = false
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := steps.Run(ctx, steps.Options{
		Open:     func(context.Context) (*target.Target, error) { return shared, nil },
		Progress: func(p steps.Progress) { cancelAfter(p, 20, cancel) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.NotRun) == 0 || len(r.Scenarios) < 20 {
		t.Errorf("%d cases ran, %d did not", len(r.Scenarios), len(r.NotRun))
	}
	if n := outcomes(r); n[reports.Passed] != len(r.Scenarios) {
		t.Errorf("outcomes %v: what was cut short is no finding", n)
	}
	if alive := shared.Ledger.Alive(); len(alive) > 0 {
		t.Errorf("left %v", alive)
	}
}

func cancelAfter(p steps.Progress, n int, cancel func()) {
	if p.Done == n {
		cancel()
	}
}

func TestFailFastStops(t *testing.T) {
	r := run(t, steps.Options{Open: over(honest, always(200, `{"code":"SUCCESS","data":{"keyTag":"k"}}`), nil), FailFast: true, Parallel: 1})
	if n := outcomes(r); n[reports.Failed] != 1 || len(r.NotRun) == 0 {
		t.Errorf("outcomes %v, %d not run", n, len(r.NotRun))
	}
}

// TestAFailureTellsWhatItSaw is what a person gets to read.
func TestAFailureTellsWhatItSaw(t *testing.T) {
	r := run(t, steps.Options{
		Open: over(honest, always(200, `{"code":"SUCCESS","data":{"keyTag":"k"}}`), nil),
		IDs:  []string{"key/A memo of 201 characters is refused"},
	})
	s := r.Scenarios[0]
	want := "expected the call to be refused; seen the call was accepted (status 200, SUCCESS)"
	if s.Outcome != reports.Failed || s.Reason != want || s.Keyword != "Then" || s.Step != "the call is refused" {
		t.Errorf("got %s: %s %s: %s", s.Outcome, s.Keyword, s.Step, s.Reason)
	}
	if len(s.Exchanges) == 0 || s.Exchanges[0].Status != 200 || s.Worst < 200 || s.Line == 0 || s.File != "features/key.feature" {
		t.Errorf("got %d exchanges, %s:%d", len(s.Exchanges), s.File, s.Line)
	}
	if len(r.Rules) != 1 || r.Rules[0].ID != "KMS2-KEY-006" || r.Rules[0].Statement == "" || r.Rules[0].Korean.Statement == "" {
		t.Errorf("got rules %v", r.Rules)
	}
}

func TestTraceKeepsWhatPassed(t *testing.T) {
	o := steps.Options{Open: honest, IDs: []string{"key/A new key*"}}
	if r := run(t, o); len(r.Scenarios[0].Exchanges) > 0 {
		t.Error("a pass keeps its exchanges without being asked to")
	}
	o.Trace = true
	if r := run(t, o); len(r.Scenarios[0].Exchanges) == 0 {
		t.Error("a trace keeps nothing")
	}
}

// TestNoCommandRepeatsWhatIsSentByHand: curl would send a request of its own making.
func TestNoCommandRepeatsWhatIsSentByHand(t *testing.T) {
	r := run(t, steps.Options{Open: honest, IDs: []string{"http/*"}, Trace: true})
	byHand := 0
	for _, s := range r.Scenarios {
		for _, x := range s.Exchanges {
			raw := strings.Contains(x.Headers, "X-Sent-With")
			if raw {
				byHand++
			}
			if raw == (x.Curl != "") {
				t.Errorf("%s: %s %q is repeated by %q", s.ID, x.Request, x.Headers, x.Curl)
			}
		}
	}
	if byHand < 10 {
		t.Errorf("%d requests by hand", byHand)
	}
}

func TestWrongSelectionsAreErrors(t *testing.T) {
	for _, o := range []steps.Options{{Rule: "KMS9"}, {Tags: "@("}, {IDs: []string{"nowhere/*"}}, {Shard: "2/1"}} {
		o.Open = honest
		if _, err := steps.Run(t.Context(), o); !errors.Is(err, steps.ErrSelection) {
			t.Errorf("%q %q %q %q: got %v, want ErrSelection", o.Rule, o.Tags, o.IDs, o.Shard, err)
		}
	}
}

// TestAsSubtests shows how a consumer runs the suite under go test.
func TestAsSubtests(t *testing.T) {
	steps.Test(t, honest, steps.Options{Rule: "KMS2-CRE"})
}
