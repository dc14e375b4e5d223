package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A contestant is a server that is measured beside others, and what it is asked.
type contestant struct {
	process  *process
	address  string
	requests [][]byte
}

// yardstick starts a bare handler that will be asked the same as the reference.
func yardstick(requests [][]byte) (contestant, error) {
	p, err := launchBare()
	if err != nil {
		return contestant{}, err
	}
	return contestant{p, address(strings.TrimSpace(p.ready)), requests}, nil
}

// reference starts the reference with so many keys and no limit.
func (o *options) reference(ctx context.Context, keys int) (contestant, error) {
	p, s, err := o.launchReference("--limit20", "off")
	if err != nil {
		return contestant{}, err
	}
	requests, err := newService(s).keys(ctx, keys)
	if err != nil {
		p.end()
		return contestant{}, err
	}
	return contestant{p, address(s.API20), requests}, nil
}

// contest knocks at each contestant in turn, over and over, so that whatever else the machine does falls on
// all. It returns the rounds of each, but the first, which warms up: in it, every token is verified.
func (o *options) contest(ctx context.Context, contestants ...contestant) ([]rounds, error) {
	all := make([]rounds, len(contestants))
	for n := range o.rounds + 1 {
		for i, c := range contestants {
			r, err := c.knock(ctx, o.round, n == 0)
			if err != nil {
				return nil, err
			}
			if n > 0 {
				all[i] = append(all[i], r)
			}
		}
	}
	return all, nil
}

// against returns the rounds of the reference with so many keys for each element of keys, and behind each
// those of a bare handler that was asked the same.
func (o *options) against(ctx context.Context, keys ...int) ([]rounds, error) {
	var all []contestant
	defer func() {
		for _, c := range all {
			c.process.end()
		}
	}()
	for _, n := range keys {
		r, err := o.reference(ctx, n)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		b, err := yardstick(r.requests)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return o.contest(ctx, all...)
}

func encryptFigures(ctx context.Context, o *options) ([]figure, error) {
	all, err := o.against(ctx, connections)
	if err != nil {
		return nil, err
	}
	reference, bare := all[0], all[1]
	rates, p99s := reference.over(bare, round.rate), reference.over(bare, round.tail)
	return []figure{
		atLeast("encrypt of 32 bytes by token: calls/s, as part of a bare handler's", "%.2f", rates.median(), 0.75, rates.spread("%.2f")),
		atMost("the same: p99, as a multiple of the bare handler's", "%.2f", p99s.median(), 2,
			fmt.Sprintf("%s; bare: %.0f calls/s, p99 %v", p99s.spread("%.2f"), bare.sample(round.rate).median(),
				time.Duration(bare.sample(round.tail).median()).Round(10*time.Microsecond))),
		processorFigure("the same: processor time of a call", reference, bare, "the bare handler"),
	}, nil
}

func manyFigures(ctx context.Context, o *options) ([]figure, error) {
	more := *o
	more.rounds *= 3 // a ratio of ratios varies more than one
	all, err := more.against(ctx, connections, 10_000)
	if err != nil {
		return nil, err
	}
	parts := all[2].over(all[3], round.rate).over(all[0].over(all[1], round.rate))
	p99s := all[2].over(all[3], round.tail)
	return []figure{
		atLeast("10,000 keys: calls/s, as part of what 16 keys get", "%.2f", parts.median(), 0.90,
			parts.spread("%.2f")+"; each key with a creator and a token, each side as part of a bare handler's"),
		atMost("the same: p99, as a multiple of the bare handler's", "%.2f", p99s.median(), 2.2,
			fmt.Sprintf("%s; 16 keys: %.2f", p99s.spread("%.2f"), all[0].over(all[1], round.tail).median())),
		processorFigure("the same: processor time of a call", all[2], all[0], "16 keys"),
	}, nil
}

// processorFigure compares what two servers used of the processors. It has no goal: calls a second have one.
func processorFigure(what string, of, beside rounds, name string) figure {
	a, b := of.processor(), beside.processor()
	if a == 0 || b == 0 {
		return figure{what: what, got: "unknown", note: "the system does not tell it"}
	}
	return figure{what: what, got: fmt.Sprintf("%.1f µs", micros(a)), note: fmt.Sprintf("%s: %.1f µs, so %.2f times as much", name, micros(b), float64(a)/float64(b))}
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
