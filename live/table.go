package live

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// wide is from how many columns on the seconds of each key are drawn.
const wide = 110

// nameWidth holds the names that a run gives its keys: the API allows 15 characters.
const nameWidth = 15

// columns are the headings behind the names, each with its width.
var columns = []struct {
	head  string
	width int
}{{"offered/s", 9}, {"accepted/s", 10}, {"refused", 8}, {"p99 ms", 7}, {"other", 6}, {"missed", 7}}

// heading is the first line of the table.
func (p painter) heading() string {
	cells := []string{"  " + left(p.say("key"), nameWidth)}
	for _, c := range columns {
		cells = append(cells, right(p.say(c.head), c.width))
	}
	line := strings.Join(cells, " ")
	if p.width >= wide {
		line += "  " + p.say("accepted in each second")
	}
	return p.fit(faint(line), "")
}

// table shows the keys in so many rows, its heading and the sum of all included.
func (p painter) table(l *Load, rows int) []string {
	lines := []string{p.heading()}
	shown := worst(l.Keys, rows-2)
	if len(shown) < len(l.Keys) {
		shown = worst(l.Keys, max(rows-3, 1))
	}
	for _, k := range shown {
		lines = append(lines, p.row(k, l.scale(1)))
	}
	if n := len(l.Keys) - len(shown); n > 0 {
		lines = append(lines, faint(p.say("  and %s that did better", p.keys(n))))
	}
	if len(l.Keys) > 1 {
		all := total(l.Keys)
		all.Name = p.say("all")
		lines = append(lines, p.row(all, l.scale(len(l.Keys))))
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

func (p painter) row(k Key, top float64) string {
	cells := []string{fmt.Sprintf("%.0f", k.Offered), fmt.Sprintf("%.0f", k.Accepted), flagged(k.Refused), latency(k.P99), flagged(k.Other), flagged(k.Missed)}
	for i, c := range cells {
		cells[i] = right(c, columns[i].width)
	}
	line := "  " + left(ansi.Truncate(k.Name, nameWidth, "…"), nameWidth) + " " + strings.Join(cells, " ")
	if p.width >= wide {
		line += "  " + spark(k.Seconds, top, p.width-ansi.StringWidth(line)-2)
	}
	return p.fit(line, "")
}

func latency(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return millis(d)
}
