package fleet

import (
	"cmp"
	"math"
	"slices"

	"github.com/kmsproof/kmsproof/loadgen"
)

// deal gives the keys, of which it gets the highest rates, to so many workers: whole ones as evenly as it
// can, the hottest first. A key that is hotter than one worker should be, most calls per second, is striped
// over as few as will do. The same arguments give the same lanes.
func deal(rates []float64, workers int, most float64) [][]loadgen.Lane {
	lanes, load := make([][]loadgen.Lane, workers), make([]float64, workers)
	order := make([]int, len(rates))
	for key := range order {
		order[key] = key
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rates[b], rates[a]) })
	for _, key := range order {
		stripes := min(workers, max(1, int(math.Ceil(rates[key]/most))))
		for j, w := range idlest(load, stripes) {
			lane := loadgen.Lane{Key: key}
			if stripes > 1 {
				lane.Stripe, lane.Of = j, stripes
			}
			lanes[w] = append(lanes[w], lane)
			load[w] += rates[key] / float64(stripes)
		}
	}
	for _, l := range lanes {
		slices.SortFunc(l, func(a, b loadgen.Lane) int { return cmp.Compare(a.Key, b.Key) })
	}
	return lanes
}

// idlest returns the n workers with the least load, the first of equals first.
func idlest(load []float64, n int) []int {
	order := make([]int, len(load))
	for w := range order {
		order[w] = w
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(load[a], load[b]) })
	return order[:n]
}
