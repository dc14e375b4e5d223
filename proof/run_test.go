package proof_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

func resolve(t *testing.T, name string) *proof.Target {
	t.Helper()
	tg, err := proof.Resolve(t.Context(), name, reference.Options{Seed: 1}, "abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return tg
}

func TestAJobRunsScenariosAndLoadOverSockets(t *testing.T) {
	profile, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	profile.MissAfter = time.Second // the controls count on any machine
	profile.Conforming = loadgen.Bounds{Sent: 0.01, LateP99: time.Minute, Burst: 10_000}
	profile.Saturating = profile.Conforming
	job := proof.Job{
		Command: "prove", Version: "test", Target: resolve(t, "reference"), Seed: 1,
		Played:   func(l reports.Load) { told = append(told, l.Profile) },
		Conform:  &steps.Options{Rule: "KMS2-ACL"},
		Profiles: []loadgen.Profile{profile}, Load: loadgen.Options{Duration: 500 * time.Millisecond, AllowOverload: true},
	}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(run.With(reports.Passed)); n == 0 || n != len(run.Scenarios) {
		t.Errorf("%d of %d scenarios passed", n, len(run.Scenarios))
	}
	if len(run.Loads) != 1 || run.Loads[0].Generator.Sent == 0 {
		t.Errorf("loads %+v, want one that sent something", run.Loads)
	}
	if len(told) != 1 || told[0] != profile.Name {
		t.Errorf("told of %q, want %s when it had ended", told, profile.Name)
	}
}

func TestABrokenReferenceFailsTheRun(t *testing.T) {
	job := proof.Job{Command: "conform", Target: resolve(t, "mutant:acl-default-allow"), Seed: 1, Conform: &steps.Options{Rule: "KMS2-ACL-002"}}
	run, err := job.Do(t.Context())
	if err != nil || run.Verdict != reports.Fail || run.ExitCode() != 1 {
		t.Errorf("verdict %s, %v; want a failure", run.Verdict, err)
	}
}

// TestKnownFailuresSpoilNoDiagnosis: what is excused tells of a flaw as much as what is not.
func TestKnownFailuresSpoilNoDiagnosis(t *testing.T) {
	job := proof.Job{Command: "conform", Target: resolve(t, "mutant:acl-default-allow"), Seed: 1, Conform: &steps.Options{Rule: "KMS2-ACL"}}
	plain, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(plain.Likenesses); n != 1 || !plain.Likenesses[0].Exact() || plain.Likenesses[0].Mutant != "acl-default-allow" {
		t.Fatalf("the mutant behaves like %v", plain.Likenesses)
	}
	job.Conform.Known = steps.Baseline(plain, steps.Placeholder(plain, time.Now()), nil, time.Now())
	excused, err := job.Do(t.Context())
	if err != nil || excused.Verdict == reports.Fail {
		t.Fatalf("verdict %s with every failure known, %v", excused.Verdict, err)
	}
	if diff := cmp.Diff(plain.Likenesses, excused.Likenesses); diff != "" {
		t.Errorf("with known failures it behaves otherwise:\n%s", diff)
	}
}

func TestAnEndedContextIsAnInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	job := proof.Job{Command: "conform", Target: resolve(t, "reference"), Seed: 1, Conform: &steps.Options{
		Parallel: 1, Progress: func(p steps.Progress) {
			if p.Done == 3 {
				cancel()
			}
		},
	}}
	run, err := job.Do(ctx)
	if err != nil || !run.Interrupted || run.ExitCode() != 3 || len(run.Scenarios) == 0 || len(run.Scenarios) > 50 {
		t.Errorf("interrupted %v with %d scenarios (%v), want an early end and exit 3", run.Interrupted, len(run.Scenarios), err)
	}
}

// TestARunSaysWhatEndedIt where its context has a cause of its own; what was under way did not fail for it.
func TestARunSaysWhatEndedIt(t *testing.T) {
	over := errors.New("the hour is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	job := proof.Job{Command: "conform", Target: resolve(t, "reference"), Seed: 1, Conform: &steps.Options{
		Parallel: 8, Progress: func(p steps.Progress) {
			if p.Done == 3 {
				cancel(over)
			}
		},
	}}
	run, err := job.Do(ctx)
	if err != nil || !run.Interrupted || run.ExitCode() != 3 || !slices.ContainsFunc(run.Findings, func(f reports.Finding) bool { return f.Text == over.Error() }) {
		t.Errorf("interrupted %v, findings %+v (%v); want it to say that the hour is over", run.Interrupted, run.Findings, err)
	}
	for _, s := range run.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s: %s; it was cut short", s.ID, s.Outcome, s.Reason)
		}
	}
}

// TestAPlannedRunCountsItsPlanning: who waits for it waits for that, too.
func TestAPlannedRunCountsItsPlanning(t *testing.T) {
	job := proof.Job{Target: resolve(t, "reference"), Seed: 1, Began: time.Now().Add(-time.Hour)}
	run, err := job.Do(t.Context())
	if err != nil || run.Millis < time.Hour.Milliseconds() || !run.Started.Equal(job.Began) {
		t.Errorf("%d ms from %v, %v; want an hour from %v", run.Millis, run.Started, err, job.Began)
	}
}

