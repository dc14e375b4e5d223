package main

import (
	"context"
	"strings"
)

// A pair are two servers that are measured in turns, so that whatever else the machine does falls on
// both.
type pair struct {
	bare, reference string // addresses
	requests        [][]byte
}

// compare returns, for each round, the reference's calls per second and p99 as parts of the yardstick's.
func (o *options) compare(ctx context.Context, p pair) (rates, p99s sample, beside round, err error) {
	var bares, bareP99s sample
	for i := range o.rounds + 1 {
		b, err := knock(ctx, p.bare, p.requests, o.round)
		if err != nil {
			return nil, nil, round{}, err
		}
		r, err := knock(ctx, p.reference, p.requests, o.round)
		if err != nil {
			return nil, nil, round{}, err
		}
		if i == 0 { // warms both up
			continue
		}
		rates = append(rates, r.perSecond/b.perSecond)
		p99s = append(p99s, float64(r.p99)/float64(b.p99))
		bares, bareP99s = append(bares, b.perSecond), append(bareP99s, float64(b.p99))
	}
	return rates, p99s, round{bares.median(), nanos(bareP99s.median())}, nil
}

// against starts both servers and compares them with n keys.
func (o *options) against(ctx context.Context, n int) (rates, p99s sample, beside round, err error) {
	bare, err := launchBare()
	if err != nil {
		return nil, nil, round{}, err
	}
	defer bare.end()
	reference, s, err := o.launchReference("--limit20", "off")
	if err != nil {
		return nil, nil, round{}, err
	}
	defer reference.end()
	requests, err := newService(s).keys(ctx, n)
	if err != nil {
		return nil, nil, round{}, err
	}
	return o.compare(ctx, pair{address(strings.TrimSpace(bare.ready)), address(s.API20), requests})
}

func encryptFigures(ctx context.Context, o *options) ([]figure, error) {
	rates, p99s, beside, err := o.against(ctx, connections)
	if err != nil {
		return nil, err
	}
	return []figure{
		atLeast("encrypt of 32 bytes by token: calls/s, as part of a bare handler's", "%.2f", rates.median(), 0.75, rates.spread("%.2f")),
		atMost("the same: p99, as a multiple of the bare handler's", "%.2f", p99s.median(), 2,
			p99s.spread("%.2f")+"; bare: "+beside.String()),
	}, nil
}

func manyFigures(ctx context.Context, o *options) ([]figure, error) {
	few, _, _, err := o.against(ctx, connections)
	if err != nil {
		return nil, err
	}
	many, _, _, err := o.against(ctx, 10_000)
	if err != nil {
		return nil, err
	}
	return []figure{atLeast("10,000 keys: calls/s, as part of what 16 keys get", "%.2f", many.median()/few.median(), 0.90,
		"each key with a creator and a token; "+many.spread("%.2f")+" of a bare handler's")}, nil
}
