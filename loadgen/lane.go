package loadgen

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Lane is a key in the hands of one generator of several: all of its calls, or every Of-th of them
// from number Stripe on.
type Lane struct {
	Key    int `json:"key"`
	Stripe int `json:"stripe,omitzero"`
	Of     int `json:"of,omitzero"` // zero means 1: the key is whole
}

func (l Lane) of() int { return cmp.Or(l.Of, 1) }

// String names the lane for people, who count keys from 1.
func (l Lane) String() string {
	if l.of() == 1 {
		return fmt.Sprint(l.Key + 1)
	}
	return fmt.Sprintf("%d (stripe %d of %d)", l.Key+1, l.Stripe+1, l.Of)
}

// lanes returns every key of the phase, whole.
func (ph Phase) lanes() []Lane {
	all := make([]Lane, ph.Keys)
	for key := range all {
		all[key].Key = key
	}
	return all
}

// Playing returns the lanes of keys that play along in the phase.
func (ph Phase) Playing(lanes []Lane) (out []Lane) {
	for _, l := range lanes {
		if l.Key < ph.Keys {
			out = append(out, l)
		}
	}
	return out
}

// calls returns how many calls of a phase lie in the lane.
func (l Lane) calls(ph Phase) int {
	return max(0, (ph.of(l.Key).planned()-l.Stripe+l.of()-1)/l.of())
}

// share returns the lanes that the record is of.
func (p *Played) share() []Lane {
	if p.lanes == nil {
		return p.Phase.lanes()
	}
	return p.lanes
}

// rate returns the calls per second of these lanes.
func (p *Played) rate() (sum float64) {
	for _, l := range p.share() {
		sum += p.Phase.of(l.Key).Rate / float64(l.of())
	}
	return sum
}

// blur lets the tracks know how exactly their calls are ordered.
func (p *Played) blur() {
	for key := range p.tracks {
		p.tracks[key].slack, p.tracks[key].striped = p.Slack, slices.Contains(p.Striped, key)
	}
}

// blurred returns how much less exactly than by its own clock it is known when a call of the tracks was
// sent or answered: nothing where one clock stamped all of them.
func blurred(tracks []track) (blur time.Duration) {
	for i := range tracks {
		if t := &tracks[i]; len(tracks) > 1 || t.striped {
			blur = max(blur, t.slack)
		}
	}
	return blur
}
