package loadgen

import (
	"cmp"
	"math"
	"slices"
)

// inFlightKind accepts a call while fewer than n others are served. It shows only where serving takes
// much longer than refusing, for else nothing is in flight when a call is refused.
type inFlightKind struct{}

func (inFlightKind) kind() kind { return inFlight }

func (inFlightKind) explains(f *fit, v view) (limits, bool) {
	travel, slow := serving(v.calls)
	if !slow || f.maybe > 0 {
		return limits{}, false
	}
	accepted, n := v.accepted, interval{1, math.Inf(1)}
	for _, c := range v.calls {
		if c.refused {
			n.high = min(n.high, float64(upTo(accepted.sent, c.by)-below(accepted.done, c.at-travel)))
		} else {
			n.low = max(n.low, float64(below(accepted.sent, c.at-travel)-upTo(accepted.done, c.at+travel)+1))
		}
	}
	return limits{rate: interval{0, math.Inf(1)}, burst: n}, n.low <= n.high
}

// serving returns how long a call is under way at most when it is refused, which is nothing but its way,
// and whether serving one takes much longer, so that several may be in flight at once.
func serving(calls []seen) (travel float64, slow bool) {
	refused, served := ways(calls, func(s seen) bool { return s.refused }), ways(calls, seen.accepted)
	if len(refused) == 0 || len(served) == 0 {
		return 0, false
	}
	travel = slices.Max(refused)
	return travel, nth(served, len(served)/2) >= 3*travel
}

// ways returns how long the calls of a sort were under way.
func ways(calls []seen, is func(seen) bool) []float64 {
	out := make([]float64, 0, len(calls))
	for _, c := range calls {
		if is(c) {
			out = append(out, c.by-c.at)
		}
	}
	return out
}

func whatever(seen) bool { return true }

const (
	backlog = 0.03 // of the calls offered, that stay behind in each second where calls are delayed
	waits   = 0.02 // seconds that the last calls take longer than the first where calls are delayed
)

// fitDelays looks at a stream of which nothing was refused: where answers come more slowly than calls
// are sent, and calls wait ever longer, the rate is that of the answers.
func (f *fit) fitDelays(calls []seen) {
	quarter := len(calls) / 4
	if quarter < 25 || f.maybe > 0 {
		return
	}
	if median(calls[3*quarter:])-median(calls[:quarter]) < waits {
		return
	}
	ended := slices.Clone(calls)
	slices.SortFunc(ended, func(a, b seen) int { return cmp.Compare(a.by, b.by) })
	from, to := ended[2*quarter].by, ended[len(ended)-1].by
	n := float64(len(ended) - 1 - 2*quarter)
	rate := interval{(n - 2) / (to - from + f.usualJitter(ended)), (n + 2) / (to - from - f.usualJitter(ended))}
	if rate.low < 0 || rate.middle() > (1-backlog)*f.offered {
		return
	}
	f.kind = unknown
	if third := ended[3*quarter].by; math.Abs(float64(quarter)/(third-from)/rate.middle()-1) < backlog {
		f.kind, f.rate = delays, rate
	}
}

// usualJitter bounds how unevenly answers that are spaced evenly come back, in seconds.
func (f *fit) usualJitter(ended []seen) float64 {
	return min(0.01, ended[0].by-ended[0].at+0.004)
}

// median returns the middle of how long calls were under way.
func median(calls []seen) float64 {
	return nth(ways(calls, whatever), len(calls)/2)
}
