package loadgen

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kmsproof/kmsproof/reports"
)

// A pairing is what a victim saw in one block: the accepted share without and with a hot key and, where it was served
// in both, by how many milliseconds its latencies grew.
type pairing struct {
	off, on  float64
	served   bool
	p50, p99 float64
}

// pairings returns what a key saw in the blocks in which another was hot.
func pairings(blocks []block, key int) (pairs []pairing) {
	for _, b := range blocks {
		if b.hot() == key {
			continue
		}
		off, on := &b.off.tracks[key], &b.on.tracks[key]
		grown := func(q float64) float64 {
			return millis(on.due[Accepted].quantile(q)) - millis(off.due[Accepted].quantile(q))
		}
		p := pairing{off: off.acceptedShare(), on: on.acceptedShare(), served: off.counts[Accepted] > 0 && on.counts[Accepted] > 0}
		if p.served {
			p.p50, p.p99 = grown(50), grown(99)
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// victim compares a key in the blocks in which another was hot with itself just before.
func victim(blocks []block, key int, seed uint64) reports.Victim {
	pairs := pairings(blocks, key)
	var lost []float64
	for _, p := range pairs {
		lost = append(lost, p.off-p.on)
	}
	rng := rand.New(rand.NewPCG(seed, uint64(key)))
	v := reports.Victim{Key: key, PValue: signFlips(lost), Ratio: resampled(rng, pairs, ratioOf)}
	if served := slices.DeleteFunc(pairs, func(p pairing) bool { return !p.served }); len(served) > 0 {
		v.P50 = resampled(rng, served, func(p []pairing) float64 { return meanOf(p, func(p pairing) float64 { return p.p50 }) })
		v.P99 = resampled(rng, served, func(p []pairing) float64 { return meanOf(p, func(p pairing) float64 { return p.p99 }) })
	}
	return v
}

// acceptedShare returns the share of a key's calls that were accepted; one when none was sent.
func (t *track) acceptedShare() float64 {
	sent := int64(0)
	for _, n := range t.counts {
		sent += n
	}
	if sent == 0 {
		return 1
	}
	return float64(t.counts[Accepted]) / float64(sent)
}

func ratioOf(pairs []pairing) float64 {
	off := meanOf(pairs, func(p pairing) float64 { return p.off })
	if off == 0 {
		return 1
	}
	return meanOf(pairs, func(p pairing) float64 { return p.on }) / off
}

func meanOf(pairs []pairing, of func(pairing) float64) float64 {
	sum := 0.0
	for _, p := range pairs {
		sum += of(p)
	}
	return sum / float64(max(1, len(pairs)))
}

// resamples is how often blocks are drawn for an interval. The blocks are drawn, and not the calls,
// because calls of a block depend on each other.
const resamples = 400

// resampled returns a figure of the pairs with the middle 95 % of it over blocks drawn anew. Of one
// block nothing can be said about how it varies.
func resampled(rng *rand.Rand, pairs []pairing, figure func([]pairing) float64) reports.Interval {
	round := func(x float64) *float64 { x = math.Round(1e4*x) / 1e4; return &x }
	out := reports.Interval{Best: round(figure(pairs))}
	if len(pairs) < 2 {
		return out
	}
	drawn, all := make([]pairing, len(pairs)), make([]float64, resamples)
	for i := range all {
		for j := range drawn {
			drawn[j] = pairs[rng.IntN(len(pairs))]
		}
		all[i] = figure(drawn)
	}
	slices.Sort(all)
	out.Low, out.High = round(all[resamples/40]), round(all[resamples-1-resamples/40])
	return out
}

// mostFlipped is up to how many blocks their signs are flipped in every way; of more, so many ways are drawn.
const mostFlipped = 16

// signFlips returns the p-value of "there is no difference": if so, each block's difference might as well
// have the other sign. It is that of a sum as large as the one seen.
func signFlips(differences []float64) float64 {
	flips := func(way, block int) bool { return way>>block&1 == 1 }
	if len(differences) > mostFlipped {
		rng := rand.New(rand.NewPCG(uint64(len(differences)), 0))
		flips = func(way, _ int) bool { return way > 0 && rng.Uint64()&1 == 1 } // what was seen is one of the ways
	}
	sum := func(way int) (sum float64) {
		for block, d := range differences {
			if flips(way, block) {
				d = -d
			}
			sum += d
		}
		return sum
	}
	seen, asLarge, ways := sum(0), 0, 1<<min(len(differences), mostFlipped)
	for way := range ways {
		if sum(way) >= seen-1e-12 {
			asLarge++
		}
	}
	return float64(asLarge) / float64(ways)
}
