package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// rungs are the numbers of keys that the reference and the sender are asked to carry together.
var rungs = []int{16, 32, 48, 56, 64, 72, 80, 88, 96, 112, 128}

// A carriage is what one try came to.
type carriage struct {
	phase
	serving time.Duration // processor time of the reference, setting up the keys included
}

// held applies the bounds of a capacity phase. No key may be refused a call: the rate is even.
func (c carriage) held() bool {
	return float64(c.Sent) >= 0.999*float64(c.Planned) && c.Late.P99 <= 5 && c.Accepted == c.Sent
}

// carriedFigures looks for the most keys at 300 calls a second that sender and reference carry on the
// machine that they share, and tells which of the two has the processors.
func carriedFigures(ctx context.Context, o *options) ([]figure, error) {
	const what = "most keys at 300/s that the reference and its sender carry on the same cores"
	best, at := 0, carriage{}
	for _, keys := range rungs {
		c, held, err := o.carries(ctx, keys)
		if err != nil {
			return nil, err
		}
		if !held {
			break
		}
		best, at = keys, c
	}
	if best == 0 {
		return []figure{{what: what, got: "invalid", goal: "≥ 64", fails: true, note: fmt.Sprintf("the machine was too busy for even %d", rungs[0])}}, nil
	}
	calls, length := float64(at.Planned), o.length.Seconds()
	sending := 0.0
	if at.CPU != nil {
		sending = *at.CPU * length
	}
	note := fmt.Sprintf("%.0f calls/s for %v; processors used: sender %.2f, reference %.2f; a call costs %.1f and %.1f µs",
		calls/length, o.length, sending/length, at.serving.Seconds()/length, 1e6*sending/calls, 1e6*at.serving.Seconds()/calls)
	return []figure{atLeast(what, "%.0f", float64(best), 64, note)}, nil
}

// carries tries a number of keys as often as a sender may.
func (o *options) carries(ctx context.Context, keys int) (c carriage, held bool, err error) {
	for range tries {
		c, err = o.carry(ctx, load{keys, o.length})
		switch {
		case errors.Is(err, errNotPlayed):
			fmt.Fprintf(os.Stderr, "  %3d keys: not played\n", keys)
			continue
		case err != nil:
			return c, false, fmt.Errorf("%d keys: %w", keys, err)
		}
		fmt.Fprintf(os.Stderr, "  %3d keys: %6.2f %% sent, p99 %.2f ms late, %d of them accepted\n", keys, 100*float64(c.Sent)/float64(c.Planned), c.Late.P99, c.Accepted)
		if c.held() {
			return c, true, nil
		}
	}
	return c, false, nil
}

func (o *options) carry(ctx context.Context, l load) (carriage, error) {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return carriage{}, err
	}
	defer os.RemoveAll(dir)
	p, s, err := o.launchReference()
	if err != nil {
		return carriage{}, err
	}
	defer p.end()
	if err := ours(ctx, o, dir, s, l); err != nil {
		return carriage{}, err
	}
	sent, err := readPhase(filepath.Join(dir, "out", "run.json"))
	return carriage{sent, p.used()}, err
}
