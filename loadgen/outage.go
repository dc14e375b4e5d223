package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Names of the claims of the role Outage.
const (
	claimContinuity = "continuity"
	claimOutage     = "outage"
	claimRecovery   = "recovery"
)

// settled is how long after Korea is up again calls may still fail.
const settled = time.Second

// A Downtime is when Korea was taken down and up: each happened between the two instants of it, which
// count from the start of the attempt.
type Downtime struct{ DownAsked, Down, UpAsked, Up time.Duration }

// A regionChange is one that is due.
type regionChange struct {
	at time.Duration
	up bool
}

// outages returns when Korea goes down and up in the phase.
func (ph Phase) outages() []regionChange {
	if ph.Down.Length == 0 {
		return nil
	}
	return []regionChange{{ph.Down.From, false}, {ph.Down.From + ph.Down.Length, true}}
}

// playableOn returns why t cannot be asked what the profile asks; nil when it can.
func (p Profile) playableOn(t *target.Target) error {
	for _, ph := range p.Phases {
		if ph.Down.Length > 0 && !t.CanSetRegions() {
			return fmt.Errorf("load profile %s: %s: %w", p.Name, t.Name, target.ErrNoRegions)
		}
		if len(ph.Forced) > 0 && !t.CanSetClock() {
			return fmt.Errorf("load profile %s: %s: %w", p.Name, t.Name, target.ErrNoClock)
		}
	}
	return nil
}

// An outage is one under way on a target.
type outage struct {
	was Downtime
	err error
}

// play takes Korea down and up again as the phase says. When ctx ends it is taken up at once.
func (o *outage) play(ctx context.Context, t *target.Target, a *Played, since func() time.Duration) error {
	if wait(ctx, a.Phase.Down.From-since()) != nil {
		return nil
	}
	o.was.DownAsked = since()
	err := t.SetRegion(ctx, target.KR, false)
	o.was.Down = since()
	_ = wait(ctx, a.Phase.Down.From+a.Phase.Down.Length-since()) // ended early, it ends early
	o.was.UpAsked = since()
	err = errors.Join(err, t.SetRegion(context.WithoutCancel(ctx), target.KR, true))
	o.was.Up = since()
	return err
}

// A share of the calls of a phase: how many, and how many of them were not served.
type portion struct{ n, lost int }

func (p portion) String() string { return fmt.Sprintf("%d of %d", p.lost, p.n) }

// around is what became of the calls before, during and after an outage. Calls that may have met a change
// of it count as during; in the time that the target has to settle only gap looks.
type around struct {
	before, during, after portion

	servedDown int // accepted while Korea was surely down
	gap        interval
}

func lookAround(a *Played) (out around) {
	in := func(at uint32) time.Duration { return time.Duration(at) * time.Microsecond }
	for key := range a.tracks {
		for _, c := range a.tracks[key].calls {
			lost := c.class != Accepted
			switch {
			case in(c.done) < a.Down.DownAsked:
				out.before.add(lost)
			case in(c.send) > a.Down.Up+settled:
				out.after.add(lost)
			case in(c.send) <= a.Down.Up:
				out.during.add(lost)
			}
			if !lost && in(c.send) > a.Down.Down && in(c.done) < a.Down.UpAsked {
				out.servedDown++
			}
		}
	}
	out.gap = a.gap()
	return out
}

func (p *portion) add(lost bool) {
	p.n++
	if lost {
		p.lost++
	}
}

// gap returns the longest time in which nothing was served, in seconds; zero where no call was lost. It lies between
// two calls that were served, of which one was sent next after the other but for calls that were lost: when those are
// known to be lost, at once or after they timed out, is of no account.
func (p *Played) gap() (longest interval) {
	g := gap{}
	note := func(i interval) {
		if i.middle() > longest.middle() {
			longest = i
		}
	}
	for _, c := range bySend(p.tracks) {
		switch {
		case c.class != Accepted:
			g.lose(c)
		case g.open:
			note(g.until(c.done))
			fallthrough
		default:
			g = gap{served: c.send, answered: max(g.answered, c.done)}
		}
	}
	if g.open {
		note(g.until(micros(p.Phase.Length)))
	}
	return longest
}

// A gap in service, in microseconds since the start of the attempt.
type gap struct {
	open        bool
	first, last uint32 // the sends of the first and the last call that was lost
	served      uint32 // the send of the last call before that was served, and the last answer to one
	answered    uint32
}

func (g *gap) lose(c call) {
	if !g.open {
		g.open, g.first = true, c.send
	}
	g.last = c.send
}

