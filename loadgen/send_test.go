package loadgen

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A moody carrier takes a while for every call, and brings no answer to every third.
type moody struct {
	carrier
	wait  func()
	calls atomic.Int64
}

func (m *moody) carry(_ *loaded, s *shot) error {
	if !s.leave() {
		return errLate
	}
	m.wait()
	if m.calls.Add(1)%3 == 0 {
		return http.ErrHandlerTimeout
	}
	s.answer.Status, s.answer.Body = http.StatusOK, s.answer.Body[:0]
	return nil
}

// Every call that the gate let through is told to it as ended, whatever became of it: one that lost count would hold
// ever more calls up, and then none.
func TestAGateIsToldOfEveryEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ph := Phase{Name: "P", Role: Together, Keys: 2, Rate: 1000, Length: time.Second}
		a := newPlayed(ph, 1, 0)
		a.recorded(&Recording{Seed: 7})
		base := &moody{wait: func() { time.Sleep(3 * time.Millisecond) }}
		stalled := func(_ string, due time.Duration) time.Duration {
			if due > 500*time.Millisecond && due < 501*time.Millisecond {
				return 50 * time.Millisecond // some of what is due meanwhile cannot leave any more
			}
			return 0
		}
		s := newSender(t.Context(), &rig{keys: make([]*loaded, 2)}, base, Profile{MissAfter: 20 * time.Millisecond}, Options{Stall: stalled, Seed: 7}, a, newSamples(2, 1, 7), time.Now())
		s.send()
		sent, missed := a.tally().sent, a.tally().missed
		if sent != base.calls.Load() || sent < 1500 || missed == 0 {
			t.Fatalf("%d calls noted, %d made, %d missed: that shows little", sent, base.calls.Load(), missed)
		}
		if under := s.gate.under.Load(); under != 0 {
			t.Errorf("the gate has %d of %d calls under way after the last one ended", under, sent)
		}
	})
}
