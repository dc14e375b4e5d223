package steps

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

func TestJudge(t *testing.T) {
	given := &godog.Step{Type: messages.PickleStepType_CONTEXT}
	when := &godog.Step{Type: messages.PickleStepType_ACTION}
	then := &godog.Step{Type: messages.PickleStepType_OUTCOME}
	mismatch := fmt.Errorf("step: %w", &Mismatch{Want: "a", Got: "b"})
	for _, tt := range []struct {
		name  string
		trial trial
		level reports.Level
		want  reports.Outcome
	}{
		{"all well", trial{requests: 1, steps: 3}, reports.Must, reports.Passed},
		{"no request", trial{steps: 3}, reports.Must, reports.Errored},
		{"no step", trial{requests: 1}, reports.Must, reports.Errored},
		{"then of MUST", trial{step: then, status: godog.StepFailed, err: mismatch}, reports.Must, reports.Failed},
		{"then of SHOULD", trial{step: then, status: godog.StepFailed, err: mismatch}, reports.Should, reports.Warned},
		{"then of INFERRED", trial{step: then, status: godog.StepFailed, err: mismatch}, reports.Inferred, reports.Warned},
		{"given", trial{step: given, status: godog.StepFailed, err: mismatch}, reports.Must, reports.Blocked},
		{"when", trial{step: when, status: godog.StepFailed, err: mismatch}, reports.Must, reports.Blocked},
		{"limit not waited out", trial{step: then, status: godog.StepFailed, err: &unclear{"429"}}, reports.Must, reports.Blocked},
		{"no answer", trial{step: then, status: godog.StepFailed, err: fmt.Errorf("x: %w", target.ErrNoAnswer)}, reports.Must, reports.Errored},
		{"our mistake", trial{step: then, status: godog.StepFailed, err: errors.New("nil pointer")}, reports.Must, reports.Errored},
		{"undefined", trial{step: then, status: godog.StepUndefined, err: mismatch}, reports.Must, reports.Errored},
		{"pending", trial{step: then, status: godog.StepPending, err: godog.ErrPending}, reports.Must, reports.Errored},
		{"ambiguous", trial{step: then, status: godog.StepAmbiguous, err: godog.ErrAmbiguous}, reports.Must, reports.Errored},
		{"skipped itself", trial{step: given, status: godog.StepSkipped, err: godog.ErrSkip}, reports.Must, reports.Errored},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := judge(tt.trial, tt.level)
			if got.outcome != tt.want {
				t.Errorf("got %s (%s), want %s", got.outcome, got.reason, tt.want)
			}
			if (got.reason == "") != (tt.want == reports.Passed) {
				t.Errorf("reason %q with outcome %s", got.reason, got.outcome)
			}
		})
	}
}

// TestAHistoryWithoutAnAnswerIsBlocked: a limit that refuses every call leaves nothing to explain.
func TestAHistoryWithoutAnAnswerIsBlocked(t *testing.T) {
	for _, s := range sagas() {
		if s.judge(nil, nil); s.row.Outcome != reports.Blocked || s.row.Reason == "" {
			t.Errorf("%s: %s %s", s.title, s.row.Outcome, s.row.Reason)
		}
	}
}
