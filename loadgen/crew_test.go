package loadgen

import (
	"testing"
	"time"
)

func TestACrewFollowsLittlesLaw(t *testing.T) {
	for _, tt := range []struct {
		name             string
		keys             int
		rate             float64
		typical, timeout time.Duration
		want             crew
	}{
		{"beside the target", 64, 300, 100 * time.Microsecond, 5 * time.Second, crew{start: 16, most: 2048}},
		{"30 ms away", 4, 300, 30 * time.Millisecond, time.Second, crew{start: 72, most: 1200}},
		{"far away", 64, 300, time.Second, 5 * time.Second, crew{start: 2048, most: 2048}},
		{"hardly any calls", 1, 1, time.Millisecond, time.Second, crew{start: 16, most: 32}},
	} {
		if got := crewFor(Phase{Keys: tt.keys, Rate: tt.rate}, tt.typical, tt.timeout); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
