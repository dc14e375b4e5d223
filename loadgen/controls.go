package loadgen

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// The controls show before a run that this machine, this generator and this judge can say yes and no:
// a server of our own is put under a little more load than the target will be, with two keys that each
// have a limit of their own, two that share one, and one that has none. At first each key is asked for less
// than the limit, then for more: the honest limiter is driven into it as well, and its rate is to be found.
// What is seen of the key without a limit is the generator's own doing.
const (
	controlHonest = "an honest limiter"
	controlLiar   = "a known liar"
	controlNull   = "a null server"

	controlKeys = 5 // two are honest, two lie, and the last is the null server's

	controlCalls = 780  // on each key: the fewest of which none refused shows that at most 1 % is
	controlLeast = 720  // calls per second on each key that is driven over its limit
	controlNear  = 0.02 // share by which the rate that is found may be off

	// controlMost is the most calls per second, on all keys, that a climb makes the controls play. It goes on purpose to
	// where the generator ends; controls that did would show nothing.
	controlMost = 8000
)

// controlProfile returns what the controls of p play: every key first below a limit, and then a quarter
// above the limit and all of them above the peak of p; above the last steps of a climb up to a bound.
func controlProfile(p Profile) Profile {
	peak := 0.0 // calls per second on all keys
	for _, ph := range p.Phases {
		peak = max(peak, 1.25*ph.rate(), min(1.25*ph.atTop().rate(), controlMost))
	}
	over := max(controlLeast, peak/controlKeys)
	limit := over / 1.25
	below := 0.75 * limit
	bounds := Bounds{Sent: min(p.Conforming.Sent, p.Saturating.Sent), LateP99: max(p.Conforming.LateP99, p.Saturating.LateP99), Burst: p.Conforming.Burst}
	return Profile{Name: "controls", Title: "The generator and the judge on a server of our own", API: "2.0", Keys: controlKeys,
		Limit: Limit{Scope: PerKey, Rate: limit, Burst: limit / 20}, Rest: 300 * time.Millisecond, MissAfter: p.MissAfter, Again: 8 * time.Second,
		Conforming: bounds, Saturating: bounds,
		Phases: []Phase{
			{Name: "P0", Role: Gentle, Keys: controlKeys, Rate: below, Length: seconds(controlCalls / below)},
			{Name: "P1", Role: Together, Keys: controlKeys, Rate: over, Length: 800 * time.Millisecond},
		}}
}

// controls plays them, and like a phase up to twice more where they showed too little: a machine that holds still for
// a moment is no blind harness, and a blind one stays so. Its error means that they could not be played at all.
func controls(ctx context.Context, p Profile, seed uint64) ([]reports.Control, error) {
	return untilShown(func() ([]reports.Control, error) { return playControls(ctx, controlProfile(p), seed) })
}

// untilShown plays the controls until they show everything, a few times at most, and tells a late success as one.
func untilShown(play func() ([]reports.Control, error)) (shown []reports.Control, err error) {
	for _, try := range []string{"", ", at the second try", ", at the third try"} {
		if shown, err = play(); err != nil {
			return nil, err
		}
		for i := range shown {
			shown[i].Text += try
		}
		if len(failed(shown)) == 0 {
			break
		}
	}
	return shown, nil
}

// playControls plays q, a profile of the controls, against a server of its own.
func playControls(ctx context.Context, q Profile, seed uint64) ([]reports.Control, error) {
	s, err := newControlServer(q.Limit)
	if err != nil {
		return nil, err
	}
	defer s.close()
	t := s.target()
	r, err := record(ctx, t, q, nil, nil, Options{Seed: seed})
	defer r.spool.close()
	if err != nil {
		return nil, err
	}
	return shownBy(r), t.Close()
}

// shownBy says what the controls showed.
func shownBy(r Recording) []reports.Control {
	calm, driven := r.below(), r.driven()
	honest, liar := Decide(calm.part(0, 2)), Decide(calm.part(2, 4))
	found, close := foundNear(driven.each[:2], r.Profile.Limit.Rate)
	problems := slices.Concat(honest.Generator.Problems, driven.problems)
	out := []reports.Control{
		r.null(controlKeys-1, problems),
		{Name: controlHonest, OK: proves(honest, claimIndependence) && proves(honest, claimGuarantee) && close, Text: "was believed, and read as " + found},
		{Name: controlLiar, OK: refutes(liar, claimGuarantee) && !proves(liar, claimIndependence), Text: "was caught"},
	}
	for i, l := range []reports.Load{honest, liar} {
		switch c := &out[1+i]; {
		case c.OK:
		case len(problems) > 0:
			c.Text = "could not be tried either"
		case l.Verdict == reports.LoadPass && c.Name == controlHonest:
			c.Text = "was read as " + found
		default:
			c.Text = fmt.Sprintf("came out as %s: %s", l.Verdict, l.Why)
		}
	}
	return out
}

