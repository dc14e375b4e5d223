package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/kmsproof/kmsproof/reports"
)

// claimLatency is the claim of the role Isolate about how fast quiet keys are answered.
const claimLatency = "latency"

const (
	bearable = 5.0  // milliseconds by which the middle of a quiet key's calls may grow while another is hot
	ruinous  = 50.0 // by which it may not, whatever else goes on on this machine: calls are delayed in place of being refused
)

// A slowdown is by how much the middle of the latencies of a victim grows while another key is hot, in
// milliseconds, block by block.
type slowdown struct {
	victim int
	grown  []float64
}

// slowdowns returns those of the victims that were served both with and without a hot key, and the others: who is
// refused every call is not slowed, nor shown not to be.
func slowdowns(blocks []block, keys int) (out []slowdown, unserved []int) {
	for victim := range keys {
		pairs := pairings(blocks, victim)
		s := slowdown{victim: victim}
		for _, p := range pairs {
			if p.served {
				s.grown = append(s.grown, p.p50)
			}
		}
		if len(s.grown) < len(pairs) {
			unserved = append(unserved, victim)
		}
		if len(s.grown) > 0 {
			out = append(out, s)
		}
	}
	return out, unserved
}

// beyond is the p-value of "it grows by at most so much"; within that of "by at least so much".
func (s slowdown) beyond(bound float64) float64 {
	return signFlips(moved(s.grown, func(x float64) float64 { return x - bound }))
}

func (s slowdown) within(bound float64) float64 {
	return signFlips(moved(s.grown, func(x float64) float64 { return bound - x }))
}

func moved(all []float64, by func(float64) float64) []float64 {
	out := slices.Clone(all)
	for i := range out {
		out[i] = by(out[i])
	}
	return out
}

func (s slowdown) mean() float64 {
	sum := 0.0
	for _, x := range s.grown {
		sum += x
	}
	return sum / float64(len(s.grown))
}

// visible is the growth from which on every block would have shown more than the bearable.
func (s slowdown) visible() float64 { return bearable + s.mean() - slices.Min(s.grown) }

// slowed returns the victims whose latency grows by more than the bound, the worst first: by Holm's
// procedure, so that the chance to name any wrongly is at most alpha where differences are exchangeable.
func slowed(all []slowdown, bound float64) (out []slowdown) {
	p := map[int]float64{}
	for _, s := range all {
		p[s.victim] = s.beyond(bound)
	}
	order := slices.SortedFunc(slices.Values(all), func(a, b slowdown) int { return cmp.Compare(p[a.victim], p[b.victim]) })
	for rank, s := range order {
		if p[s.victim] > alpha/float64(len(all)-rank) {
			break
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b slowdown) int { return cmp.Compare(b.mean(), a.mean()) })
	return out
}

// latency: quiet keys are answered as fast while another is driven over its limit. It does not decide, for
// on a machine that client and server share the hot key's calls take processors from the others; a growth
// that no such thing explains refutes isolation.
func (e *evidence) latency() reports.Claim {
	c := reports.Claim{Name: claimLatency, Text: fmt.Sprintf("the middle of a quiet key's latencies grows by at most %.4g ms while another is driven over its limit", bearable)}
	blocks, _, problems := e.sound()
	if len(problems) > 0 {
		return settle(c, reports.ClaimInvalid, "the generator fell short: %s", some(problems))
	}
	all, unserved := slowdowns(blocks, e.p.Keys)
	if len(all) == 0 {
		return settle(c, reports.ClaimInconclusive, "no quiet key was served while another was hot")
	}
	worst := slices.MaxFunc(all, func(a, b slowdown) int { return cmp.Compare(a.mean(), b.mean()) })
	c.Bound = fmt.Sprintf("worst key (%d): %s; %.3g ms or more would have shown in every block", worst.victim+1, e.grown(blocks, worst), worst.visible())
	if hit := slowed(all, bearable); len(hit) > 0 {
		return supposing(c, exchangeable, reports.Refuted, "the middle of key %d's latencies grows by %.3g ms while another is hot, and %d of %d keys are slowed",
			hit[0].victim+1, hit[0].mean(), len(hit), len(all))
	}
	if len(unserved) > 0 {
		return settle(c, reports.ClaimInconclusive, "in some blocks key %d was served no call, so there are no latencies to compare", unserved[0]+1)
	}
	if least := slices.MinFunc(all, func(a, b slowdown) int { return cmp.Compare(len(a.grown), len(b.grown)) }); math.Pow(2, -float64(len(least.grown))) > alpha {
		return settle(c, reports.ClaimInconclusive, "%d blocks are too few to tell at %.1f %% certainty", len(least.grown), percentLevel)
	}
	for _, s := range all { // the claim is about every key, so that no correction is needed
		if s.within(bearable) > alpha {
			return settle(c, reports.ClaimInconclusive, "what key %d is slowed by differs too much from block to block to tell (%.3g to %.3g ms)",
				s.victim+1, slices.Min(s.grown), slices.Max(s.grown))
		}
	}
	return supposing(c, exchangeable, reports.Proven, "whichever key is hot, the middle of the others' latencies grows by at most %.4g ms", bearable)
}

// grown says by how much the latencies of a victim grow, over the blocks in which it was served.
func (e *evidence) grown(blocks []block, s slowdown) string {
	v := victim(blocks, s.victim, e.r.Seed)
	return fmt.Sprintf("the middle grows by %s ms, the slowest hundredth by %s, over %d blocks", spread(v.P50), spread(v.P99), len(s.grown))
}

// spread shows an interval with the best value before it.
func spread(i reports.Interval) string {
	if i.Low == nil || i.High == nil {
		return fmt.Sprintf("%.3g", *i.Best)
	}
	return fmt.Sprintf("%.3g (%.3g to %.3g)", *i.Best, *i.Low, *i.High)
}
