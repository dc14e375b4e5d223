package live

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// Plan is what is known of a run before it starts.
type Plan struct {
	Command   string
	Target    string
	Scenarios bool
	Loads     []loadgen.Plan
}

// A Board keeps what a run tells of itself. Its methods are safe for concurrent use, and none of them
// waits for a view.
type Board struct {
	now   func() time.Time
	began time.Time
	plan  Plan

	mu          sync.Mutex
	scenarios   Scenarios
	started     map[string]time.Time // scenarios under way
	from        time.Time            // since when the scenarios are counted
	over        bool                 // the scenarios are
	loads       []*playing
	interrupted bool
	verdict     string
	reasons     []reports.Saying
}

// NewBoard returns the board of a run that starts now, by a clock that never goes back.
func NewBoard(p Plan, now func() time.Time) *Board {
	b := &Board{now: now, began: now(), plan: p, started: map[string]time.Time{}}
	b.from = b.began
	for _, l := range p.Loads {
		b.loads = append(b.loads, &playing{plan: l, Load: Load{Profile: l.Profile, Stage: Waiting, Left: l.Lasts, Refusable: 1}})
	}
	if !p.Scenarios {
		b.next()
	}
	return b
}

// Started notes that a scenario starts.
func (b *Board) Started(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started[id] = b.now()
}

// mostFailed bounds how many failures a snapshot names.
const mostFailed = 10

// Scenario notes how a scenario ended. Where the scenarios run more than once, as under several loads,
// each time counts anew.
func (b *Board) Scenario(p steps.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.scenarios
	if p.Done <= s.Done {
		*s = Scenarios{Failed: s.Failed}
		b.from, b.over = b.now(), false
	}
	s.Done, s.Total = p.Done, p.Total
	delete(b.started, p.Case.ID)
	switch p.Case.Outcome {
	case reports.Passed, reports.KnownFail:
		s.Passed++
	case reports.Warned:
		s.Warned++
	case reports.Skipped:
		s.Skipped++
	default:
		s.NotPassed++
		s.Failed = slices.Insert(s.Failed, 0, Failure{p.Case.ID, p.Case.Outcome, firstLine(p.Case.Reason)})
		slices.SortStableFunc(s.Failed, func(x, y Failure) int { return cmp.Compare(x.rank(), y.rank()) })
		s.Failed = s.Failed[:min(len(s.Failed), mostFailed)]
	}
	if s.Done == s.Total {
		b.over = true
		b.next()
	}
}

// rank is 0 for what the target did wrong, 1 for what kept the run from finding out.
func (f Failure) rank() int {
	if f.Outcome == reports.Failed {
		return 0
	}
	return 1
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// next marks the first load profile that waits as the one that is set up.
func (b *Board) next() {
	for _, l := range b.loads {
		if l.Stage == Waiting {
			l.Stage = SetUp
			return
		}
	}
}

// Load notes how a load profile under way is doing.
func (b *Board) Load(p loadgen.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.loads {
		if l.Profile == p.Profile.Name && l.Stage != Ended {
			b.over = true // also where the scenarios stopped early
			l.take(p)
			return
		}
	}
}

// Played notes how a load profile ended.
func (b *Board) Played(r reports.Load) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.loads {
		if l.Profile == r.Profile && l.Stage != Ended {
			l.end(r)
			b.next()
			return
		}
	}
}

// Interrupted notes that the run is to end, and cleans up.
func (b *Board) Interrupted() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.interrupted = true
}

// Ended notes how the run ended; nil: it could not be run.
func (b *Board) Ended(run *reports.Run) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.verdict = string(reports.None)
	if run != nil {
		b.verdict, b.reasons = string(run.Verdict), run.Told()
	}
}

// Snapshot returns what the run looks like now. It shares nothing with the board.
func (b *Board) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := Snapshot{
		Command: b.plan.Command, Target: b.plan.Target, Elapsed: now.Sub(b.began), Left: b.left(now),
		Interrupted: b.interrupted, Verdict: b.verdict, Reasons: slices.Clone(b.reasons), Loads: []Load{},
	}
	if b.plan.Scenarios {
		s.Scenarios = b.ran(now)
	}
	for _, l := range b.loads {
		s.Loads = append(s.Loads, l.snapshot())
	}
	return s
}

func (b *Board) ran(now time.Time) *Scenarios {
	s := b.scenarios
	s.Failed = append([]Failure{}, s.Failed...)
	s.Running = []Running{}
	for _, id := range slices.Sorted(maps.Keys(b.started)) {
		s.Running = append(s.Running, Running{id, now.Sub(b.started[id])})
	}
	slices.SortStableFunc(s.Running, func(x, y Running) int { return cmp.Compare(y.For, x.For) })
	return &s
}

// settled is how many scenarios must have ended before the rest is judged by them.
const settled = 10

// left estimates what is left: of the scenarios at the pace so far, of the profiles what they say.
func (b *Board) left(now time.Time) (d time.Duration) {
	if b.plan.Scenarios && !b.over {
		s := b.scenarios
		if s.Done < min(settled, s.Total) || s.Total == 0 {
			return -1
		}
		d = now.Sub(b.from) * time.Duration(s.Total-s.Done) / time.Duration(s.Done)
	}
	for _, l := range b.loads {
		d += l.Left
	}
	return d
}
