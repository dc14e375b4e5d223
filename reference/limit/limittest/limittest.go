// Package limittest is the kit that any token bucket behind limit.Limiter must pass.
package limittest

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/limit"
)

// Epoch is the instant at which the kit's stories begin.
var Epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Test checks a limiter of rate units a second and burst at once. Each part of the story gets a
// fresh one from open. shared says that all keys draw on one bucket.
func Test(t *testing.T, rate, burst int, shared bool, open func() limit.Limiter) {
	t.Run("the burst passes and one more does not", func(t *testing.T) { testBurst(t, burst, open()) })
	t.Run("waiting RetryIn is enough", func(t *testing.T) { testEnough(t, open()) })
	t.Run("waiting a nanosecond less is not", func(t *testing.T) { testNeeded(t, open()) })
	t.Run("never more than burst and rate times time", func(t *testing.T) { testNeverOver(t, rate, burst, open()) })
	t.Run("a steady stream at the rate always passes", func(t *testing.T) { testSteady(t, rate, open()) })
	t.Run("a refused call takes nothing", func(t *testing.T) { testRefusedTakesNothing(t, open()) })
	t.Run("a clock set back refills nothing and locks nobody out", func(t *testing.T) { testBackwards(t, burst, open()) })
	t.Run("calls that overtake each other gain nothing", func(t *testing.T) { testOvertaking(t, rate, burst, open()) })
	t.Run("a year of rest gives one burst", func(t *testing.T) { testRest(t, burst, open()) })
	t.Run("keys", func(t *testing.T) { testKeys(t, burst, shared, open()) })
}

// drain takes units of key until one is refused and returns how many passed and the refusal.
func drain(t *testing.T, l limit.Limiter, now time.Time, key string) (int, limit.Decision) {
	t.Helper()
	for n := range 1_000_000 {
		if d := l.Take(now, key, 1); !d.OK {
			return n, d
		}
	}
	t.Fatal("a million units passed at one instant")
	return 0, limit.Decision{}
}

func testBurst(t *testing.T, burst int, l limit.Limiter) {
	if n, d := drain(t, l, Epoch, "a"); n != burst || d.Remaining != 0 {
		t.Errorf("%d units passed at one instant with %d remaining, want %d and 0", n, d.Remaining, burst)
	}
}

func testEnough(t *testing.T, l limit.Limiter) {
	_, d := drain(t, l, Epoch, "a")
	if d.RetryIn <= 0 {
		t.Fatalf("RetryIn %v of a refused unit, want more than 0", d.RetryIn)
	}
	if !l.Take(Epoch.Add(d.RetryIn), "a", 1).OK {
		t.Errorf("refused after RetryIn = %v", d.RetryIn)
	}
}

func testNeeded(t *testing.T, l limit.Limiter) {
	_, d := drain(t, l, Epoch, "a")
	if l.Take(Epoch.Add(d.RetryIn-1), "a", 1).OK {
		t.Errorf("admitted 1ns before RetryIn = %v", d.RetryIn)
	}
}

// testNeverOver offers more than ten times the rate for three seconds, in steps that do not divide a
// second. A full bucket of one unit wastes what drips in during the rest of a step: a tenth at most.
func testNeverOver(t *testing.T, rate, burst int, l limit.Limiter) {
	passed, step := 0, time.Second/time.Duration(10*(rate+burst))-1
	for at := time.Duration(0); at < 3*time.Second; at += step {
		if l.Take(Epoch.Add(at), "a", 1).OK {
			passed++
		}
		if most := float64(burst) + float64(rate)*at.Seconds(); float64(passed) > most+1e-6 {
			t.Fatalf("%d units passed within %v, want at most %.3f", passed, at, most)
		}
	}
	if least := (burst+3*rate)*9/10 - 1; passed < least {
		t.Errorf("%d units passed within 3s of more than ten times the rate, want at least %d", passed, least)
	}
}

func testSteady(t *testing.T, rate int, l limit.Limiter) {
	drain(t, l, Epoch, "a")
	interval := (time.Second + time.Duration(rate) - 1) / time.Duration(rate) // rounded up
	for i := 1; i <= 3*rate; i++ {
		if d := l.Take(Epoch.Add(time.Duration(i)*interval), "a", 1); !d.OK {
			t.Fatalf("unit %d of a stream at the rate was refused, RetryIn %v", i, d.RetryIn)
		}
	}
}

func testRefusedTakesNothing(t *testing.T, l limit.Limiter) {
	_, d := drain(t, l, Epoch, "a")
	for range 1000 {
		l.Take(Epoch, "a", 1)
	}
	if !l.Take(Epoch.Add(d.RetryIn), "a", 1).OK {
		t.Error("a thousand refused calls lengthened the wait")
	}
}

func testBackwards(t *testing.T, burst int, l limit.Limiter) {
	_, d := drain(t, l, Epoch, "a")
	if l.Take(Epoch.Add(-time.Hour), "a", 1).OK {
		t.Error("admitted after the clock was set back an hour")
	}
	if !l.Take(Epoch.Add(d.RetryIn), "a", 1).OK {
		t.Errorf("refused when the clock came back to the end of the wait")
	}
	if n, _ := drain(t, l, Epoch.Add(time.Hour), "a"); n > burst {
		t.Errorf("%d units passed after the clock came back, want at most %d", n, burst)
	}
}

// testOvertaking lets calls arrive in pairs that overtook each other by a millisecond.
func testOvertaking(t *testing.T, rate, burst int, l limit.Limiter) {
	passed := 0
	for i := range 3000 {
		at := Epoch.Add(time.Duration(i) * time.Millisecond)
		for _, now := range []time.Time{at, at.Add(-time.Millisecond)} {
			for l.Take(now, "a", 1).OK {
				passed++
			}
		}
	}
	if most := burst + 3*rate; passed > most {
		t.Errorf("%d units passed within 3s, want at most %d", passed, most)
	}
}

func testRest(t *testing.T, burst int, l limit.Limiter) {
	drain(t, l, Epoch, "a")
	if n, _ := drain(t, l, Epoch.AddDate(1, 0, 0), "a"); n != burst {
		t.Errorf("%d units passed after a year of rest, want %d", n, burst)
	}
}

func testKeys(t *testing.T, burst int, shared bool, l limit.Limiter) {
	drain(t, l, Epoch, "a")
	want := burst
	if shared {
		want = 0
	}
	if n, _ := drain(t, l, Epoch, "b"); n != want {
		t.Errorf("%d units of another key passed beside a drained one, want %d", n, want)
	}
}
