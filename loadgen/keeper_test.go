package loadgen

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestATokenIsRenewedInTheLastTenthOfItsLife, at a point that is not always the same. Workers of a fleet use the new one
// up to a minute later: by then the old one must be good.
func TestATokenIsRenewedInTheLastTenthOfItsLife(t *testing.T) {
	for _, tt := range []struct {
		fleet    Fleet
		earliest time.Duration
		last     time.Duration
	}{{nil, 54 * time.Minute, 60 * time.Minute}, {distant{}, 54 * time.Minute, 58 * time.Minute}} {
		k := newKeeper(&rig{life: time.Hour, keys: make([]*loaded, 1)}, Options{Seed: 1, Fleet: tt.fleet}, func() time.Duration { return 0 })
		least, most := time.Hour, time.Duration(0)
		for range 1000 {
			k.came(0)
			least, most = min(least, k.keys[0].due), max(most, k.keys[0].due)
		}
		if least < tt.earliest || least > tt.earliest+time.Minute || most >= tt.last || most < tt.last-time.Minute {
			t.Errorf("with fleet %v: renewed after %v to %v, want %v to %v", tt.fleet, least, most, tt.earliest, tt.last)
		}
	}
}

// distant is a fleet that is only there.
type distant struct{ Fleet }

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
