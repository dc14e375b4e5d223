package loadgen

import (
	"testing"
	"time"
)

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
