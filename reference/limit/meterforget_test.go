package limit

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAMeterForgetsKeysThatNobodyAskedLately asks about one new key after the other.
func TestAMeterForgetsKeysThatNobodyAskedLately(t *testing.T) {
	const pause = 10 * Span * time.Second / few // so many are asked about within a span: a tenth of few
	var m Meter
	now := epoch
	for i := range 100 * few {
		now = now.Add(pause)
		m.Note(now, fmt.Sprint(i), true)
		if n := len(m.book.keys); n > few || n != len(m.book.places) {
			t.Fatalf("after %d keys it holds %d, with %d places, want at most %d", i+1, n, len(m.book.places), few)
		}
	}
}

// TestAMeterThatForgetsKeepsItsCounts has few keys asked about in each second of a span, and so many in the last that
// the others are gone through.
func TestAMeterThatForgetsKeepsItsCounts(t *testing.T) {
	var m Meter
	var want []Second
	note := func(key string, admitted bool) {
		s := &want[len(want)-1]
		m.Note(time.Unix(s.At, 0), key, admitted)
		c := s.Keys[key]
		if admitted {
			c.Admitted++
		} else {
			c.Refused++
		}
		s.Keys[key] = c
	}
	first, idle := epoch.Unix(), int64(5)
	m.Note(time.Unix(first+idle-Span, 0), "forgotten", true)
	for i := range int64(Span) {
		if i == idle { // what was counted a span before is there still
			continue
		}
		want = append(want, Second{first + i, map[string]Count{}})
		note("a", true)
		note(fmt.Sprint(i), false)
	}
	for i := range few {
		note(fmt.Sprint("late ", i), true)
		note("a", false)
	}
	if _, there := m.book.places["forgotten"]; there {
		t.Error("a key is there that nobody asked about within the span")
	}
	if diff := cmp.Diff(want, m.Seconds(0, time.Unix(first+Span-1, 0))); diff != "" {
		t.Error(diff)
	}
}
