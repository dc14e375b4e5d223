package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// A Mismatch is what a step expected of the target and what it saw. In a Then it is a finding; in a
// Given or When it says that a precondition was refused.
type Mismatch struct{ Want, Got string }

// Error implements error.
func (m *Mismatch) Error() string { return "expected " + m.Want + "; seen " + m.got() }

func (m *Mismatch) got() string { return cmp.Or(m.Got, "nothing") }

// unclear is an answer from which nothing follows about the rule: the target failed, or its limit
// could not be waited out.
type unclear struct{ why string }

func (u *unclear) Error() string { return u.why }

var (
	errNoCheck   = errors.New("the step compares nothing, so it cannot fail")
	errNoRequest = errors.New("the scenario sent no request, so it says nothing about the target")
	errNotRun    = errors.New("godog ran no step of the scenario")
)

// trial is what happened in one case, as far as the verdict needs it.
type trial struct {
	requests int
	steps    int         // that were started
	step     *godog.Step // the first that did not pass; nil: all passed
	at       int         // its place among the steps
	status   godog.StepResultStatus
	err      error // of that step
}

// verdict is a decided outcome with its reason.
type verdict struct {
	outcome  reports.Outcome
	reason   string
	keyword  string
	expected string // with seen: what a comparison wanted and got
	seen     string
}

// judge decides how a case of the given level ended.
func judge(t trial, level reports.Level) verdict {
	if t.step == nil {
		return judgeQuiet(t)
	}
	v := verdict{outcome: reports.Errored, keyword: keyword(t.step)}
	mismatch, refuted := errors.AsType[*Mismatch](t.err)
	open, undecided := errors.AsType[*unclear](t.err)
	if refuted {
		v.expected, v.seen = mismatch.Want, mismatch.got()
	}
	switch {
	case t.status == godog.StepUndefined, t.status == godog.StepPending, t.status == godog.StepAmbiguous:
		v.reason = fmt.Sprintf("the step is %s: %v", t.status, t.err)
	case t.status == godog.StepSkipped:
		v.reason = "the step skipped itself; what a target lacks is decided before the run"
	case errors.Is(t.err, target.ErrNoAnswer):
		v.reason = t.err.Error()
	case undecided:
		v.outcome, v.reason = reports.Blocked, open.why
	case refuted && v.keyword != "Then":
		v.outcome, v.reason = reports.Blocked, "a precondition was not met: "+mismatch.Error()
	case refuted:
		v.outcome, v.reason = found(level), mismatch.Error()
	default:
		v.reason = t.err.Error()
	}
	return v
}

// judgeQuiet decides about a case in which no step went wrong.
func judgeQuiet(t trial) verdict {
	switch {
	case t.steps == 0:
		return verdict{outcome: reports.Errored, reason: errNotRun.Error()}
	case t.requests == 0:
		return verdict{outcome: reports.Errored, reason: errNoRequest.Error()}
	}
	return verdict{outcome: reports.Passed}
}

// found is the outcome of a broken rule of the given level.
func found(level reports.Level) reports.Outcome {
	if level == reports.Must {
		return reports.Failed
	}
	return reports.Warned
}

func keyword(s *godog.Step) string {
	switch s.Type {
	case messages.PickleStepType_CONTEXT:
		return "Given"
	case messages.PickleStepType_ACTION:
		return "When"
	default:
		return "Then"
	}
}

// cancelled reports whether err comes from the end of the run rather than from the target.
func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Cause(ctx)))
}
