package loadgen

import (
	"testing"
	"time"
)

// TestALostRecordIsNotLookedAt: what has ended is looked at between phases, where the record can be read.
func TestALostRecordIsNotLookedAt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	ph := Phase{Name: "P4", Role: Conform, Keys: 1, Rate: 100, Length: time.Second}
	p := Profile{Keys: 1, Limit: Limit{Scope: PerKey, Rate: 300, Burst: 300}, Phases: []Phase{ph}}
	a, rec := newPlayed(ph, 1, 0), &Recording{Profile: p, Keys: []string{"k"}, spool: &spool{memory: 1}}
	a.recorded(rec)
	rec.Played = []*Played{a}
	for i := range 50 {
		a.sent(slot{number: i}, time.Millisecond, 2*time.Millisecond, Accepted)
	}
	a.tracks[0].log.turn()
	if rec.spool.failed() == nil {
		t.Fatal("the record is not lost")
	}
	l := &live{p: p, o: Options{Progress: func(Progress) {}}, rec: rec}
	l.judge()
	if got := l.soFar.Profile; got != "" {
		t.Errorf("the profile %s was judged from a record that is lost", got)
	}
}

// BenchmarkReadingProgress is what those who watch 64 keys cost a run, four times a second. The share of
// it for which a call may have to wait is that of one key.
func BenchmarkReadingProgress(b *testing.B) {
	p := Profile{Limit: Limit{Scope: PerKey, Rate: 300, Burst: 300}, Conforming: Bounds{Sent: 0.99, LateP99: time.Millisecond}}
	ph := Phase{Name: "P4", Role: Conform, Keys: 64, Rate: 285, Length: 10 * time.Second}
	p.Phases, p.Keys = []Phase{ph}, ph.Keys
	a := newPlayed(ph, 1, 0)
	for plan := newSchedule(ph, 1); ; {
		next, ok := plan.take()
		if !ok {
			break
		}
		late := time.Duration(next.due.Microseconds()%1000) * time.Microsecond
		a.sent(next, next.due+late, next.due+2*late, Accepted)
	}
	l := &live{p: p, rec: &Recording{Keys: make([]string, ph.Keys)}, began: time.Now()}
	for b.Loop() {
		l.progress(standing{current: a, latest: a})
	}
}
