package loadgen

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kmsproof/kmsproof/reports"
)

// Calls at the end of one second and the beginning of the next are no more than usual by the calendar, and twice
// as many in the second between.
func TestASecondBeginsAnywhereOrByTheCalendar(t *testing.T) {
	counts := make([]int64, 3*binsASecond)
	counts[95], counts[105] = 40, 40
	for _, tt := range []struct {
		from, every int
		least, most int64
	}{{0, 1, 0, 80}, {0, binsASecond, 0, 40}, {50, binsASecond, 0, 80}} {
		if least, most, any := secondsOf(counts, tt.from, tt.every); least != tt.least || most != tt.most || !any {
			t.Errorf("from %d, every %d: %d to %d, %v; want %d to %d", tt.from, tt.every, least, most, any, tt.least, tt.most)
		}
	}
	if _, _, any := secondsOf(counts[:binsASecond-1], 0, 1); any {
		t.Error("a second lies within less than one")
	}
}

func TestCallsPerSecondAreSaidThreeWays(t *testing.T) {
	a := newPlayed(Phase{Name: "P", Role: Conform, Keys: 2, Rate: 50, Length: 3 * time.Second}, 1, 0)
	a.recorded(&Recording{Seed: 1})
	plan := newSchedule(a.Phase, 1)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		class := Accepted
		if next.due >= 1500*time.Millisecond && next.due < 2*time.Second {
			class = RateLimited
		}
		a.sent(next, next.due, next.due+time.Millisecond, class)
	}
	want := &reports.Pace{Mean: 83.3, Least: 50, Most: 100, CalendarLeast: 50, CalendarMost: 100}
	if diff := cmp.Diff(want, a.threeWays(0)); diff != "" {
		t.Error(diff)
	}
	if got := a.threeWays(200 * time.Millisecond); !slices.Equal([]int64{got.CalendarLeast, got.CalendarMost}, []int64{70, 80}) {
		t.Errorf("seconds that begin 0.8 s later have %d to %d calls", got.CalendarLeast, got.CalendarMost)
	}
}
