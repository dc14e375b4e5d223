package main

import (
	"context"
	"io"
	"runtime/debug"
	"strings"
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
	const asGo = 100
	for gogc, want := range map[string]int{"": 400, "50": asGo, "off": asGo} { // Go itself reads it, before main
		t.Setenv("GOGC", gogc)
		if got := collecting(t, collectRarely); got != want {
			t.Errorf("GOGC=%s: %d, want %d", gogc, got, want)
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		for line, want := range map[string]int{
			"load --characteristics --experiments 1": want, "load gentle --dry-run": want, "conform --dry-run": want, "prove --dry-run": want,
			"mutants alg-none": want, "worker --nats nats://127.0.0.1:1 --once --quiet": want,
			"load soak --dry-run": asGo, "load gentle --workers 2 --dry-run": asGo,
		} {
			c := newRoot()
			c.SetErr(io.Discard)
			c.SetOut(io.Discard)
			c.SetArgs(strings.Fields(line))
			if got := collecting(t, func() { _ = c.ExecuteContext(interrupted) }); got != want {
				t.Errorf("GOGC=%s: %s collects at %d, want %d", gogc, line, got, want)
			}
		}
	}
}
