package history

import (
	"time"

	"github.com/anishathalye/porcupine"
)

// step is a call as one region sees it.
type step struct {
	Call
	elsewhere bool // it was answered by another region; here it only takes effect
	place     int  // of one from elsewhere: its place among those
	after     set  // and the places of those that arrive before it
}

// set is a set of small numbers.
type set [8]uint64

func (s set) with(i int) set {
	s[i/64] |= 1 << (i % 64)
	return s
}

// holds reports whether s has all that t has.
func (s set) holds(t set) bool {
	for i := range s {
		if t[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

// view is what a region knows: the state, and which calls from elsewhere have arrived.
type view struct {
	State
	arrived set
}

// seenIn lists the calls that matter in a region: those that it answered, and the changes of others.
func seenIn(region string, calls []Call, lag time.Duration) []porcupine.Operation {
	var ops []porcupine.Operation
	var elsewhere []Call
	for _, c := range calls {
		in, ended := step{Call: c, elsewhere: c.Region != region}, c.Ended
		if in.elsewhere {
			if !c.OK || !c.changes() {
				continue
			}
			in.place, in.after = len(elsewhere), precede(c, elsewhere)
			elsewhere = append(elsewhere, c)
			ended += lag
		}
		ops = append(ops, porcupine.Operation{ClientId: c.Client, Input: in, Call: int64(c.Began), Return: int64(ended)})
	}
	return ops
}

// precede are the places of the calls that had ended when c began. A token is good wherever its creator
// is known, so that an issue waits for nothing.
func precede(c Call, elsewhere []Call) set {
	var before set
	for i, e := range elsewhere {
		if c.Kind != Issue && e.Ended < c.Began {
			before = before.with(i)
		}
	}
	return before
}

// model is the published service as one region has it.
func model(begin State) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return view{State: begin} },
		Step: func(state, input, _ any) (bool, any) {
			v, in := state.(view), input.(step)
			if in.elsewhere {
				return v.arrived.holds(in.after), view{v.heard(in.Call), v.arrived.with(in.place)}
			}
			next, ok := v.After(in.Call)
			return ok, view{next, v.arrived}
		},
		DescribeOperation: func(input, _ any) string { return input.(step).String() },
		DescribeState:     func(state any) string { return state.(view).String() },
	}
}