// until returns how long the gap is that ends at an instant at the latest: at least from the send of the first call
// that was lost, or from the last answer to a call that was served if that came later, to the send of the last that
// was lost; at most from the send of the last that was served.
func (g *gap) until(end uint32) interval {
	return interval{max(0, inSeconds(g.last)-inSeconds(max(g.first, g.answered))), max(0, inSeconds(end)-inSeconds(g.served))}
}

// outage: API 2.0 goes on without Korea, API 1.0 does not, and both go on afterwards.
func (e *evidence) outage() []reports.Claim {
	a := e.attempts[Outage]
	first := reports.Claim{Name: claimContinuity, Gates: true, Text: "no call is lost while Korea is down"}
	if e.p.API == "1.0" {
		first = reports.Claim{Name: claimOutage, Gates: e.r.Reference, Text: "while Korea is down no call is served"}
	}
	then := reports.Claim{Name: claimRecovery, Gates: true, Text: fmt.Sprintf("%v after Korea is up again every call is served", settled)}
	out := []reports.Claim{first, then}
	w := around{}
	if a != nil {
		w = lookAround(a)
	}
	for i := range out {
		c, ok := e.unless(out[i], Outage)
		switch {
		case !ok:
		case w.before.n == 0 || w.before.lost > 0:
			c.Bound = fmt.Sprintf("%v lost before the outage", w.before)
			c = settle(c, reports.ClaimInconclusive, "%v calls were not served before the outage, so nothing can be said of it", w.before)
		case c.Name == claimContinuity:
			c = carriedOn(c, w)
		case c.Name == claimOutage:
			c = stoodStill(c, w, a)
		default:
			c = recovered(c, w)
		}
		out[i] = c
	}
	return out
}

func carriedOn(c reports.Claim, w around) reports.Claim {
	bound := refusedAtMost(w.during.lost, w.during.n)
	c.Bound = fmt.Sprintf("%v calls lost while Korea was down or changing; at most %s at %.1f %% certainty", w.during, percent(bound), percentLevel)
	switch {
	case w.during.lost > 0:
		return settle(c, reports.Refuted, "%v calls were lost while Korea was down; at the longest, nothing was served for %s", w.during, spell(w.gap))
	case bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s lost can be shown, %s is needed", percent(bound), percent(provenBelow))
	}
	return certain(c, reports.Proven, "none of %d calls was lost while Korea was down", w.during.n)
}

func stoodStill(c reports.Claim, w around, a *Played) reports.Claim {
	down := a.Down.UpAsked - a.Down.Down
	c.Bound = fmt.Sprintf("nothing was served for %s; Korea was down for %.3f s", spell(w.gap), down.Seconds())
	switch {
	case w.servedDown > 0:
		c.Bound = fmt.Sprintf("%d calls were served within the %.3f s", w.servedDown, down.Seconds())
		return settle(c, reports.Refuted, "%d calls were served while Korea was down", w.servedDown)
	case w.during.lost == 0:
		return settle(c, reports.ClaimInconclusive, "no call was under way while Korea was down")
	}
	return settle(c, reports.Proven, "nothing was served for %s while Korea was down", spell(w.gap))
}

func recovered(c reports.Claim, w around) reports.Claim {
	bound := refusedAtMost(w.after.lost, w.after.n)
	c.Bound = fmt.Sprintf("%v calls lost from then on; at most %s at %.1f %% certainty", w.after, percent(bound), percentLevel)
	switch {
	case w.after.lost > 0:
		return settle(c, reports.Refuted, "%v calls were lost after Korea was up again", w.after)
	case bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s lost can be shown, %s is needed", percent(bound), percent(provenBelow))
	}
	return certain(c, reports.Proven, "all of %d calls were served after Korea was up again", w.after.n)
}

// spell writes a time that is known to a range.
func spell(i interval) string { return fmt.Sprintf("%.3f to %.3f s", i.low, i.high) }

func checkOutage(ph Phase, field string) error {
	end := ph.Down.From + ph.Down.Length
	switch {
	case ph.Down.From <= 0 || ph.Down.Length <= 0:
		return fmt.Errorf("%s.down: from and for must be above zero", field)
	case end+settled >= ph.Length:
		return fmt.Errorf("%s.down: it ends at %v, and the phase must go on for more than %v", field, end, settled)
	}
	return nil
}

func detectsOutage(p Profile, ph Phase) []string {
	during := int(ph.rate() * ph.Down.Length.Seconds())
	after := int(ph.rate() * (ph.Length - ph.Down.From - ph.Down.Length - settled).Seconds())
	return []string{
		fmt.Sprintf("%s: a loss of more than %s of the calls while Korea is down, at %.1f %% certainty, and of %s afterwards", ph.Name, percent(refusedAtMost(0, during)), percentLevel, percent(refusedAtMost(0, after))),
		fmt.Sprintf("%s: a gap in service, to %.2g s", ph.Name, 2/ph.rate()),
	}
}
