package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// collecting returns the garbage collector's setting after something was done, and puts it back.
func collecting(t *testing.T, do func()) int {
	t.Helper()
	before, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(limit)
	do()
	return debug.SetGCPercent(before)
}

// Whoever sets GOGC has the last word, and who sets GOMEMLIMIT one about the memory of a load.
func TestGarbageIsCollectedAsGOGCSays(t *testing.T) {
	const asGo = 100
	for gogc, often := range map[string]struct{ rarely, seldom int }{"": {400, -1}, "50": {asGo, asGo}, "off": {asGo, asGo}} { // Go itself reads it, before main
		t.Setenv("GOGC", gogc)
		if got := collecting(t, collectRarely); got != often.rarely {
			t.Errorf("GOGC=%s: %d, want %d", gogc, got, often.rarely)
		}
		for line, want := range map[string]int{
			"load --characteristics --experiments 1": often.rarely, "load gentle --dry-run": often.seldom, "conform --dry-run": often.rarely,
			"prove --dry-run": often.rarely, "mutants alg-none": often.rarely, "worker --nats nats://127.0.0.1:1 --once --quiet": often.seldom,
			"load soak --dry-run": asGo, "load gentle --workers 2 --dry-run": asGo,
		} {
			if got := collecting(t, func() { interrupted(t, line) }); got != want {
				t.Errorf("GOGC=%s: %s collects at %d, want %d", gogc, line, got, want)
			}
		}
	}
}

func TestALoadLeavesRoomForOthers(t *testing.T) {
	untold := func() (uint64, error) { return 0, errors.ErrUnsupported }
	for _, tt := range []struct {
		container, machine memlimit.Provider
		want               int64
	}{
		{memlimit.Limit(512 << 20), memlimit.Limit(64 << 30), 256 << 20},
		{memlimit.Limit(math.MaxUint64), untold, 1 << 30},
		{memlimit.Limit(64 << 30), memlimit.Limit(2 << 30), 512 << 20},
		{untold, memlimit.Limit(2 << 30), 512 << 20},
		{untold, memlimit.Limit(64 << 30), 1 << 30},
		{untold, untold, 256 << 20},
		{memlimit.Limit(32 << 20), untold, 64 << 20},
	} {
		if got := room(tt.container, tt.machine); got != tt.want {
			t.Errorf("%d bytes, want %d", got, tt.want)
		}
	}
}

func TestWorkersShareTheRoomOfOneLoad(t *testing.T) {
	whole := room(memlimit.FromCgroup, memlimit.FromSystem)
	for _, tt := range []struct {
		gogc, limit string
		workers     int
		want        []string
	}{
		{"", "", 4, []string{"HOME=/", fmt.Sprintf("GOMEMLIMIT=%d", max(whole/4, 64<<20))}},
		{"", "", 1000, []string{"HOME=/", fmt.Sprintf("GOMEMLIMIT=%d", 64<<20)}},
		{"100", "", 4, []string{"HOME=/"}},
		{"", "1GiB", 4, []string{"HOME=/"}},
	} {
		t.Setenv("GOGC", tt.gogc)
		t.Setenv("GOMEMLIMIT", tt.limit)
		if got := among(tt.workers, []string{"HOME=/"}); !slices.Equal(got, tt.want) {
			t.Errorf("GOGC=%s GOMEMLIMIT=%s: %d workers get %q, want %q", tt.gogc, tt.limit, tt.workers, got, tt.want)
		}
	}
}

func TestALoadKeepsToItsMemory(t *testing.T) {
	ours := room(memlimit.FromCgroup, memlimit.FromSystem)
	unlimited := debug.SetMemoryLimit(-1)
	if unlimited == ours {
		t.Fatalf("the tests have the limit of a load, %d bytes, and could not tell who set it", ours)
	}
	for _, tt := range []struct {
		gogc, limit, line string
		want              int64
	}{
		{"", "", "load gentle --dry-run", ours},
		{"", "", "load soak --dry-run", unlimited},
		{"", "", "conform --dry-run", unlimited},
		{"", "1GiB", "load gentle --dry-run", unlimited}, // Go itself reads it, before main
		{"off", "", "load gentle --dry-run", unlimited},
	} {
		t.Setenv("GOGC", tt.gogc)
		t.Setenv("GOMEMLIMIT", tt.limit)
		var got int64
		collecting(t, func() {
			interrupted(t, tt.line)
			got = debug.SetMemoryLimit(-1)
		})
		if got != tt.want {
			t.Errorf("GOGC=%s GOMEMLIMIT=%s %s: a limit of %d bytes, want %d", tt.gogc, tt.limit, tt.line, got, tt.want)
		}
	}
}

// interrupted runs a command whose context has ended.
func interrupted(t *testing.T, line string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := newRoot()
	c.SetErr(io.Discard)
	c.SetOut(io.Discard)
	c.SetArgs(strings.Fields(line))
	_ = c.ExecuteContext(ctx) // it was interrupted
}
