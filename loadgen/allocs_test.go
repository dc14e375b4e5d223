//go:build !race

package loadgen

import (
	"testing"
	"time"
)

// The recorder allocates nothing for a call, beyond a chunk for each eight thousand of a key.
func TestRecordingACallAllocatesNothing(t *testing.T) {
	a := newPlayed(Phase{Role: Conform, Keys: 4, Rate: 300, Length: time.Hour}, 1, 0)
	a.recorded(&Recording{Seed: 1})
	plan := newSchedule(a.Phase, 1)
	record := func() {
		next, _ := plan.take()
		a.sent(next, next.due, next.due+time.Millisecond, Accepted)
	}
	for range 1000 {
		record() // the histograms open with their first value
	}
	if n := testing.AllocsPerRun(10_000, record); n > 0 {
		t.Errorf("%v allocations a call", n)
	}
}