func TestAForeignTargetIsSparedTheOverload(t *testing.T) {
	foreign := &proof.Target{Name: "x", Shared: &target.Target{URLs: map[target.API]string{target.API10: "http://127.0.0.1:1"}}}
	profiles, notes, err := proof.MainProfiles(foreign, false)
	if err != nil || len(profiles) != 1 || profiles[0].Name != "gentle" || len(notes) != 1 {
		t.Errorf("profiles %v, notes %v, %v; want gentle and a note", profiles, notes, err)
	}
	profiles, _, _ = proof.MainProfiles(foreign, true)
	if len(profiles) != 2 || foreign.Overloads(false) || !foreign.Overloads(true) {
		t.Errorf("with permission %d profiles, want 2", len(profiles))
	}
}

func TestACostIsCountedAndBounded(t *testing.T) {
	profile, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	job := proof.Job{Target: resolve(t, "reference"), Seed: 1, Conform: &steps.Options{Rule: "KMS2-ACL-002"}, Profiles: []loadgen.Profile{profile}}
	cost, err := job.Cost(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if cost.Routes["POST /kms/v1/keys/{keyTag}/acl/enable"] == 0 || cost.Calls() < 2000 || cost.Keys < 3 {
		t.Errorf("routes %v, %d calls, %d keys", cost.Routes, cost.Calls(), cost.Keys)
	}
	if err := cost.Fits(target.Budget{Requests: cost.Calls(), KeysTotal: cost.Keys}); err != nil {
		t.Errorf("just enough is refused: %v", err)
	}
	for _, b := range []target.Budget{{Requests: cost.Calls() - 1}, {KeysTotal: cost.Keys - 1}, {Keys: 1}} {
		if err := cost.Fits(b); !errors.Is(err, target.ErrBudget) {
			t.Errorf("budget %+v: %v, want ErrBudget", b, err)
		}
	}
}

// TestADryRunCountsWhatARunDoes holds the cost of a target that all scenarios share against a run on it.
func TestADryRunCountsWhatARunDoes(t *testing.T) {
	open := func() *target.Target {
		shared, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shared.Disposable = false
		return shared
	}
	shared := open()
	job := proof.Job{Seed: 5, Conform: &steps.Options{IDs: []string{"account/*", "cipher/*", "token/*", "acl/*", "key/*"}, Parallel: 1}, Target: &proof.Target{
		Shared: shared, Scenario: func(context.Context) (*target.Target, error) { return shared, nil },
	}}
	cost, err := job.Cost(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if shared.Requests() != 0 {
		t.Errorf("counting made %d calls to the target", shared.Requests())
	}
	if _, err := job.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if shared.Requests() != cost.Calls() {
		t.Errorf("counted %d calls; the run made %d", cost.Calls(), shared.Requests())
	}
	if fits := cost.Fits(target.DefaultBudget); fits != nil {
		t.Errorf("the default budget does not allow all scenarios: %v", fits)
	}
	for _, b := range []target.Budget{{Keys: cost.Alive - 1}, {KeysTotal: cost.Keys - 1}} {
		if err := cost.Fits(b); !errors.Is(err, target.ErrBudget) {
			t.Errorf("budget %+v: %v, want ErrBudget", b, err)
		}
	}
}

// TestAsManyKeysAsADryRunAsksForAreEnough: cases that run side by side wait for each other, and keys that
// are lent make way.
func TestAsManyKeysAsADryRunAsksForAreEnough(t *testing.T) {
	shared, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shared.Disposable = false
	job := proof.Job{Seed: 5, Conform: &steps.Options{IDs: []string{"acl/*", "naming/*"}, Parallel: 8}, Target: &proof.Target{
		Shared: shared, Scenario: func(context.Context) (*target.Target, error) { return shared, nil },
	}}
	cost, err := job.Cost(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := job.Cost(t.Context())
	if err != nil || again.Alive != cost.Alive {
		t.Errorf("the same job needs %d keys at once, then %d (%v)", cost.Alive, again.Alive, err)
	}
	shared.Budget = target.Budget{Keys: cost.Alive}
	shared.Ledger = target.NewLedger("abcdef", shared.Budget, nil)
	if cost, err = job.Cost(t.Context()); err != nil {
		t.Fatal(err)
	}
	job.Conform.Keys = cost.KeysOf
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if run.Verdict != reports.Pass || shared.Ledger.Most() != cost.Alive {
		t.Errorf("verdict %s, %d errors; %d keys alive at once, want %d", run.Verdict, len(run.With(reports.Errored)), shared.Ledger.Most(), cost.Alive)
	}
	if err := cost.Fits(target.Budget{Keys: cost.Alive - 1}); !errors.Is(err, target.ErrBudget) {
		t.Errorf("one key less: %v, want ErrBudget", err)
	}
}

func TestWhatIsNoTargetSaysWhy(t *testing.T) {
	for name, want := range map[string]string{
		"nope": "neither reference, mutant:NAME nor a file", "acl-ignored": "did you mean mutant:acl-ignored?", "mutant:nope": `no mutant "nope"`, "run_test.go": "run_test.go:",
	} {
		_, err := proof.Resolve(t.Context(), name, reference.Options{}, "abcdef")
		if !errors.Is(err, proof.ErrTarget) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want a line with %q", name, err, want)
		}
	}
}
