package loadgen

import (
	"iter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// An Interval is the latency of the calls of one key that were due in one second and ended in one
// class, in microseconds with two digits, up to a minute; a longer one counts as a minute.
type Interval struct {
	Second int // of the run, from zero
	Class  Class
	Due    *hdrhistogram.Histogram // from the due time
	Send   *hdrhistogram.Histogram // from the send
	Server *hdrhistogram.Histogram // what the server says it needed; empty where it does not say
}

// Intervals cuts the record of a key into seconds: in their order, and within each by class; those
// without a call are left out. An interval is good until the next one is asked for, so that memory
// does not grow with the length of a run. Instants are as exact as the log keeps them, 4 µs.
func (p *Played) Intervals(key int) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		var cut [classes]Interval
		current := -1
		flush := func() bool {
			for c := range cut {
				if due := cut[c].Due; due == nil || due.TotalCount() == 0 {
					continue
				}
				cut[c].Second, cut[c].Class = current, Class(c)
				if !yield(cut[c]) {
					return false
				}
				cut[c].Due.Reset()
				cut[c].Send.Reset()
				cut[c].Server.Reset()
			}
			return true
		}
		for r := range p.tracks[key].replay() {
			if !r.sent() {
				continue
			}
			if second := int((p.Start + r.due) / time.Second); second != current {
				if !flush() {
					return
				}
				current = second
			}
			cut[r.what].record(r)
		}
		flush()
	}
}

func (i *Interval) record(r replayed) {
	if i.Due == nil {
		i.Due, i.Send, i.Server = (&histogram{}).open(), (&histogram{}).open(), (&histogram{}).open()
	}
	recordIn(i.Due, r.done-r.due)
	recordIn(i.Send, r.done-r.send)
	if r.told {
		recordIn(i.Server, r.own())
	}
}
