package main

import (
	"context"
	"io"
	"runtime/debug"
	"testing"
)

// collecting returns the garbage collector's setting after something was done, and puts it back.
func collecting(t *testing.T, do func()) int {
	t.Helper()
	before := debug.SetGCPercent(100)
	do()
	return debug.SetGCPercent(before)
}

// Whoever sets GOGC has the last word.
func TestGarbageIsCollectedAsGOGCSays(t *testing.T) {
	for gogc, want := range map[string]int{"": 400, "50": 100, "off": 100} { // Go itself reads it, before main
		t.Setenv("GOGC", gogc)
		if got := collecting(t, collectRarely); got != want {
			t.Errorf("GOGC=%s: %d, want %d", gogc, got, want)
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		c := newRoot()
		c.SetErr(io.Discard)
		c.SetArgs([]string{"load", "--characteristics", "--experiments", "1"})
		if got := collecting(t, func() { _ = c.ExecuteContext(interrupted) }); got != want {
			t.Errorf("GOGC=%s: load --characteristics collects at %d, want %d", gogc, got, want)
		}
	}
}
