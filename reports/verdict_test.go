package reports_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// ended is a run of MUST scenarios with these outcomes.
func ended(outcomes ...reports.Outcome) *reports.Run {
	r := &reports.Run{}
	for _, o := range outcomes {
		r.Scenarios = append(r.Scenarios, reports.Scenario{Title: string(o), Level: reports.Must, Outcome: o, Reason: "needs a clock"})
	}
	return r
}

// loaded is a run of load profiles with these verdicts, each with a proven claim.
func loaded(verdicts ...reports.LoadVerdict) *reports.Run {
	r := &reports.Run{}
	for _, v := range verdicts {
		r.Loads = append(r.Loads, reports.Load{Profile: "p", Verdict: v, Why: "so it is", Claims: []reports.Claim{{Verdict: reports.Proven}}})
	}
	return r
}

func with(r *reports.Run, change func(*reports.Run)) *reports.Run {
	change(r)
	return r
}

func strict(r *reports.Run) *reports.Run {
	r.Strict = true
	return r
}

func found(r *reports.Run, exits ...int) *reports.Run {
	for _, e := range exits {
		r.Findings = append(r.Findings, reports.Finding{Kind: "k", Text: "it is odd", Exit: e})
	}
	return r
}

func TestDecide(t *testing.T) {
	optional := func(r *reports.Run) *reports.Run {
		return with(r, func(r *reports.Run) { r.Scenarios[len(r.Scenarios)-1].Level = reports.Should })
	}
	left := func(r *reports.Run) { r.Leftovers = []string{"key a"} }
	stopped := func(r *reports.Run) { r.Interrupted = true }
	rest := func(r *reports.Run) { r.NotRun = []string{"a/the rest"} }
	unproven := func(r *reports.Run) { r.Loads[0].Claims[0].Verdict = reports.ClaimInconclusive }
	const P, F, E, B, W, K, U, S = reports.Passed, reports.Failed, reports.Errored, reports.Blocked, reports.Warned, reports.KnownFail, reports.UnexpectedPass, reports.Skipped
	tests := []struct {
		name string
		run  *reports.Run
		want reports.Verdict
		exit int
		why  int // number of reasons
	}{
		{"all passed", ended(P, P), reports.Pass, 0, 0},
		{"load passed", loaded(reports.LoadPass), reports.Pass, 0, 0},
		{"warning", ended(P, W), reports.Pass, 0, 0},
		{"known failure", ended(P, K), reports.Pass, 0, 0},
		{"only a known failure", ended(K), reports.Pass, 0, 0},
		{"optional rule skipped", optional(ended(P, S)), reports.Pass, 0, 0},
		{"strict and passed", strict(ended(P)), reports.Pass, 0, 0},

		{"not all run", with(ended(P, K), rest), reports.None, 3, 1},
		{"not all run after a failure", with(ended(P, F), rest), reports.Fail, 1, 2},

		{"failure", ended(P, F), reports.Fail, 1, 1},
		{"unexpected pass", ended(P, U), reports.Fail, 1, 1},
		{"finding of 1", found(ended(P), 1), reports.Fail, 1, 1},
		{"load failed", loaded(reports.LoadPass, reports.LoadFail), reports.Fail, 1, 1},
		{"known to be unable to start", with(ended(P, K), func(r *reports.Run) { r.Scenarios[1].Keyword = "Given" }), reports.Partial, 0, 1},
		{"strict warning", strict(ended(P, W)), reports.Fail, 1, 1},

		{"error", ended(P, E), reports.None, 3, 1},
		{"blocked", ended(P, B), reports.None, 3, 1},
		{"unknown outcome", ended(P, "odd"), reports.None, 3, 1},
		{"load invalid", loaded(reports.LoadPass, reports.LoadInvalid), reports.None, 3, 1},
		{"load inconclusive", loaded(reports.LoadInconclusive), reports.None, 3, 1},
		{"load of unknown verdict", loaded("odd"), reports.None, 3, 1},
		{"load proved nothing", with(loaded(reports.LoadPass), unproven), reports.None, 3, 1},
		{"interrupted", with(ended(P), stopped), reports.None, 3, 1},
		{"interrupted at once", with(ended(), stopped), reports.None, 3, 2},
		{"target died", found(ended(P), 3), reports.None, 3, 1},
		{"nothing run", ended(), reports.None, 3, 1},
		{"nothing run, strict", strict(ended()), reports.None, 3, 1},
		{"all skipped", ended(S, S), reports.None, 3, 2},
		{"all optional skipped", optional(ended(S)), reports.None, 3, 1},

		{"must skipped", ended(P, S), reports.Partial, 0, 1},
		{"must skipped beside load", with(loaded(reports.LoadPass), func(r *reports.Run) { r.Scenarios = ended(S).Scenarios }), reports.Partial, 0, 1},
		{"finding of 0", found(ended(P), 0), reports.Partial, 0, 1},
		{"load phases left out", with(loaded(reports.LoadPass), func(r *reports.Run) { r.Loads[0].LeftOut = []string{"P6"} }), reports.Partial, 0, 1},
		{"leftovers", with(ended(P), left), reports.Partial, 0, 1},
		{"strict partial", strict(ended(P, S)), reports.None, 3, 2},

		{"failure over error", ended(F, E, B, S), reports.Fail, 1, 4},
		{"failure over interruption", with(ended(F), stopped), reports.Fail, 1, 2},
		{"failure over invalid load", with(loaded(reports.LoadInvalid), func(r *reports.Run) { r.Scenarios = ended(F).Scenarios }), reports.Fail, 1, 2},
		{"error over partial", ended(E, S, P), reports.None, 3, 2},
		{"strict warning over partial", strict(ended(W, S)), reports.Fail, 1, 2},
		{"finding of 1 over 3 over 0", found(ended(P), 0, 3, 1), reports.Fail, 1, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reports.Decide(tt.run)
			if tt.run.Verdict != tt.want || tt.run.ExitCode() != tt.exit {
				t.Errorf("got %s, exit %d; want %s, exit %d", tt.run.Verdict, tt.run.ExitCode(), tt.want, tt.exit)
			}
			if len(tt.run.Reasons) != tt.why {
				t.Errorf("got %d reasons, want %d: %q", len(tt.run.Reasons), tt.why, tt.run.Reasons)
			}
		})
	}
}