// null says what a key without a limit shows: that the generator sends as planned, refuses nothing by itself and adds
// little to the time of a call. Of that time the middle is held to what a call may be late, and not the slowest, which a
// busy machine holds up.
func (r Recording) null(key int, problems []string) reports.Control {
	c := reports.Control{Name: controlNull}
	if len(problems) > 0 {
		c.Text = "could not be tried: " + problems[0]
		return c
	}
	late, took := histogram{digits: 3}, histogram{}
	sent, accepted, rate := int64(0), int64(0), 0.0
	for _, a := range r.last() {
		t := &a.tracks[key]
		for _, n := range t.counts {
			sent += n
		}
		accepted, rate = accepted+t.counts[Accepted], max(rate, a.Phase.rate())
		late.merge(&a.late)
		took.merge(&t.due[Accepted])
	}
	shown := func(h *histogram, q float64) string { return fmt.Sprintf("%.3g ms", millis(h.quantile(q))) }
	switch most := r.Profile.Conforming.LateP99; {
	case accepted < sent:
		c.Text = fmt.Sprintf("did not answer %d of %d calls with success, and refuses none", sent-accepted, sent)
	case took.quantile(50) > most:
		c.Text = fmt.Sprintf("answered the middle of its calls %s after it was due, at most %v is allowed", shown(&took, 50), most)
	default:
		c.OK = true
		c.Text = fmt.Sprintf("refused none of %d calls and answered half of them within %s of when they were due, 99 of 100 within %s; beside the limiters up to %.0f calls per second were sent, 99 of 100 within %s and the last within %s",
			sent, shown(&took, 50), shown(&took, 99), rate, shown(&late, 99), shown(&late, 100))
	}
	return c
}

// last returns the last attempt at each phase.
func (r Recording) last() (out []*Played) {
	for i, a := range r.Played {
		if i+1 == len(r.Played) || r.Played[i+1].Phase.Name != a.Phase.Name {
			out = append(out, a)
		}
	}
	return out
}

func proves(l reports.Load, claim string) bool  { return says(l, claim) == reports.Proven }
func refutes(l reports.Load, claim string) bool { return says(l, claim) == reports.Refuted }

func says(l reports.Load, claim string) reports.ClaimVerdict {
	i := slices.IndexFunc(l.Claims, func(c reports.Claim) bool { return c.Name == claim })
	return l.Claims[i].Verdict
}

// An overdriven is what the controls show when they are driven over their limit.
type overdriven struct {
	each     []fit // of each key
	problems []string
}

// driven reads the second phase of the controls.
func (r Recording) driven() overdriven {
	i := slices.IndexFunc(r.Played, func(a *Played) bool { return a.Phase.Role == Together })
	if i < 0 {
		return overdriven{make([]fit, len(r.Keys)), []string{r.Profile.Phases[1].Name + " was not played"}}
	}
	a := r.Played[len(r.Played)-1]
	out := overdriven{problems: certify(r.Profile, a)}
	for i := range a.tracks {
		out.each = append(out.each, fitted(a.tracks[i:i+1]))
	}
	return out
}

// foundNear says what the keys were let through, and whether each was read as a limiter of the given rate.
func foundNear(each []fit, rate float64) (text string, near bool) {
	near = true
	for _, f := range each {
		near = near && f.known() && f.rate.low <= (1+controlNear)*rate && f.rate.high >= (1-controlNear)*rate &&
			f.rate.high-f.rate.low <= 2*controlNear*rate
	}
	return fmt.Sprintf("%s, %s; each key has %.4g per second", each[0], each[1], rate), near
}

// below returns the recording of the first phase of the controls.
func (r Recording) below() Recording {
	out := r
	out.Profile.Phases = r.Profile.Phases[:1]
	out.Played = slices.DeleteFunc(slices.Clone(r.Played), func(a *Played) bool { return a.Phase.Role != Gentle })
	return out
}

// part returns the recording of some of the keys, from one on and to before another.
func (r Recording) part(from, to int) Recording {
	out := r
	out.Keys, out.Profile.Keys, out.Played = r.Keys[from:to], to-from, nil
	out.Profile.Phases = slices.Clone(r.Profile.Phases)
	for i := range out.Profile.Phases {
		out.Profile.Phases[i].Keys = to - from
	}
	for _, a := range r.Played {
		ph := a.Phase
		ph.Keys = to - from
		out.Played = append(out.Played, &Played{Phase: ph, Attempt: a.Attempt, Start: a.Start, GivenUp: a.GivenUp, late: a.late, tracks: a.tracks[from:to]})
	}
	return out
}

// failed returns what the controls did not show; empty when they showed everything, or were not asked.
func failed(controls []reports.Control) (lines []string) {
	for _, c := range controls {
		if !c.OK {
			lines = append(lines, c.Name+" "+c.Text)
		}
	}
	return lines
}

// uncontrolled takes every claim back where the controls failed: who cannot catch a liar may not accuse.
func uncontrolled(claims []reports.Claim, lines []string) {
	for i := range claims {
		if len(lines) > 0 {
			claims[i] = settle(claims[i], reports.ClaimInvalid, "the controls failed")
		}
	}
}
