package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps/history"
)

// HistoryFile is the name of the picture that is left of a history that does not fit.
const HistoryFile = "history.html"

// MostClients bounds how many clients call at once: what is to be explained grows with them.
const MostClients = 8

// checkTime bounds the check of a history in one region.
const checkTime = 10 * time.Second

// resting are the rules that the answer to a call rests on, by its kind. Their words are "at once" and "as
// soon as": what they order has happened when the call is answered.
var resting = map[history.Kind][]string{
	history.Use:    {"KMS2-ACL-004", "KMS2-ACL-006", "KMS2-CRE-004", "KMS2-KEY-016"},
	history.Issue:  {"KMS2-CRE-003", "KMS2-CRE-009"},
	history.Add:    {"KMS2-ACL-014"},
	history.Delete: {"KMS2-ACL-014"},
	history.Rotate: {"KMS2-ROT-004"},
}

// restingVersion is the rule that the version in the answer to a use rests on.
const restingVersion = "KMS2-ENC-014"

// restingAll are those of all kinds.
func restingAll() []string {
	all := append(slices.Concat(slices.Collect(maps.Values(resting))...), restingVersion)
	slices.Sort(all)
	return slices.Compact(all)
}

// A saga is one scenario that stands for all histories of its kind in a run.
type saga struct {
	needs []string // capabilities
	title string   // what every history shows
	row   reports.Scenario
	lag   time.Duration // between regions
	play  func(*scene, context.Context) error

	played, calls int
	picture       []byte // of the history that does not fit
}

// sagas are the kinds of histories: in one region, where what is answered has happened, and across two,
// where it may still be on its way.
func sagas() []*saga {
	one := &saga{title: "Calls at once are answered as if one came after the other", play: (*scene).inOneRegion}
	one.row.Level, one.row.Rules = reports.Must, restingAll()
	two := &saga{
		title: "What is changed in one region holds in the other as soon as its lag is over", play: (*scene).acrossRegions,
		lag: lag, needs: []string{features.Regions, features.Clock},
	}
	two.row.Level, two.row.Rules = reports.Inferred, []string{"KMS2-HA-004"}
	for _, s := range []*saga{one, two} {
		s.row.ID, s.row.Title, s.row.Feature, s.row.Outcome = "history/"+s.title, s.title, "Histories of several clients", reports.Passed
	}
	return []*saga{one, two}
}

// crowd plays o.Explore histories of each kind, of o.Clients clients on a key each.
func crowd(ctx context.Context, o Options) (*Result, error) {
	_, rules, err := load(Options{Features: o.Features})
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, o, o.Explore, features.Capabilities())
	if err != nil {
		return nil, err
	}
	all := sagas()
	r.total = 0
	for _, s := range all {
		if i := slices.IndexFunc(s.needs, func(need string) bool { return !slices.Contains(r.has, need) }); i >= 0 {
			s.row.Outcome, s.row.Reason = reports.Skipped, "the target does not offer "+features.Wanting(s.needs[i])
		} else {
			r.total += o.Explore
		}
	}
	r.playAll(ctx, all)
	r.finish(context.WithoutCancel(ctx))
	return r.bind(all, rules), r.shared.Close()
}

// playAll plays the histories of each kind in turn, until one of the kind does not pass.
func (r *runner) playAll(ctx context.Context, all []*saga) {
	done, failed := 0, false
	for n := range uint64(r.o.Explore) {
		for _, s := range all {
			if s.row.Outcome != reports.Passed || failed && r.o.FailFast || ctx.Err() != nil {
				continue
			}
			seen, err := r.history(ctx, s, n)
			if cancelled(ctx, err) {
				return
			}
			s.played++
			s.calls += len(seen)
			s.judge(seen, err)
			failed = failed || s.row.Outcome != reports.Passed
			done++
			if r.o.Progress != nil {
				r.o.Progress(Progress{Done: done, Total: r.total, Case: s.row})
			}
		}
	}
}