func TestUndecidedRunHasNoVerdict(t *testing.T) {
	if got := ended(reports.Passed).ExitCode(); got != 3 {
		t.Errorf("exit code %d before Decide, want 3", got)
	}
}

func TestDecidingTwiceChangesNothing(t *testing.T) {
	r := mixed()
	before := slices.Clone(r.Reasons)
	reports.Decide(r)
	if !slices.Equal(before, r.Reasons) {
		t.Errorf("got %q, want %q", r.Reasons, before)
	}
}

func TestReasonsAreSentencesGravestFirst(t *testing.T) {
	reasons := mixed().Reasons
	for _, why := range reasons {
		if !strings.HasSuffix(why, ".") || strings.Contains(why, "..") {
			t.Errorf("not a sentence: %q", why)
		}
	}
	at := func(part string) int {
		i := slices.IndexFunc(reasons, func(s string) bool { return strings.Contains(s, part) })
		if i < 0 {
			t.Fatalf("no reason with %q in %q", part, reasons)
		}
		return i
	}
	if a, b, c := at("scenarios failed"), at("ended in an error"), at("skipped"); a > b || b > c {
		t.Errorf("failure at %d, error at %d, skip at %d: want that order", a, b, c)
	}
}

func TestCountsAddUp(t *testing.T) {
	r := mixed()
	if got := r.Counts().Total(); got != len(r.Scenarios) {
		t.Errorf("counts add up to %d, want %d", got, len(r.Scenarios))
	}
	inAreas := 0
	for _, a := range r.Areas() {
		inAreas += a.Counts.Total()
	}
	if inAreas != len(r.Scenarios) {
		t.Errorf("areas add up to %d, want %d", inAreas, len(r.Scenarios))
	}
}
