package live

import (
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// A playing load profile remembers what it takes to tell rates.
type playing struct {
	Load
	plan   loadgen.Plan
	recent []loadgen.Progress // of this attempt, the last second, oldest first
	second int                // whole seconds of the attempt that are in Seconds
	marked []int64            // accepted by key, up to the end of those seconds
}

// span is how many looks back a rate reaches: a second, as progress is told four times in one.
const span = 4

// mostSeconds bounds how many seconds of a key a snapshot shows.
const mostSeconds = 60

// take notes how the profile is doing.
func (l *playing) take(p loadgen.Progress) {
	l.Left, l.Limit, l.Scope = max(p.Left, 0), p.Profile.Limit.Rate, string(p.Profile.Limit.Scope)
	l.Phases, l.Claims = phases(p), told(decided(p.SoFar.Claims))
	if p.Phase == "" {
		l.Stage = Resting
		return
	}
	if p.Phase != l.Phase || p.Attempt != l.Attempt || l.Stage != Playing {
		l.begin(p)
	}
	l.At, l.Refusable = p.At, p.Refusable
	c := p.Certificate
	l.Certificate = Certificate{Holds: c.Holds(), Late: c.Late, LateMax: c.Bounds.LateP99, Lost: c.Lost, Spare: c.Spare}
	l.recent = append(l.recent, p)
	l.recent = l.recent[max(0, len(l.recent)-span-1):]
	l.count(p)
}

// begin starts an attempt.
func (l *playing) begin(p loadgen.Progress) {
	l.Stage, l.Phase, l.Attempt, l.Of = Playing, p.Phase, p.Attempt, p.Of
	for _, ph := range p.Profile.Phases {
		if ph.Name == p.Phase {
			l.Rate, l.Over = ph.Rate, p.Profile.Overloads(ph)
		}
	}
	l.recent, l.second = nil, 0
	l.Keys, l.marked = make([]Key, len(p.Keys)), make([]int64, len(p.Keys))
}

// count brings the keys up to date.
func (l *playing) count(p loadgen.Progress) {
	old := l.recent[0]
	passed := (p.At - old.At).Seconds()
	whole := int(p.At / time.Second)
	for i, k := range p.Keys {
		key := &l.Keys[i]
		key.Name, key.Sent, key.Refused, key.Other, key.Missed, key.P99 = k.Name, k.Sent, k.Limited, k.Other, k.Missed, k.P99
		if passed > 0 {
			key.Offered = float64(k.Sent-old.Keys[i].Sent) / passed
			key.Accepted = float64(k.Accepted-old.Keys[i].Accepted) / passed
		}
		if whole > l.second {
			key.Seconds = append(key.Seconds, float64(k.Accepted-l.marked[i])/float64(whole-l.second))
			key.Seconds = key.Seconds[max(0, len(key.Seconds)-mostSeconds):]
			l.marked[i] = k.Accepted
		}
	}
	l.second = max(l.second, whole)
}

// decided leaves out the claims that wait for phases to come, or for more calls.
func decided(claims []reports.Claim) []reports.Claim {
	return slices.DeleteFunc(slices.Clone(claims), func(c reports.Claim) bool {
		return c.Verdict != reports.Proven && c.Verdict != reports.Refuted
	})
}

func told(claims []reports.Claim) (all []Claim) {
	for _, c := range claims {
		all = append(all, Claim{c, c.Told()})
	}
	return all
}

// phases lists the phases of a profile with what is known of them.
func phases(p loadgen.Progress) []Phase {
	var all []Phase
	for _, ph := range p.Profile.Phases {
		all = append(all, phase(ph.Name, p.SoFar.Phases))
	}
	return all
}

func phase(name string, played []reports.Phase) Phase {
	ph := Phase{Name: name, Problems: []string{}}
	for _, a := range played {
		if a.Name == name {
			ph.Played, ph.OK, ph.Problems = true, a.OK, a.Problems
			ph.Attempts++
		}
	}
	return ph
}

// end notes how the profile ended.
func (l *playing) end(r reports.Load) {
	l.Stage, l.Left = Ended, 0
	l.Verdict, l.Why, l.Claims = r.Verdict, r.Told(), told(r.Claims)
	for i := range l.Phases {
		l.Phases[i] = phase(l.Phases[i].Name, r.Phases)
	}
}

// snapshot returns a copy that shares nothing that changes.
func (l *playing) snapshot() Load {
	s := l.Load
	s.Keys = append([]Key{}, l.Keys...)
	for i := range s.Keys {
		s.Keys[i].Seconds = append([]float64{}, s.Keys[i].Seconds...)
	}
	s.Phases = append([]Phase{}, l.Phases...)
	s.Claims = append([]Claim{}, l.Claims...)
	return s
}

// total adds up keys. Its latency is that of the slowest key.
func total(keys []Key) Key {
	t := Key{Name: "all"}
	for _, k := range keys {
		t.Offered += k.Offered
		t.Accepted += k.Accepted
		t.Sent += k.Sent
		t.Refused += k.Refused
		t.Other += k.Other
		t.Missed += k.Missed
		t.P99 = max(t.P99, k.P99)
		t.Seconds = added(t.Seconds, k.Seconds)
	}
	return t
}

func added(a, b []float64) []float64 {
	sum := slices.Clone(a)
	for i, x := range b {
		if i == len(sum) {
			sum = append(sum, 0)
		}
		sum[i] += x
	}
	return sum
}
