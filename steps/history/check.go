package history

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// A Verdict is what Check makes of a history.
type Verdict struct {
	// Fits says that there is an order in which the calls could have taken effect. Unknown says that
	// none was found or excluded in the time that was given; Fits is then false.
	Fits, Unknown bool
	// Odd is a call that fits in no order that explains what came before it, and Before the last
	// changes that bear on its answer. They are only there when the history does not fit.
	Odd    Call
	Before []Call
	// Picture is a page of HTML that shows the history and how far it can be explained.
	Picture []byte
}

// Check decides about a history that began in the given state. In each region every call must fit; a
// change that another region accepted takes effect here between its beginning and lag after its end, late
// but never lost, and in the order in which that region accepted it. Where several regions answered, what
// is changed rests on what all of them know, so that a change that was refused says nothing of what this
// region had heard of. within bounds the time for each region. A region hears of at most 512 changes.
func Check(begin State, calls []Call, lag, within time.Duration) Verdict {
	regions, calls := regionsOf(calls), slices.SortedFunc(slices.Values(calls), func(a, b Call) int { return cmp.Compare(a.Began, b.Began) })
	if len(regions) > 1 {
		calls = slices.DeleteFunc(calls, func(c Call) bool { return c.changes() && !c.OK })
	}
	verdict := Verdict{Fits: true}
	for _, region := range regions {
		v := checkRegion(begin, seenIn(region, calls, lag), within)
		if !v.Fits && !v.Unknown {
			return v
		}
		if v.Unknown {
			verdict = Verdict{Unknown: true}
		}
	}
	return verdict
}

func regionsOf(calls []Call) []string {
	var regions []string
	for _, c := range calls {
		regions = append(regions, c.Region)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

func checkRegion(begin State, ops []porcupine.Operation, within time.Duration) Verdict {
	m := model(begin)
	result, info := porcupine.CheckOperationsVerbose(m, ops, within)
	if result != porcupine.Illegal {
		return Verdict{Fits: result == porcupine.Ok, Unknown: result == porcupine.Unknown}
	}
	var page bytes.Buffer
	if err := porcupine.Visualize(m, info, &page); err != nil {
		panic(err) // into memory
	}
	odd := culprit(ops, info)
	return Verdict{Odd: odd, Before: near(odd, ops), Picture: page.Bytes()}
}

// culprit is the call that ended first of those that the longest explanation leaves out.
func culprit(ops []porcupine.Operation, info porcupine.LinearizationInfo) Call {
	explained := map[Call]bool{}
	for _, partition := range info.PartialLinearizationsOperations() {
		if len(partition) == 0 { // not even the first call can be explained
			continue
		}
		longest := slices.MaxFunc(partition, func(a, b []porcupine.Operation) int { return cmp.Compare(len(a), len(b)) })
		for _, op := range longest {
			explained[op.Input.(step).Call] = true
		}
	}
	var odd Call
	for _, op := range ops {
		if c := op.Input.(step).Call; !explained[c] && (odd.Kind == "" || c.Ended < odd.Ended) {
			odd = c
		}
	}
	return odd
}

// shown is how many changes before the odd call are told.
const shown = 3

// bears are the changes that the answer to a call depends on; a call that is not here depends on all but
// the issue of other tokens.
var bears = map[Kind][]Kind{
	Issue:  {Enable, Replace, Revoke, Stop, Start},
	Rotate: {Rotate, Stop, Start},
	Add:    {Add, Delete},
	Delete: {Add, Delete},
}

// matters reports whether a change bears on the answer to odd.
func matters(odd, c Call) bool {
	if kinds, ok := bears[odd.Kind]; ok {
		return slices.Contains(kinds, c.Kind)
	}
	return c.Kind != Issue || c.Token == odd.Token
}

// near are the last changes that bear on a call and began before it ended, the last to take effect first.
// Of those from elsewhere only what had to have arrived explains anything.
func near(odd Call, ops []porcupine.Operation) []Call {
	var before []porcupine.Operation
	for _, op := range ops {
		in := op.Input.(step)
		open := in.elsewhere && op.Return >= int64(odd.Ended)
		if c := in.Call; c != odd && c.changes() && c.OK && c.Began < odd.Ended && !open && matters(odd, c) {
			before = append(before, op)
		}
	}
	slices.SortFunc(before, func(a, b porcupine.Operation) int { return cmp.Compare(b.Return, a.Return) })
	var calls []Call
	for _, op := range before[:min(len(before), shown)] {
		calls = append(calls, op.Input.(step).Call)
	}
	return calls
}
