package live

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// wide is from how many columns on the seconds of each key are drawn.
const wide = 110

// nameWidth holds the names that a run gives its keys: the API allows 15 characters.
const nameWidth = 15

const columns = "  %-*s %9s %10s %8s %7s %6s %7s"

// table shows the keys in so many rows, its heading and the sum of all included.
func (l *Load) table(width, rows int) []string {
	heading := fmt.Sprintf(columns, nameWidth, "key", "offered/s", "accepted/s", "refused", "p99 ms", "other", "missed")
	if width >= wide {
		heading += "  accepted in each second"
	}
	lines := []string{fit(faint(heading), "", width)}
	shown := worst(l.Keys, rows-2)
	if len(shown) < len(l.Keys) {
		shown = worst(l.Keys, max(rows-3, 1))
	}
	for _, k := range shown {
		lines = append(lines, k.row(width, l.scale(1)))
	}
	if n := len(l.Keys) - len(shown); n > 0 {
		lines = append(lines, faint(fmt.Sprintf("  and %s that did better", plural(n, "key"))))
	}
	if len(l.Keys) > 1 {
		lines = append(lines, total(l.Keys).row(width, l.scale(len(l.Keys))))
	}
	return lines
}

// scale is the height of the blocks for so many keys: what is offered, or what may be had.
func (l *Load) scale(keys int) float64 {
	if l.Scope == "key" {
		return max(l.Rate, l.Limit) * float64(keys)
	}
	return max(l.Rate*float64(keys), l.Limit)
}

// worst returns the n keys that most was refused to or missed of, the slowest among equals, in their
// own order. Only twice the latency counts as slower, or equal keys would come and go all the time.
func worst(keys []Key, n int) []Key {
	if len(keys) <= n {
		return keys
	}
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := keys[i], keys[j]
		return cmp.Or(cmp.Compare(b.Other, a.Other), cmp.Compare(b.Refused, a.Refused), cmp.Compare(b.Missed, a.Missed), cmp.Compare(doublings(b.P99), doublings(a.P99)))
	})
	order = order[:max(n, 0)]
	slices.Sort(order)
	var chosen []Key
	for _, i := range order {
		chosen = append(chosen, keys[i])
	}
	return chosen
}

// doublings counts how often a microsecond doubles to become d.
func doublings(d time.Duration) int { return bits.Len64(uint64(max(d.Microseconds(), 0))) }

func (k Key) row(width int, top float64) string {
	line := fmt.Sprintf("  %-*s %9.0f %10.0f %s %7s %s %s", nameWidth, ansi.Truncate(k.Name, nameWidth, "…"), k.Offered, k.Accepted,
		flagged(k.Refused, 8), latency(k.P99), flagged(k.Other, 6), flagged(k.Missed, 7))
	if width >= wide {
		line += "  " + spark(k.Seconds, top, width-ansi.StringWidth(line)-2)
	}
	return fit(line, "", width)
}

func latency(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return millis(d)
}
