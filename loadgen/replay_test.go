package loadgen

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What a log keeps of a call is less exact than what was seen: what is judged must hold it all the same.
func TestTheTimesOfACallAreRoundedApart(t *testing.T) {
	ph := Phase{Name: "P", Role: Together, Keys: 1, Rate: 1000, Length: 20 * time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{Seed: 3})
	rng, read := rand.New(rand.NewPCG(3, 1)), 0
	var sends, dones []time.Duration
	plan := newSchedule(ph, 3)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		send := next.due + time.Duration(rng.Int64N(int64(50*time.Microsecond)))
		done := send + time.Duration(rng.Int64N(int64(50*time.Microsecond)))
		a.sent(next, send, done, Accepted)
		sends, dones = append(sends, send), append(dones, done)
	}
	for i, c := range a.tracks[0].calls {
		read++
		send, done := time.Duration(c.send)*time.Microsecond, time.Duration(c.done)*time.Microsecond
		if send > sends[i] || done < dones[i] || done-send > dones[i]-sends[i]+3*resolution {
			t.Fatalf("call %d from %v to %v is noted from %v to %v", i, sends[i], dones[i], send, done)
		}
	}
	if read != len(sends) || read < 19_000 {
		t.Errorf("%d of %d calls were read back", read, len(sends))
	}
}
