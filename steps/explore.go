package steps

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	messages "github.com/cucumber/messages/go/v21"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps/sequence"
)

// SequenceFile is the name of the feature file that an exploration leaves when a sequence failed.
const SequenceFile = "sequence.feature"

// How long a failing sequence is made shorter at most: most is gained in the first hundred trials, which
// take longer where the calls are paced.
const (
	shrinkTime      = 3 * time.Second
	pacedShrinkTime = time.Minute
)

// exploration is the playing of drawn sequences of calls.
type exploration struct {
	r     *runner
	ctx   context.Context // of the run; what draws knows none
	rules map[string]bool // that were checked

	played, calls, checks int
	stuck                 int               // sequences that could not go on
	inARow                int               // of those, the last ones
	worst                 reports.Scenario  // the failing sequence, else what kept one from being played
	failing               sequence.Sequence // up to the sentence that failed
	seen                  map[string]bool   // while that is made shorter: what was tried, and whether it failed
}

// explore plays o.Explore sequences of calls and files them as one scenario.
func explore(ctx context.Context, o Options) (*Result, error) {
	if o.Clients > 1 {
		return crowd(ctx, o)
	}
	_, rules, err := load(Options{Features: o.Features})
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, o, o.Explore, features.Capabilities())
	if err != nil {
		return nil, err
	}
	e := &exploration{r: r, ctx: ctx, rules: map[string]bool{}, seen: map[string]bool{}}
	sequence.Search{Seed: o.Seed, Count: o.Explore, Has: r.has, Shrink: e.shrinkTime()}.Run(e.try)
	r.finish(context.WithoutCancel(ctx))
	return e.result(rules), r.shared.Close()
}

func (e *exploration) shrinkTime() time.Duration {
	if e.r.pace != nil {
		return cmp.Or(e.r.o.Shrink, pacedShrinkTime)
	}
	return cmp.Or(e.r.o.Shrink, shrinkTime)
}

// try plays one sequence and reports whether it shows that the target broke a rule. When several in a row
// could not go on, or the time of the run is over, no more are played.
func (e *exploration) try(s sequence.Sequence) (fails bool) {
	if e.ctx.Err() != nil || e.inARow == cmp.Or(e.r.o.DeadAfter, deadAfter) {
		return false
	}
	text := fmt.Sprint(s)
	if fails, known := e.seen[text]; known { // making it shorter comes by the same sentences again and again
		return fails
	}
	row := reports.Scenario{ID: sequenceID, Feature: "Sequences of calls", Level: reports.Must, File: SequenceFile, Line: 5}
	v, t := e.r.try(e.ctx, e.caseOf(s), &lender{}, &row)
	if cancelled(e.ctx, t.err) {
		return false
	}
	row.Outcome, row.Reason, row.Keyword = v.outcome, v.reason, v.keyword
	if t.step != nil {
		row.Step = t.step.Text
	}
	e.count(s, t, row)
	fails = row.Outcome == reports.Failed
	if fails || e.failing != nil {
		e.seen[text] = fails
	}
	switch {
	case fails && (e.failing == nil || t.at < len(e.failing)):
		row.Rules = s[t.at].Rules
		e.worst, e.failing = row, s[:t.at+1]
	case fails, e.failing != nil, row.Outcome == reports.Passed:
	case e.worst.Outcome == "" || row.Outcome == reports.Errored:
		e.worst = row
	}
	return fails
}

// count counts a sequence, unless it only serves to make a failing one shorter.
func (e *exploration) count(s sequence.Sequence, t trial, row reports.Scenario) {
	if e.failing != nil {
		return
	}
	e.played++
	e.calls += t.requests
	e.inARow++
	switch row.Outcome {
	case reports.Blocked, reports.Errored:
		e.stuck++
	default:
		e.inARow = 0
	}
	for i, line := range s {
		if t.step != nil && i > t.at {
			break
		}
		e.checks += min(1, len(line.Rules))
		for _, id := range line.Rules {
			e.rules[id] = true
		}
	}
	if e.r.o.Progress != nil {
		e.r.o.Progress(Progress{Done: e.played, Total: e.r.total, Case: row})
	}
}

// sequenceID names the one scenario that stands for all sequences of a run.
const sequenceID = "sequence/Calls in any order are answered as the rules say"

// caseOf makes a case of a sequence.
func (e *exploration) caseOf(s sequence.Sequence) Case {
	types := map[string]messages.PickleStepType{
		"Given": messages.PickleStepType_CONTEXT, "When": messages.PickleStepType_ACTION, "Then": messages.PickleStepType_OUTCOME,
	}
	pickle := &messages.Pickle{}
	for _, line := range s {
		pickle.Steps = append(pickle.Steps, &messages.PickleStep{Type: types[line.Keyword], Text: line.Text})
	}
	return Case{
		ID: sequenceID, File: SequenceFile, Title: "A drawn sequence", Feature: "Sequences of calls", Level: reports.Must,
		Rules: s.Rules(), Needs: s.Needs(e.r.has), pickle: pickle,
	}
}

// result files the exploration as one scenario. A failing sequence comes with the feature file that
// repeats it.
func (e *exploration) result(rules []features.Rule) *Result {
	row := e.worst
	row.ID, row.Feature, row.Level = sequenceID, "Sequences of calls", reports.Must
	row.Title = fmt.Sprintf("Calls in any order are answered as the rules say: %d sequences, seed %d", e.played, e.r.o.Seed)
	row.Readings = append(row.Readings, fmt.Sprintf("%d sequences, %d calls, %d checks, seed %d", e.played, e.calls, e.checks, e.r.o.Seed))
	res := &Result{Leftovers: e.r.leftovers, Findings: e.r.findings, Target: describe(e.r.shared, e.r.declared, e.r.has)}
	switch {
	case e.failing != nil:
		title := fmt.Sprintf("Drawn with seed %d: %s", e.r.o.Seed, strings.ReplaceAll(row.Step, `"`, ""))
		res.Evidence = []Evidence{{SequenceFile, []byte(e.failing.Feature(title, row.Rules, e.failing.Needs(e.r.has)))}}
		row.Reason += "; " + SequenceFile + " repeats it"
	case e.played == 0:
		res.NotRun = []string{sequenceID}
		return res
	case row.Outcome == reports.Blocked, row.Outcome == reports.Errored:
		row.Reason = fmt.Sprintf("%d of %d sequences could not go on, for one: %s", e.stuck, e.played, row.Reason)
	case row.Outcome == "":
		row.Outcome = reports.Passed
	}
	for _, rule := range rules {
		if e.rules[rule.ID] {
			res.Rules = append(res.Rules, reportRule(rule))
		}
	}
	if len(row.Rules) == 0 {
		for _, rule := range res.Rules {
			row.Rules = append(row.Rules, rule.ID)
		}
	}
	slices.Sort(row.Rules)
	res.Scenarios = []reports.Scenario{row}
	return res
}
