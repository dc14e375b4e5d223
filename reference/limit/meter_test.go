package limit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/reference/limit/limittest"
)

func TestAMeterCountsByKeyAndSecond(t *testing.T) {
	var m limit.Meter
	start := limittest.Epoch.Truncate(time.Second)
	m.Note(start, "a", true)
	m.Note(start.Add(time.Second-1), "a", false)
	m.Note(start.Add(time.Second-1), "b", true)
	m.Note(start.Add(time.Second), "a", true)
	want := []limit.Second{
		{At: start.Unix(), Keys: map[string]limit.Count{"a": {Admitted: 1, Refused: 1}, "b": {Admitted: 1}}},
		{At: start.Unix() + 1, Keys: map[string]limit.Count{"a": {Admitted: 1}}},
	}
	for from, want := range map[int64][]limit.Second{
		0: want, start.Unix(): want, start.Unix() + 1: want[1:], start.Unix() + 2: {},
	} {
		if diff := cmp.Diff(want, m.Seconds(from, start.Add(time.Second))); diff != "" {
			t.Errorf("from %d: %s", from, diff)
		}
	}
}

func TestAMeterForgetsAfterItsSpan(t *testing.T) {
	var m limit.Meter
	start := limittest.Epoch.Truncate(time.Second)
	m.Note(start, "a", true)
	const span = limit.Span * time.Second
	if got := m.Seconds(0, start.Add(span-1)); len(got) != 1 {
		t.Errorf("in its last nanosecond: %v, want the one second", got)
	}
	if got := m.Seconds(0, start.Add(span)); len(got) != 0 {
		t.Errorf("after the span: %v, want nothing", got)
	}
	m.Note(start.Add(span), "b", true) // takes the place of the first
	if got := m.Seconds(0, start.Add(span)); len(got) != 1 || got[0].Keys["a"] != (limit.Count{}) {
		t.Errorf("after a round: %v, want b alone", got)
	}
}

func TestAMeterFollowsAClockThatIsSetBack(t *testing.T) {
	var m limit.Meter
	start := limittest.Epoch.Truncate(time.Second)
	m.Note(start, "a", true)
	back := start.Add(-time.Hour)
	if got := m.Seconds(0, back); len(got) != 0 {
		t.Errorf("an hour before: %v, want nothing", got)
	}
	m.Note(back, "a", false)
	if got := m.Seconds(0, back); len(got) != 1 || got[0].Keys["a"] != (limit.Count{Refused: 1}) {
		t.Errorf("an hour before: %v, want one refusal", got)
	}
}

func TestNotingAllocatesNothing(t *testing.T) {
	var m limit.Meter
	now := limittest.Epoch
	m.Note(now, "a", true)
	if allocs := testing.AllocsPerRun(1000, func() { m.Note(now, "a", true) }); allocs != 0 {
		t.Errorf("%v allocations a decision, want 0", allocs)
	}
}

func BenchmarkNote(b *testing.B) {
	var m limit.Meter
	now := limittest.Epoch
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Note(now, "a key tag of sixty-four hexadecimal digits 0123456789abcdef01234", true)
		}
	})
}
