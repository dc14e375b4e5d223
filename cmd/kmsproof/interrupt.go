package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// echo is how long after the first signal others count as the same: timeout(1) and some CI runners signal
// the program and then its whole process group, so that one interrupt comes twice.
const echo = 250 * time.Millisecond

// interruptible returns a context that the first SIGINT or SIGTERM ends, so that the run can clean
// up. The second ends the program at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with the program: a signal may come at any time
		twice(signals, cancel)
		os.Exit(exitNothing)
	}()
	return ctx, cancel
}

// twice calls first at the first signal, and returns at the next that is no echo of it.
func twice(signals <-chan os.Signal, first func()) {
	<-signals
	heard := time.Now()
	first()
	for range signals {
		if time.Since(heard) > echo {
			return
		}
	}
}
