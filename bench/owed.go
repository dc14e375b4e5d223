package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// owedFigures loads 64 keys with 300 calls a second each, evenly, which no token bucket of 300 a second
// may refuse, and counts what the limiter did.
func owedFigures(ctx context.Context, o *options) ([]figure, error) {
	const keys, length = 64, 20 * time.Second
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, s, err := o.launchReference()
	if err != nil {
		return nil, err
	}
	defer p.end()
	if err := ours(ctx, o, dir, s, load{keys, length}); err != nil {
		return nil, err
	}
	admitted, refused, err := decisions(ctx, s)
	if err != nil {
		return nil, err
	}
	sent, err := readPhase(filepath.Join(dir, "out", "run.json"))
	if errors.Is(err, errNotPlayed) {
		return []figure{{what: "64 keys at 300/s for 20 s: sent, as part of planned", got: "invalid", goal: "≥ 0.9990", fails: true, note: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	planned := float64(sent.Planned)
	return []figure{
		atLeast("64 keys at 300/s for 20 s: sent, as part of planned", "%.4f", float64(sent.Sent)/planned, 0.999,
			fmt.Sprintf("%.0f calls/s; 2 processes share the cores", planned/length.Seconds())),
		atMost("the same: p99 of lateness", "%.2f ms", sent.Late.P99, 5, "from due to sent"),
		atMost("the same: refusals that the limiter does not owe", "%.0f", refused, 0, fmt.Sprintf("%.0f admitted", admitted)),
	}, nil
}

// decisions returns how often the limiter of API 2.0 admitted and refused a call.
func decisions(ctx context.Context, s served) (admitted, refused float64, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Admin+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, 0, err
	}
	defer a.Body.Close()
	return readDecisions(a.Body)
}

func readDecisions(metrics io.Reader) (admitted, refused float64, err error) {
	const series = `kmsproof_reference_limiter_decisions_total{api="api20",decision=`
	lines, seen := bufio.NewScanner(metrics), 0
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), series)
		name, value, cut := strings.Cut(rest, "} ")
		if !ok || !cut {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, 0, err
		}
		seen++
		if name == `"admitted"` {
			admitted = n
		} else {
			refused = n
		}
	}
	if seen != 2 {
		return 0, 0, fmt.Errorf("the metrics do not tell the limiter's decisions")
	}
	return admitted, refused, lines.Err()
}
