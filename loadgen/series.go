package loadgen

import (
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// mostPoints bounds a series: two hours second by second, and longer runs in longer steps.
const mostPoints = 7200

// step returns how many seconds an entry of a series adds up.
func (r Recording) step() int {
	lasts := time.Duration(0)
	for _, a := range r.Played {
		lasts = max(lasts, a.Start+a.Phase.Length)
	}
	return int(lasts/time.Second)/mostPoints + 1
}

// series adds up what each key saw of the calls that were sent, by the seconds in which they were due.
func (r Recording) series() []reports.KeySeries {
	out, step := make([]reports.KeySeries, len(r.Keys)), r.step()
	length := 0
	for key := range out {
		s := &out[key]
		s.Name, s.API = r.Keys[key], r.Profile.API
		if step > 1 {
			s.Step = int64(step)
		}
		for _, a := range r.Played {
			if key < len(a.tracks) {
				a.addTo(s, key, step)
			}
		}
		length = max(length, len(s.Offered))
	}
	for key := range out {
		lengthen(&out[key], length)
	}
	return out
}

// addTo adds the calls of a key.
func (p *Played) addTo(s *reports.KeySeries, key, step int) {
	for r := range p.tracks[key].replay() {
		if !r.sent() {
			continue
		}
		at := int((p.Start+r.due)/time.Second) / step
		if at >= len(s.Offered) {
			lengthen(s, at+1)
		}
		s.Offered[at]++
		switch c := Class(r.what); {
		case c == Accepted:
			s.Accepted[at]++
		case c.Limited():
			s.Limited[at]++
		default:
			s.Other[at]++
		}
	}
}

// lengthen makes a series so long; it is never nil.
func lengthen(s *reports.KeySeries, length int) {
	for _, v := range []*[]int64{&s.Offered, &s.Accepted, &s.Limited, &s.Other} {
		if *v == nil {
			*v = []int64{}
		}
		*v = append(*v, make([]int64, max(0, length-len(*v)))...)
	}
}
