package main

import (
	"os"
	"runtime/debug"
)

// collectRarely is for what keeps little and throws away much: with Go's own setting a server under load
// collects garbage hundreds of times a second, the matrix spends a fifth of its time on it, and an experiment of the
// characteristics takes a few megabytes and then none of them. GOGC in the environment wins. It holds until the
// program ends.
func collectRarely() { collectAt(400) }

// collectSeldom is for what sends a load: each collection holds calls up for milliseconds, so that one in a hundred
// leaves late where garbage is collected once a second. A load keeps some megabytes, at most 64 MB of its record, and
// throws away 2 kB a call. It is not for the coordinator of a fleet, which keeps what all workers recorded, nor for
// a soak, which watches its own memory. GOGC and GOMEMLIMIT in the environment win.
func collectSeldom() {
	const most = 384 << 20 // bytes, beyond which it is collected as often as need be
	collectAt(1600)
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(most)
	}
}

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
