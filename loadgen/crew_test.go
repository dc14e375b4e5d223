package loadgen

import (
	"testing"
	"testing/synctest"
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

// A gate keeps its width while answers come, and opens wider only where none does.
func TestAGateOpensWiderForASlowTargetAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(crew{start: 16, most: 40})
		for range 16 {
			g.wait()
			g.enter()
		}
		go func() {
			time.Sleep(patience / 2)
			g.leave()
		}()
		start := time.Now()
		if g.wait(); g.width != 16 || time.Since(start) != patience/2 {
			t.Errorf("%d wide after %v, want 16 as soon as a call had ended", g.width, time.Since(start))
		}
		g.enter()
		if g.wait(); g.width != 20 || time.Since(start) != 3*patience/2 {
			t.Errorf("%d wide after %v, want 20 after %v without an answer", g.width, time.Since(start), patience)
		}
		for range 50 {
			g.enter()
			g.wait()
		}
		if g.width != 40 {
			t.Errorf("%d wide, at most 40 is allowed", g.width)
		}
	})
}
