package loadgen

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

const (
	undisturbedBelow = 0.005 // a quiet key may be refused this often whatever the others do
	isolatedBelow    = 0.03  // the bound that isolation must reach to be called proven; it is printed with it
)

// A block is a time in which all keys are quiet, and the time after it in which one of them is hot.
type block struct{ off, on *Played }

func (b block) hot() int { return b.on.Phase.Hot - 1 }

// blocks returns the pairs of phases of the roles Off and On that were played.
func (e *evidence) blocks() (out []block) {
	var off *Played
	for _, ph := range e.p.Phases {
		switch a := e.latest(ph.Name); {
		case a == nil:
		case ph.Role == Off:
			off = a
		case ph.Role == On && off != nil:
			out = append(out, block{off, a})
		}
	}
	return out
}

// sound returns the blocks that the generator delivered, and what was wrong with the others. A block says
// what it says without them, but every key must have been hot in one: else problems holds why nothing is said.
func (e *evidence) sound() (good []block, left int, problems []string) {
	hot := map[int]bool{}
	for _, b := range e.blocks() {
		faults := slices.Concat(e.faults[b.off], e.faults[b.on])
		if len(faults) > 0 {
			left++
			problems = append(problems, faults...)
			continue
		}
		good = append(good, b)
		hot[b.hot()] = true
	}
	switch {
	case len(hot) == e.p.Keys:
		return good, left, nil
	case len(problems) == 0:
		problems = []string{"not every key had its turn"}
	}
	return nil, left, problems
}

// A cell is what one victim saw while one key was hot.
type cell struct {
	hot, victim int
	tried
	p         float64
	disturbed bool
}

// matrix returns a cell for each hot key and each victim, with those marked that are disturbed: by
// Holm's procedure, so that the chance to mark any wrongly is at most alpha however many there are.
func matrix(blocks []block, l Limit) (cells []cell) {
	at := map[[2]int]int{}
	for _, b := range blocks {
		for victim := range b.on.tracks {
			where := [2]int{b.hot(), victim}
			if _, ok := at[where]; !ok && victim != b.hot() {
				at[where] = len(cells)
				cells = append(cells, cell{hot: b.hot(), victim: victim, tried: triedAgainst(undisturbedBelow)})
			}
		}
		for victim, o := range b.on.outcomes(l) {
			if victim != b.hot() {
				cells[at[[2]int{b.hot(), victim}]].add(o)
			}
		}
	}
	for i := range cells {
		cells[i].p = cells[i].plain.pValue()
	}
	for rank, i := range byP(cells) {
		if cells[i].p > alpha/float64(len(cells)-rank) {
			break
		}
		cells[i].disturbed = true
	}
	return cells
}

// cells returns the matrix of all blocks that count.
func (e *evidence) cells(blocks []block) []cell {
	if e.matrix == nil {
		e.matrix = matrix(blocks, e.p.Limit)
	}
	return e.matrix
}

// byP returns the places of the cells by rising p-value.
func byP(cells []cell) []int {
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cells[a].p, cells[b].p) })
	return order
}

// isolation: keys that are asked little are served as well while another is driven over its limit.
func (e *evidence) isolation() reports.Claim {
	blocks, left, problems := e.sound()
	c := reports.Claim{Name: claimIsolation, Gates: true, Text: isolationText("")}
	if len(problems) > 0 {
		return settle(c, reports.ClaimInvalid, "the generator fell short: %s", some(problems))
	}
	cells := e.cells(blocks)
	quiet := triedAgainst(undisturbedBelow)
	for _, b := range blocks {
		for _, o := range b.off.outcomes(e.p.Limit) {
			quiet.add(o)
		}
	}
	bound, worst := worstVictim(cells, e.p.Keys)
	c.Bound = fmt.Sprintf("at most %s refused, on average over the hot keys, at %.1f %% certainty: worst key %d of %d; without a hot key %d of %d; one key at %.4g per second, the others at %.4g",
		percent(bound), percentLevel, worst.refused, worst.n, quiet.refused, quiet.n, blocks[0].on.Phase.HotRate, blocks[0].on.Phase.Rate)
	if left > 0 {
		c.Bound += fmt.Sprintf("; %d of %d blocks are left out, because the generator fell short in them", left, left+len(blocks))
	}
	if quiet.plain.refutes(alpha) {
		return settle(c, reports.ClaimInconclusive, "the keys are refused without a hot key as well (%d of %d)", quiet.refused, quiet.n)
	}
	delays, unserved := slowdowns(blocks, e.p.Keys)
	return undisturbedBeside(c, cells, delays, len(unserved) == 0, bound)
}

// isolationText is the claim; delays is what it says of those.
func isolationText(delays string) string {
	return fmt.Sprintf("a key that is asked little is refused at most %s of its calls%s while the others are driven over their limits in turn", percent(isolatedBelow), delays)
}

// notDelayed is part of the claim only where it is refuted or shown: by the signs of few blocks it is neither.
const notDelayed = ", and not delayed in their place,"

// delaysToo is the ground of what is said of both: the refusals need no premise, and each half may be wrong.
var delaysToo = ground{reports.Premised, "as to the delays, " + symmetric, 2 * alpha}

