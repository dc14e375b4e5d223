package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// collectRarely is for what keeps little and throws away much: with Go's own setting a server under load
// collects garbage hundreds of times a second, the matrix spends a fifth of its time on it, and an experiment of the
// characteristics takes a few megabytes and then none of them. GOGC in the environment wins. It holds until the
// program ends.
func collectRarely() { collectAt(400) }

// collectSeldom is for what sends a load. A collection holds calls up for milliseconds, and near what the machine
// carries those take tens of milliseconds to make up for, so one of them makes one call in a hundred late. loadgen
// collects before each phase; within a phase there is room for what half a million calls throw away, at 2 kB each. It is
// not for the coordinator of a fleet, which keeps what all workers recorded, nor for a soak, which watches its own
// memory. GOGC and GOMEMLIMIT in the environment win.
func collectSeldom() {
	if os.Getenv("GOMEMLIMIT") != "" {
		collectAt(1600)
		return
	}
	if os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(room(memlimit.FromCgroup, memlimit.FromSystem))
	}
	collectAt(-1)
}

// room returns how many bytes a load may take: half of what its container is allowed, or a quarter of what the machine
// has, which it shares with others.
func room(container, machine memlimit.Provider) int64 {
	const most = 1 << 30
	if allowed, err := container(); err == nil {
		return int64(min(allowed/2, most))
	}
	if memory, err := machine(); err == nil {
		return int64(min(memory/4, most))
	}
	return most / 4
}

// among returns an environment for each of n processes that send a load side by side and share the room for one. Who
// set a limit or GOGC has the last word.
func among(n int, environ []string) []string {
	for _, e := range environ {
		if strings.HasPrefix(e, "GOMEMLIMIT=") || strings.HasPrefix(e, "GOGC=") {
			return environ
		}
	}
	return append(environ, fmt.Sprintf("GOMEMLIMIT=%d", room(memlimit.FromCgroup, memlimit.FromSystem)/int64(n)))
}

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
