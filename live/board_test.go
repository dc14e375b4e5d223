package live_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/live"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// A story is a board whose clock the test sets.
type story struct {
	*live.Board
	at time.Time
}

func (s *story) pass(d time.Duration) { s.at = s.at.Add(d) }

func tell(p live.Plan) *story {
	s := &story{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.Board = live.NewBoard(p, func() time.Time { return s.at })
	return s
}

// ended tells of a scenario that ended.
func (s *story) ended(id string, done, total int, o reports.Outcome, reason string) {
	s.Scenario(steps.Progress{Done: done, Total: total, Case: reports.Scenario{ID: id, Outcome: o, Reason: reason}})
}

// profile is one whose every phase names what the limit is.
var profile = loadgen.Profile{
	Name: "per-key-300", API: "2.0", Keys: 4, Limit: loadgen.Limit{Scope: loadgen.PerKey, Rate: 300, Burst: 300},
	Phases: []loadgen.Phase{
		{Name: "P2", Role: loadgen.Gentle, Keys: 2, Rate: 120, Length: 8 * time.Second},
		{Name: "P4", Role: loadgen.Conform, Keys: 4, Rate: 285, Length: 10 * time.Second},
		{Name: "P6b", Role: loadgen.Together, Keys: 4, Rate: 450, Length: 5 * time.Second},
	},
}

// after is what so many keys see in P4 at a time, when all goes well.
func after(at time.Duration, keys int) loadgen.Progress {
	p := loadgen.Progress{Profile: profile, Phase: "P4", Attempt: 1, At: at, Of: 10 * time.Second, Left: 17*time.Second - at, Refusable: 0.0061,
		Certificate: loadgen.Certificate{Late: 310 * time.Microsecond, Spare: 114, Bounds: loadgen.Bounds{Sent: 0.99, LateP99: 2 * time.Millisecond}}}
	n := int64(285 * at.Seconds())
	for i := range keys {
		p.Keys = append(p.Keys, loadgen.KeyProgress{Name: fmt.Sprintf("kp-story0-%05d", i+1), Sent: n, Accepted: n, P99: time.Duration(1200+10*i) * time.Microsecond})
	}
	return p
}

// quarters tells of an attempt four times a second, up to a time.
func (s *story) quarters(to time.Duration, at func(time.Duration) loadgen.Progress) {
	for d := time.Second / 4; d <= to; d += time.Second / 4 {
		s.pass(time.Second / 4)
		s.Load(at(d))
	}
}

func TestScenariosAddUp(t *testing.T) {
	s := tell(live.Plan{Command: "conform", Scenarios: true})
	outcomes := []reports.Outcome{reports.Passed, reports.Warned, reports.Skipped, reports.Failed, reports.Blocked, reports.Errored,
		reports.UnexpectedPass, reports.KnownFail}
	for i, o := range outcomes {
		s.Started(string(o))
		s.ended(string(o), i+1, 9, o, "first line\nsecond line")
	}
	s.Started("one more")
	s.pass(3 * time.Second)
	got := s.Snapshot().Scenarios
	if got.Passed != 2 || got.Warned != 1 || got.Skipped != 1 || got.NotPassed != 4 || got.Done != 8 || got.Total != 9 {
		t.Errorf("counts %+v", got)
	}
	if len(got.Running) != 1 || got.Running[0] != (live.Running{ID: "one more", For: 3 * time.Second}) {
		t.Errorf("running %v, want one more for 3s", got.Running)
	}
	if len(got.Failed) != 4 || got.Failed[0].Outcome != reports.Failed || got.Failed[1].Outcome != reports.UnexpectedPass || got.Failed[0].Reason != "first line" {
		t.Errorf("failed %v, want the failure first, then the latest", got.Failed)
	}
}

func TestTheTimeLeftFollowsThePaceOfTheScenarios(t *testing.T) {
	s := tell(live.Plan{Scenarios: true, Loads: []loadgen.Plan{{Profile: "per-key-300", Lasts: 30 * time.Second}}})
	if left := s.Snapshot().Left; left >= 0 {
		t.Errorf("%v left before anything is known", left)
	}
	for i := range 10 {
		s.pass(time.Second)
		if i == 9 && s.Snapshot().Left >= 0 {
			t.Error("nine scenarios are too few to tell")
		}
		s.ended(fmt.Sprint(i), i+1, 40, reports.Passed, "")
	}
	if left := s.Snapshot().Left; left != 60*time.Second {
		t.Errorf("%v left, want 30 scenarios at a second each and 30 s of load", left)
	}
}

// TestASecondTimeCountsAnew: what failed the first time stays in sight.
func TestASecondTimeCountsAnew(t *testing.T) {
	s := tell(live.Plan{Scenarios: true})
	for i := range 10 {
		s.pass(time.Second)
		s.ended("a", i+1, 10, reports.Failed, "")
	}
	for i := range 10 {
		s.pass(2 * time.Second)
		s.ended("b", i+1, 20, reports.Passed, "")
	}
	got := s.Snapshot()
	if sc := got.Scenarios; sc.Done != 10 || sc.Total != 20 || sc.Passed != 10 || sc.NotPassed != 0 || len(sc.Failed) != 10 {
		t.Errorf("the second time: %+v", sc)
	}
	if got.Left != 18*time.Second {
		t.Errorf("%v left, want the pace since the first of the second time ended", got.Left)
	}
}

// TestALoadThatIsNotInThePlanIsNoEndOfTheScenarios: scenarios may run under a load.
func TestALoadThatIsNotInThePlanIsNoEndOfTheScenarios(t *testing.T) {
	s := tell(live.Plan{Scenarios: true})
	for i := range 10 {
		s.pass(time.Second)
		s.ended("a", i+1, 20, reports.Passed, "")
	}
	s.Load(after(time.Second, 2))
	if left := s.Snapshot().Left; left != 10*time.Second {
		t.Errorf("%v left, want 10s", left)
	}
}

func TestRatesReachBackASecond(t *testing.T) {
	s := tell(live.Plan{Loads: []loadgen.Plan{{Profile: "per-key-300"}}})
	s.quarters(5*time.Second, func(at time.Duration) loadgen.Progress {
		p := after(at, 1)
		if at > 3*time.Second { // a limiter begins to refuse all but 100 a second
			p.Keys[0].Accepted = 855 + int64(100*(at-3*time.Second).Seconds())
			p.Keys[0].Limited = p.Keys[0].Sent - p.Keys[0].Accepted
		}
		return p
	})
	key := s.Snapshot().Loads[0].Keys[0]
	if key.Offered != 285 || key.Accepted != 100 || key.Refused != 370 {
		t.Errorf("offered %v, accepted %v a second, refused %d; want 285, 100, 370", key.Offered, key.Accepted, key.Refused)
	}
	if got, want := fmt.Sprint(key.Seconds), "[285 285 285 100 100]"; got != want {
		t.Errorf("accepted in each second %s, want %s", got, want)
	}
}

func TestANewAttemptStartsAtZero(t *testing.T) {
	s := tell(live.Plan{Loads: []loadgen.Plan{{Profile: "per-key-300"}}})
	s.quarters(3*time.Second, func(at time.Duration) loadgen.Progress { return after(at, 1) })
	again := after(time.Second/4, 1)
	again.Attempt = 2
	s.Load(again)
	l := s.Snapshot().Loads[0]
	if l.Attempt != 2 || len(l.Keys[0].Seconds) != 0 || l.Keys[0].Offered != 0 {
		t.Errorf("attempt %d begins with %+v", l.Attempt, l.Keys[0])
	}
}

func TestAProfileGoesThroughItsStages(t *testing.T) {
	s := tell(live.Plan{Scenarios: true, Loads: []loadgen.Plan{{Profile: "per-key-300", Lasts: time.Second}, {Profile: "shared-200"}}})
	is := func(first, second live.Stage) {
		t.Helper()
		loads := s.Snapshot().Loads
		if loads[0].Stage != first || loads[1].Stage != second {
			t.Errorf("stages %s and %s, want %s and %s", loads[0].Stage, loads[1].Stage, first, second)
		}
	}
	is(live.Waiting, live.Waiting)
	s.ended("a", 1, 1, reports.Passed, "")
	is(live.SetUp, live.Waiting)
	s.Load(after(time.Second, 4))
	is(live.Playing, live.Waiting)
	s.Load(loadgen.Progress{Profile: profile})
	is(live.Resting, live.Waiting)
	s.Played(reports.Load{Profile: "per-key-300", Verdict: reports.LoadPass})
	is(live.Ended, live.SetUp)
}

func TestOnlyWhatIsDecidedIsClaimedSoFar(t *testing.T) {
	s := tell(live.Plan{Loads: []loadgen.Plan{{Profile: "per-key-300"}}})
	p := after(time.Second, 4)
	p.SoFar = reports.Load{Claims: []reports.Claim{
		{Name: "guarantee", Verdict: reports.ClaimInvalid}, {Name: "rate", Verdict: reports.ClaimInconclusive},
		{Name: "answers", Verdict: reports.Proven}, {Name: "limit", Verdict: reports.Refuted},
	}}
	s.Load(p)
	if c := s.Snapshot().Loads[0].Claims; len(c) != 2 || c[0].Name != "answers" || c[1].Name != "limit" {
		t.Errorf("claims %v, want those that later phases cannot change", c)
	}
}

// TestASnapshotIsACopy changes a snapshot and looks at the next.
func TestASnapshotIsACopy(t *testing.T) {
	s := tell(live.Plan{Scenarios: true, Loads: []loadgen.Plan{{Profile: "per-key-300"}}})
	s.ended("a", 1, 2, reports.Failed, "why")
	s.quarters(2*time.Second, func(at time.Duration) loadgen.Progress { return after(at, 1) })
	first := s.Snapshot()
	first.Scenarios.Failed[0].ID, first.Loads[0].Keys[0].Seconds[0], first.Loads[0].Phases[0].Name = "x", -1, "x"
	second := s.Snapshot()
	if second.Scenarios.Failed[0].ID != "a" || second.Loads[0].Keys[0].Seconds[0] != 285 || second.Loads[0].Phases[0].Name != "P2" {
		t.Errorf("the board changed with its snapshot: %+v", second)
	}
}
