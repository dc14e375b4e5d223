package loadgen

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What every call pays is never told to be more than it is, however few calls tell, and most of it is told by many.
func TestWhatIsPaidIsNoMoreThanThat(t *testing.T) {
	const line, most = 40e-3, 2.5e-3
	rng := rand.New(rand.NewPCG(11, 1))
	for range 2000 {
		n := 1 + rng.IntN(1500)
		all := make([]float64, n)
		for i := range all {
			all[i] = line + most*(rng.Float64()+rng.Float64())
		}
		if got := paid(all); got > line || n >= 1000 && got < line-most/2 || n < lucky && got != 0 {
			t.Fatalf("%d calls: %v is paid, told %v", n, line, got)
		}
	}
}

// What a log rounds away is no part of what was paid: here the shortest round trip is noted as it was, and the
// others as four microseconds less than they took.
func TestWhatALogRoundsIsNotPaid(t *testing.T) {
	const line = 1_000_100 * time.Nanosecond
	ph := Phase{Name: "P", Role: Together, Keys: 1, Rate: lucky, Length: time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{Seed: 1})
	plan := newSchedule(ph, 1)
	for i := range lucky {
		next, _ := plan.take()
		way := 1_015_900 * time.Nanosecond
		if i == 0 {
			way = 1_008 * time.Microsecond
		}
		a.sent(next, next.due, next.due+way, Accepted)
	}
	if got := a.toll(); got > inMicros(line) || got < inMicros(line)-20 {
		t.Errorf("%v us are paid, at most %v are", got, inMicros(line))
	}
	for i, s := range observe(a.tracks) {
		if took := s.by - s.at; took < (1_008*time.Microsecond - line).Seconds() {
			t.Errorf("call %d: %v s are left of its way, less than it took besides", i, took)
		}
	}
}

func inMicros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
