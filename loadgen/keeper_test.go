package loadgen

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestATokenIsRenewedInTheLastTenthOfItsLife, at a point that is not always the same.
func TestATokenIsRenewedInTheLastTenthOfItsLife(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	least, most := time.Hour, time.Duration(0)
	for range 1000 {
		at := renewAfter(time.Hour, rng)
		least, most = min(least, at), max(most, at)
	}
	if least < 54*time.Minute || least > 55*time.Minute || most >= time.Hour || most < 59*time.Minute {
		t.Errorf("renewed after %v to %v", least, most)
	}
}

// TestATokenThatIsRefusedIsEarlyOrNot: five minutes before its end, when clocks are apart by so much, it may
// be refused; before, it may not, whatever clocks have jumped meanwhile.
func TestATokenThatIsRefusedIsEarlyOrNot(t *testing.T) {
	now := time.Duration(0)
	k := &keeper{rig: &rig{life: time.Hour}, rng: rand.New(rand.NewPCG(1, 1)), keys: make([]kept, 1), now: func() time.Duration { return now }}
	k.came(0)
	for _, tt := range []struct {
		at, shift time.Duration
		want      Cause
	}{
		{30 * time.Minute, 0, Early},
		{55*time.Minute - 1, 0, Early},
		{55 * time.Minute, 0, Expired},
		{50 * time.Minute, 5 * time.Minute, Expired},
		{58 * time.Minute, -5 * time.Minute, Early},
		{time.Minute, time.Hour, Expired},
	} {
		now = tt.at
		k.keys[0].shifted = tt.shift
		if got := k.refused(0); got != tt.want {
			t.Errorf("refused after %v with a shift of %v: %s, want %s", tt.at, tt.shift, got, tt.want)
		}
	}
}