// undisturbedBeside decides by the calls that were refused, with an error that is bounded, and by those that were
// delayed, under the premise that is named with it. delays are of every victim where whole. bound is of the worst victim's refusals,
// all hot keys together.
func undisturbedBeside(c reports.Claim, cells []cell, delays []slowdown, whole bool, bound float64) reports.Claim {
	hit := slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return !c.disturbed })
	late := slowed(delays, ruinous)
	switch {
	case len(hit) > 0:
		first := hit[byP(hit)[0]]
		c.Text = fmt.Sprintf("a key that is asked little is refused at most %s of its calls, whichever of the others is driven over its limit", percent(undisturbedBelow))
		return certain(c, reports.Refuted, "key %d was refused %s of its %d calls while key %d was hot, and %d of %d such pairs were disturbed",
			first.victim+1, share(first.tried), first.n, first.hot+1, len(hit), len(cells))
	case len(late) > 0:
		c.Text = isolationText(notDelayed)
		return supposing(c, exchangeable, reports.Refuted, "key %d's calls are delayed in place of being refused: the middle of them by %.0f ms while another key is hot", late[0].victim+1, late[0].mean())
	case bound > isolatedBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s refused can be shown, %s is needed", percent(bound), percent(isolatedBelow))
	}
	why := fmt.Sprintf("on average over the hot keys, every other key is refused at most %s of its calls", percent(bound))
	if whole && !slices.ContainsFunc(delays, func(s slowdown) bool { return s.within(ruinous) > alpha }) {
		c.Text = isolationText(notDelayed)
		why += fmt.Sprintf("; nor is the middle of them delayed by %.4g ms, %s", ruinous, symmetric)
		return supposing(c, delaysToo, reports.Proven, "%s", why)
	}
	return certain(c, reports.Proven, "%s", why)
}

// worstVictim returns the largest share of refusals that a victim may have, with its calls: of all hot keys
// together, so that it bounds the average over them and not each.
func worstVictim(cells []cell, keys int) (bound float64, worst tried) {
	for victim := range keys {
		var all tried
		for _, c := range cells {
			if c.victim == victim {
				all.join(c.tried)
			}
		}
		if b := refusedAtMost(all.refused, all.n); all.n > 0 && b > bound {
			bound, worst = b, all
		}
	}
	return bound, worst
}

// isolated is what the run file shows of it; nil where no block was played.
func (e *evidence) isolated() *reports.Isolation {
	blocks, _, problems := e.sound()
	if len(problems) > 0 {
		return nil
	}
	out := &reports.Isolation{Quiet: blocks[0].on.Phase.Rate, Hot: blocks[0].on.Phase.HotRate}
	for _, c := range e.cells(blocks) {
		out.Cells = append(out.Cells, reports.Cell{Hot: c.hot, Victim: c.victim, Sent: int64(c.n), Refused: int64(c.refused), PValue: c.p, Disturbed: c.disturbed})
	}
	for key := range e.p.Keys {
		out.Victims = append(out.Victims, victim(blocks, key, e.r.Seed))
	}
	return out
}

// expanded returns the phases of the role Isolate as the blocks that they stand for: each key hot in
// turn, and before each block one in which none is.
func expanded(phases []Phase) (out []Phase) {
	for _, ph := range phases {
		if ph.Role == Soak {
			out = append(out, ph.hours()...)
			continue
		}
		if ph.Role == Scoping {
			out = append(out, ph.legs()...)
			continue
		}
		if ph.Role == Storm {
			out = append(out, ph.manners()...)
			continue
		}
		if ph.Role != Isolate {
			out = append(out, ph)
			continue
		}
		for i := range max(ph.Blocks, ph.Keys) {
			off := ph
			off.Name, off.Role, off.Hot, off.HotRate, off.Blocks = fmt.Sprintf("%s.%d off", ph.Name, i+1), Off, 0, 0, 0
			on := ph
			on.Name, on.Role, on.Hot, on.Blocks = fmt.Sprintf("%s.%d on", ph.Name, i+1), On, i%ph.Keys+1, 0
			out = append(out, off, on)
		}
	}
	return out
}

// detectsIsolation says what the blocks can show.
func detectsIsolation(p Profile) (lines []string) {
	hot, length := Phase{}, time.Duration(0)
	for _, ph := range p.Phases {
		if ph.Role == On {
			hot, length = ph, length+ph.Length
		}
	}
	if hot.Name == "" {
		return nil
	}
	perCell := int(hot.Rate * length.Seconds() / float64(p.Keys))
	return []string{fmt.Sprintf("isolation: more than %s of a quiet key's calls refused while another gets %.4g per second, for each of %d pairs of keys, and more than %s on average over the hot keys",
		percent(max(undisturbedBelow, refusedAtMost(0, perCell))), hot.HotRate, p.Keys*(p.Keys-1), percent(max(undisturbedBelow, refusedAtMost(0, perCell*(p.Keys-1))))),
		fmt.Sprintf("latency: a growth of the middle by more than %.4g ms, and by what it varies from block to block; by more than %.4g ms it decides", bearable, ruinous)}
}
