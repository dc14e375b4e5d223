package loadgen

import (
	"sync"
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
			g.wait(true)
			g.enter()
		}
		go func() {
			time.Sleep(patience / 2)
			g.leave()
		}()
		start := time.Now()
		if g.wait(true); g.width != 16 || time.Since(start) != patience/2 {
			t.Errorf("%d wide after %v, want 16 as soon as a call had ended", g.width, time.Since(start))
		}
		g.enter()
		if g.wait(true); g.width != 20 || time.Since(start) != 3*patience/2 {
			t.Errorf("%d wide after %v, want 20 after %v without an answer", g.width, time.Since(start), patience)
		}
		for range 50 {
			g.enter()
			g.wait(true)
		}
		if g.width != 40 {
			t.Errorf("%d wide, at most 40 is allowed", g.width)
		}
	})
}

// While answers keep up a gate is no wider than need be, however wide it once was, so that few workers take turns.
func TestAGateNarrowsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(crew{start: 16, most: 400})
		for g.width < 100 {
			g.enter()
			g.wait(true)
		}
		for g.under.Load() > 60 {
			g.leave()
		}
		if g.wait(true); g.width < 100 {
			t.Errorf("%d wide with 60 under way, want it kept", g.width)
		}
		for g.under.Load() > 0 {
			g.leave()
		}
		for range 200 {
			g.wait(true)
		}
		if g.width != 16 {
			t.Errorf("%d wide with none under way, want 16", g.width)
		}
	})
}

// A call that is on time need not wait for the answers that those that are late wait for, up to a bound.
func TestAGateHoldsCallsThatAreOnTimeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(crew{start: 16, most: 4000})
		start := time.Now()
		for range punctual * 16 {
			g.wait(false)
			g.enter()
		}
		if time.Since(start) > 0 || g.width != 16 {
			t.Errorf("%d wide after %v, want no call held", g.width, time.Since(start))
		}
		if g.wait(false); time.Since(start) != patience || g.width != 20 {
			t.Errorf("%d wide after %v, want 20 after %v without an answer", g.width, time.Since(start), patience)
		}
	})
}

// A target that becomes thirty times as slow little by little, so that its answers never cease, is sent every call in time.
func TestAGateFollowsATargetThatBecomesSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const every, fast, slow = 50 * time.Microsecond, 500 * time.Microsecond, 15 * time.Millisecond
		g := newGate(crewOf(float64(time.Second/every), fast, 5*time.Second))
		var calls sync.WaitGroup
		start := time.Now()
		for i := range 20_000 {
			due := start.Add(time.Duration(i) * every)
			time.Sleep(time.Until(due))
			g.wait(false)
			if late := time.Since(due); late > 0 {
				t.Errorf("call %d left %v late", i, late)
				break
			}
			g.enter()
			calls.Go(func() {
				time.Sleep(min(slow, fast+time.Duration(i)*every/25))
				g.leave()
			})
		}
		calls.Wait()
	})
}