// bind puts together what the histories of all kinds have shown.
func (r *runner) bind(all []*saga, rules []features.Rule) *Result {
	res := &Result{Target: describe(r.shared, r.declared, r.has), Leftovers: r.leftovers, Findings: r.findings}
	named := map[string]bool{}
	for _, s := range all {
		if s.played == 0 && s.row.Outcome == reports.Passed {
			res.NotRun = append(res.NotRun, s.row.ID)
			continue
		}
		if s.played > 0 {
			s.row.Title = fmt.Sprintf("%s: %d histories of %d clients", s.title, s.played, r.o.Clients)
			s.row.Readings = []string{fmt.Sprintf("%d histories, %d clients, %d calls, seed %d", s.played, r.o.Clients, s.calls, r.o.Seed)}
		}
		if s.picture != nil && len(res.Evidence) == 0 { // there is one file, and the first is the graver
			res.Evidence = []Evidence{{HistoryFile, s.picture}}
		}
		for _, id := range s.row.Rules {
			named[id] = true
		}
		res.Scenarios = append(res.Scenarios, s.row)
	}
	for _, rule := range rules {
		if named[rule.ID] {
			res.Rules = append(res.Rules, reportRule(rule))
		}
	}
	return res
}

// judge decides about a history that was played, or could not be.
func (s *saga) judge(seen []history.Call, err error) {
	row := &s.row
	if m, ok := errors.AsType[*Mismatch](err); ok {
		row.Outcome, row.Reason = reports.Blocked, "a precondition was not met: "+m.Error()
		return
	}
	if err != nil {
		row.Outcome, row.Reason = reports.Errored, err.Error()
		return
	}
	if len(seen) == 0 {
		row.Outcome, row.Reason = reports.Blocked, "every call of a history was refused by a limit (429), so there is no answer to explain"
		return
	}
	v := history.Check(begun, seen, s.lag, checkTime)
	switch {
	case v.Unknown:
		row.Outcome, row.Reason = reports.Blocked, fmt.Sprintf("a history of %d calls was neither explained nor refuted within %v", len(seen), checkTime)
	case !v.Fits:
		s.refute(seen, v)
	}
}

// begun is what a history begins with: a key with a creator and a token.
var begun = history.State{Creator: true, Live: 1}

// ever is a lag that is never over.
const ever = time.Duration(1 << 61)

// refute files a history that does not fit. One across regions that would not fit either if nothing had
// reached the other region is no matter of the lag: a region broke a rule by itself.
func (s *saga) refute(seen []history.Call, v history.Verdict) {
	lag := s.lag
	if lag > 0 {
		if alone := history.Check(begun, seen, ever, checkTime); !alone.Fits && !alone.Unknown {
			v, lag, s.row.Level, s.row.Rules = alone, ever, reports.Must, restingAll()
		}
	}
	s.row.Outcome, s.row.Keyword, s.row.Step = found(s.row.Level), "Then", "the history fits one order of the calls"
	s.row.Reason, s.row.File, s.row.Line = told(v), HistoryFile, 1
	if rules := broken(seen, v.Odd, lag); rules != nil && s.row.Level == reports.Must {
		s.row.Rules = rules
	}
	s.picture = v.Picture
}

// broken are the rules that an odd call breaks; nil: any may be.
func broken(seen []history.Call, odd history.Call, lag time.Duration) []string {
	if odd.Kind == history.Use && odd.OK && fitsAsAnother(seen, odd, lag) {
		return []string{restingVersion}
	}
	return resting[odd.Kind]
}

// fitsAsAnother reports whether an odd use would not be odd if its answer named another version.
func fitsAsAnother(seen []history.Call, odd history.Call, lag time.Duration) bool {
	at, others := slices.Index(seen, odd), slices.Clone(seen)
	newest := begun.Version()
	for _, c := range seen {
		if c.Kind == history.Rotate {
			newest++
		}
	}
	for others[at].Version = begun.Version(); others[at].Version <= newest; others[at].Version++ {
		if v := history.Check(begun, others, lag, checkTime); v.Fits || !v.Unknown && v.Odd != others[at] {
			return true
		}
	}
	return false
}

// told is the excerpt of a history that a person reads first.
func told(v history.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "in no order of the calls can this one be answered so: %s. Changes before it, the last first:", v.Odd)
	for _, c := range v.Before {
		fmt.Fprintf(&b, " [%s]", c)
	}
	if len(v.Before) == 0 {
		b.WriteString(" none")
	}
	return b.String() + "; " + HistoryFile + " shows all"
}
