package loadgen

import (
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// Progress is how a profile under way is doing.
type Progress struct {
	Profile Profile       // as it is played
	Phase   string        // under way; empty between phases, while nothing is sent
	Attempt int           // at the phase, from 1
	At      time.Duration // since the start of the attempt
	Of      time.Duration // length of the phase
	Left    time.Duration // of the whole profile, if nothing is repeated

	Sent, Accepted, Limited, Missed int64

	Keys        []KeyProgress // those under load in the attempt, in their order; empty between phases
	Certificate Certificate   // of the attempt, so far

	// Refusable bounds, at 99.9 % certainty, the share of refusals that the worst stream of the attempt
	// may have, from what has come back so far; 1 where nothing is known, and in a phase that pushes
	// past the published limit, where refusals are what is asked for.
	Refusable float64

	// SoFar is what the attempts that have ended show: their certificates and the claims that they can
	// decide. Its zero value: none has ended.
	SoFar reports.Load
}

// KeyProgress is what one key saw in the attempt under way.
type KeyProgress struct {
	Name string

	Sent, Accepted, Limited, Other, Missed int64 // Other: refused for another reason, errors and time-outs

	P99 time.Duration // latency of the accepted calls, from when they were due; zero: none yet
}

// Certificate is how the generator is doing in the attempt under way, beside what it owes.
type Certificate struct {
	Late   time.Duration // 99th percentile of send minus due
	Lost   int64         // calls that could not leave in time, by the generator's own doing
	Spare  int64         // that many may be lost
	Bounds Bounds
}

// Holds reports whether the attempt counts, if the rest of it goes as well.
func (c Certificate) Holds() bool { return c.Lost <= c.Spare && c.Late <= c.Bounds.LateP99 }

// progress reads the counters of the attempt under way, if there is one.
func (l *live) progress(s standing) Progress {
	p := Progress{Profile: l.p, SoFar: s.soFar, Refusable: 1, Left: l.after(s.latest)}
	a := s.current
	if a == nil {
		return p
	}
	at := min(l.elapsed()-a.Start, a.Phase.Length)
	p.Phase, p.Attempt, p.At, p.Of = a.Phase.Name, a.Attempt, at, a.Phase.Length
	p.Left += p.Of - at
	p.Keys = a.byKey(l.rec.Keys)
	for _, k := range p.Keys {
		p.Sent += k.Sent
		p.Accepted += k.Accepted
		p.Limited += k.Limited
		p.Missed += k.Missed
	}
	if c := a.counted(); c.Sent > p.Sent { // reports come later than counters
		p.Sent, p.Accepted, p.Limited, p.Missed = c.Sent, c.Accepted, c.Limited, c.Missed
	}
	p.Certificate = a.certificate(l.p)
	if !l.p.Overloads(a.Phase) {
		p.Refusable = refusable(p.Keys, l.p.Limit.Scope)
	}
	return p
}

// byKey reads what each key saw. It takes the lock anew for each, so that no call waits long for it.
func (p *Played) byKey(names []string) []KeyProgress {
	all := make([]KeyProgress, len(p.tracks))
	for i := range all {
		all[i] = p.key(i)
		all[i].Name = names[i]
	}
	return all
}

func (p *Played) key(i int) (k KeyProgress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &p.tracks[i]
	k.Missed, k.P99 = t.missed, t.due[Accepted].quantile(99)
	for c, n := range t.counts {
		k.Sent += n
		switch c := Class(c); {
		case c == Accepted:
			k.Accepted += n
		case c.Limited():
			k.Limited += n
		default:
			k.Other += n
		}
	}
	return k
}

func (p *Played) counted() Count {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live
}

func (p *Played) certificate(of Profile) Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := Certificate{Late: max(p.late.quantile(99), p.live.Late), Spare: spare(of, p), Bounds: of.bounds(p.Phase)}
	for i := range p.tracks {
		c.Lost += p.tracks[i].missed - p.tracks[i].blocked
	}
	return c
}

// refusable is the bound of the worst key where each has its own limit, else of all calls.
func refusable(keys []KeyProgress, scope Scope) float64 {
	type stream struct{ refused, n int64 }
	var all stream
	known := map[stream]float64{} // many keys stand at the same numbers
	for _, k := range keys {
		s := stream{k.Sent - k.Accepted, k.Sent}
		all = stream{all.refused + s.refused, all.n + s.n}
		known[s] = 1
	}
	if scope == System {
		return refusedAtMost(int(all.refused), int(all.n))
	}
	worst := 0.0
	for s := range known {
		worst = max(worst, refusedAtMost(int(s.refused), int(s.n)))
	}
	return worst
}

// after returns how long the phases after a take with their rests, if nothing is repeated; nil: all of
// them.
func (l *live) after(a *Played) (d time.Duration) {
	counting := a == nil
	for _, ph := range l.p.Phases {
		if counting {
			d += l.p.Rest + ph.lasts(l.p.Rest)
		}
		counting = counting || ph.Name == a.Phase.Name
	}
	return d
}
