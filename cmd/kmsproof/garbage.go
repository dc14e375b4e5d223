package main

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// collectRarely is for what keeps little and throws away much: with Go's own setting a server under load
// collects garbage hundreds of times a second, the matrix spends a fifth of its time on it, and an experiment of the
// characteristics takes a few megabytes and then none of them. GOGC in the environment wins. It holds until the
// program ends.
func collectRarely() { collectAt(400) }

// collectSeldom is for what sends a load. A collection holds calls up for milliseconds, and near what the machine
// carries those take tens of milliseconds to make up for, so one of them makes one call in a hundred late. loadgen
// collects before each phase; within a phase there is room for what half a million calls throw away, at 2 kB each,
// unless the machine has little or the target is in this process. It is not for the coordinator of a fleet, which keeps
// what all workers recorded, nor for a soak, which watches its own memory. GOGC and GOMEMLIMIT in the environment win.
func collectSeldom() {
	switch {
	case os.Getenv("GOGC") != "":
		return
	case os.Getenv("GOMEMLIMIT") == "":
		debug.SetMemoryLimit(room(memlimit.FromCgroup, memlimit.FromSystem))
	case debug.SetMemoryLimit(-1) == math.MaxInt64: // it is off
		collectAt(1600)
		return
	}
	collectAt(-1)
}

// Bounds of what a load may take, in bytes. Below the least it would collect without pause.
const (
	leastRoom = 64 << 20
	mostRoom  = 1 << 30
)

// room returns how many bytes a load may take: half of what its container is allowed, and no more than a quarter of
// what the machine has, which it shares with others.
func room(container, machine memlimit.Provider) int64 {
	most := uint64(mostRoom)
	allowed, unbounded := container()
	if unbounded == nil {
		most = min(most, allowed/2)
	}
	memory, untold := machine()
	if untold == nil {
		most = min(most, memory/4)
	}
	if unbounded != nil && untold != nil {
		most = mostRoom / 4
	}
	return int64(max(most, leastRoom))
}

// among returns an environment for each of n processes that send a load side by side and share the room for one. Who
// set a limit or GOGC has the last word.
func among(n int, environ []string) []string {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return environ
	}
	return append(environ, fmt.Sprintf("GOMEMLIMIT=%d", max(room(memlimit.FromCgroup, memlimit.FromSystem)/int64(n), leastRoom)))
}

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
