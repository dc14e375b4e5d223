package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// ladder are the numbers of keys that are tried, in rising order, at 300 calls a second each. Where vegeta and our sender
// end, two neighbours lie at most a sixth apart, which is how exactly their ratio is known.
var ladder = []int{4, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 136, 144, 152, 160, 176, 192}

// tries is how often a sender may try a rate before it is taken not to hold it.
const tries = 3

// climb returns the highest rate of the ladder at which each sender's deliveries are certified. All
// senders try a rate in turn before the next rate is tried, so that whatever else the machine does falls
// on all; a sender that does not hold a rate tries no higher one.
func (o *options) climb(ctx context.Context) (best map[string]float64, err error) {
	best = map[string]float64{}
	climbing := slices.Clone(senders)
	for _, keys := range ladder {
		l := load{keys, o.length}
		held := map[string]bool{}
		for range tries {
			for _, s := range climbing {
				if held[s.name] {
					continue
				}
				if held[s.name], err = o.holds(ctx, s, l); err != nil {
					return nil, fmt.Errorf("%s at %.0f/s: %w", s.name, l.perSecond(), err)
				}
			}
		}
		climbing = slices.DeleteFunc(climbing, func(s sender) bool { return !held[s.name] })
		for _, s := range climbing {
			best[s.name] = l.perSecond()
		}
	}
	return best, nil
}

// holds tries a rate once.
func (o *options) holds(ctx context.Context, s sender, l load) (bool, error) {
	d, err := o.try(ctx, s, l)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(os.Stderr, "  %-13s %5.0f/s: %6.2f %% came, p99 %v late\n", s.name, l.perSecond(),
		100*float64(d.Came)/float64(d.Planned), d.LateP99.Round(10*time.Microsecond))
	return d.held(), nil
}

// try plays a load once, against a server of its own.
func (o *options) try(ctx context.Context, s sender, l load) (delivery, error) {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return delivery{}, err
	}
	defer os.RemoveAll(dir)
	p, at, err := launchArrivals(l.perSecond(), l.length)
	if err != nil {
		return delivery{}, err
	}
	defer p.end()
	if err := s.play(ctx, o, dir, at, l); err != nil {
		return delivery{}, err
	}
	return p.delivered()
}

// openFigures compares the highest certified rates of all senders.
func openFigures(ctx context.Context, o *options) ([]figure, error) {
	rates, err := o.climb(ctx)
	if err != nil {
		return nil, err
	}
	return []figure{beside(rates, senders[1].name, 2.5), beside(rates, senders[2].name, 3)}, nil
}

// beside compares the highest rate of our sender with that of a peer. A peer that holds not even the first
// rate counts as if it did; where ours does not either, the machine was too busy to tell.
func beside(rates map[string]float64, peer string, goal float64) figure {
	own, first := rates[senders[0].name], float64(ladder[0]*ratePerKey)
	f := atLeast("highest certified open-loop rate, as a multiple of "+peer+"'s", "%.2f", own/max(rates[peer], first), goal,
		fmt.Sprintf("%.0f/s; %s %.0f/s", own, peer, rates[peer]))
	if own == 0 {
		f.got, f.note = "invalid", fmt.Sprintf("the machine was too busy for even %.0f/s", first)
	}
	return f
}
