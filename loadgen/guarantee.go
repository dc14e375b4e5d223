package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// served is what became of the calls of a phase.
type served struct {
	keys    []tried // by key
	all     tried
	classes [classes]int64
	asked   float64 // the bucket that the sends asked for
}

// tried counts one stream of calls, and bets on how often it is refused. Refusals that are excused count
// neither way in the bets; that another call was near excuses only where the bucket may be tiny.
type tried struct {
	n, refused, excused, full int
	plain, tiny               bet
}

func triedAgainst(p float64) tried { return tried{plain: betAgainst(p), tiny: betAgainst(p)} }

func (t *tried) add(o outcome) {
	t.n++
	if o.refused {
		t.refused++
	}
	if o.excused {
		t.excused++
	}
	if o.full {
		t.full++
		return
	}
	t.plain.add(o.refused)
	if !o.excused {
		t.tiny.add(o.refused)
	}
}

// tested returns the bet that counts where the bucket may be tiny, or where it may not.
func (t *tried) tested(tiny bool) *bet {
	if tiny {
		return &t.tiny
	}
	return &t.plain
}

// join adds the counts of another stream. Bets cannot be added.
func (t *tried) join(o tried) {
	t.n, t.refused, t.excused, t.full = t.n+o.n, t.refused+o.refused, t.excused+o.excused, t.full+o.full
}

// servedIn counts an attempt, and bets that at most p of its calls are refused.
func servedIn(a *Played, l Limit, p float64) served {
	s := served{keys: make([]tried, len(a.tracks)), all: triedAgainst(p)}
	for key := range s.keys {
		s.keys[key] = s.all
	}
	queues := make([]queue, len(a.tracks))
	for key, o := range a.outcomes(l) {
		s.classes[o.class]++
		s.keys[key].add(o)
		s.all.add(o)
		if l.Scope == System {
			key = 0
		}
		s.asked = max(s.asked, queues[key].add(inSeconds(o.send), l.Rate))
	}
	return s
}

// reasons names the classes of what was not accepted, most frequent first.
func (s served) reasons() string {
	var order []Class
	for c := RateLimited; c < classes; c++ {
		if s.classes[c] > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b Class) int { return int(s.classes[b] - s.classes[a]) })
	var parts []string
	for _, c := range order {
		parts = append(parts, fmt.Sprintf("%d %s", s.classes[c], c))
	}
	return strings.Join(parts, ", ")
}

// worst returns the largest share of refusals that a stream may have at the stated certainty, with
// the stream: of the keys where each has its own limit, else of all calls. To show it for every key
// no correction for their number is needed: it is false only if the bound of that one key is.
func (s served) worst(l Limit) (float64, tried) {
	if l.Scope == System {
		return refusedAtMost(s.all.refused, s.all.n), s.all
	}
	bound, worst := 0.0, tried{}
	for _, k := range s.keys {
		if b := refusedAtMost(k.refused, k.n); b > bound {
			bound, worst = b, k
		}
	}
	return bound, worst
}

// streams returns those that may be refused by a limit that counts over them.
func (s served) streams(l Limit) []tried {
	if l.Scope == System {
		return append(slices.Clone(s.keys), s.all)
	}
	return s.keys
}

// A conformed is a phase within the published limit. Each stands for itself: that a slow stream is carried
// says nothing of a fast one.
type conformed struct {
	served
	*Played
	bound float64 // largest share of refusals that its worst stream may have
	worst tried
}

// conformed returns the phases within the published limit.
func (e *evidence) conformed() []conformed {
	if e.calm == nil {
		for _, r := range e.conforming() {
			c := conformed{Played: e.attempts[r], served: servedIn(e.attempts[r], e.p.Limit, rarely)}
			c.bound, c.worst = c.served.worst(e.p.Limit)
			e.calm = append(e.calm, c)
		}
	}
	return e.calm
}

// refused returns the phase within the published limit in which a stream is refused more than rarely, with
// the stream: of several phases the one with the largest load, and in it the stream with the largest share. Of
// so many tests each gets its part of alpha (Holm's first step).
func (e *evidence) refused(tiny bool) (in conformed, worst tried, yes bool) {
	tests := 0
	for _, c := range e.conformed() {
		tests += len(c.streams(e.p.Limit))
	}
	for _, c := range e.conformed() {
		if yes && c.Phase.rate() <= in.Phase.rate() {
			continue
		}
		share := -1.0
		for _, k := range c.streams(e.p.Limit) {
			if of := float64(k.refused) / float64(max(k.n, 1)); of > share && k.tested(tiny).refutes(alpha/float64(tests)) {
				in, worst, share, yes = c, k, of, true
			}
		}
	}
	return in, worst, yes
}

// guarantee: a stream within the published limit is not refused.
func (e *evidence) guarantee() reports.Claim {
	c := reports.Claim{Name: claimGuarantee, Gates: true,
		Text: fmt.Sprintf("up to %s are carried, at most %s of them refused", e.top(), percent(provenBelow))}
	c, ok := e.unless(c, e.conforming()...)
	if !ok {
		return c
	}
	asked := 0.0
	var bounds []string
	for _, calm := range e.conformed() {
		asked = max(asked, calm.asked)
		bounds = append(bounds, calm.shown(e.p.Limit))
	}
	c.Bound = strings.Join(bounds, "; ")
	tiny := e.tiny(asked)
	if in, worst, yes := e.refused(tiny); yes {
		return e.notCarried(c, in, worst)
	}
	if delayed, at := e.delayed(); delayed.kind == delays {
		c.Bound = "delays at " + delayed.String()
		return settle(c, reports.Refuted, "calls within the published limit wait ever longer: %s are answered (%s)", delayed, at)
	}
	return e.carried(c, tiny)
}

// shown says what a phase shows of the share that is refused.
func (c conformed) shown(l Limit) string {
	return fmt.Sprintf("%s at %.4g per second: at most %s refused at %.1f %% certainty (%d of %d, %s %d of %d%s), the sends asked for a bucket of %.1f",
		c.Phase.Name, c.Phase.Rate, percent(c.bound), percentLevel, c.all.refused, c.all.n, worstOf(l), c.worst.refused, c.worst.n, c.all.forgiven(), c.asked)
}

// forgiven says how many refusals something excuses.
func (t tried) forgiven() string {
	if t.excused+t.full == 0 {
		return ""
	}
	return fmt.Sprintf("; %d refusals came so soon after an accepted call that a bucket of one explains them, %d after a second's worth", t.excused, t.full)
}

// notCarried refutes the guarantee, unless the sends asked so much of the bucket that was found that they may
// have emptied it themselves.
func (e *evidence) notCarried(c reports.Claim, in conformed, worst tried) reports.Claim {
	if found := e.found(); in.asked > found/2 {
		return settle(c, reports.ClaimInconclusive, "%s of the calls of %s were not accepted, but the sends asked for a bucket of %.1f, and at most half of the %.1f that was found may be asked for",
			share(in.all), in.Phase.Name, in.asked, found)
	}
	c.Text = fmt.Sprintf("up to %s are carried, at most %s of them refused on any key", e.top(), percent(rarely))
	c.Bound = fmt.Sprintf("%s at %.4g per second: %d of %d refused, more than %s at %.1f %% certainty (%s %d of %d%s), the sends asked for a bucket of %.1f",
		in.Phase.Name, in.Phase.Rate, in.all.refused, in.all.n, percent(rarely), percentLevel, "worst of all", worst.refused, worst.n, in.all.forgiven(), in.asked)
	return certain(c, reports.Refuted, "%s of the calls within the published limit were not accepted in %s, on the worst key %s (%s)",
		share(in.all), in.Phase.Name, share(worst), in.reasons())
}

// found returns the largest size that the bucket of a key may have; infinite where none was found.
func (e *evidence) found() float64 {
	f := e.gentle
	if e.has(Together) {
		f = e.alone
	}
	if f.kind != bucket {
		return math.Inf(1)
	}
	return f.burst.high
}

// carried proves the guarantee where the phase with the largest load bounds the share that is refused.
func (e *evidence) carried(c reports.Claim, tiny bool) reports.Claim {
	top := e.fullest()
	switch {
	case top.bound > provenBelow && tiny && top.all.excused > 0:
		return settle(c, reports.ClaimInconclusive, "%s of %s were not accepted (%s), but so soon after others that a very small bucket and the sender's own unevenness explain it", share(top.all), top.Phase.Name, top.reasons())
	case top.bound > provenBelow && top.all.refused > 0:
		return settle(c, reports.ClaimInconclusive, "%s of %s were not accepted (%s): too few calls to tell whether that is more than %s", share(top.all), top.Phase.Name, top.reasons(), percent(rarely))
	case top.bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s refused can be shown in %s, %s is needed", percent(top.bound), top.Phase.Name, percent(provenBelow))
	case top.all.refused > 0:
		return certain(c, reports.Proven, "%s were carried, but for %d of %d calls (%s): at most %s are refused", e.top(), top.all.refused, top.all.n, top.reasons(), percent(top.bound))
	}
	return certain(c, reports.Proven, "%s were carried without refusal: at most %s are refused", e.top(), percent(top.bound))
}

// fullest returns the phase with the largest load within the published limit.
func (e *evidence) fullest() conformed {
	return slices.MaxFunc(e.conformed(), func(a, b conformed) int { return cmp.Compare(a.Phase.rate(), b.Phase.rate()) })
}

// delayed returns the stream within the published limit of which calls wait ever longer, and where it is; its
// zero value where there is none.
func (e *evidence) delayed() (worst fit, at string) {
	for _, r := range e.conforming() {
		a := e.attempts[r]
		for key := range a.tracks {
			if f := fitted(a.tracks[key : key+1]); f.kind == delays && (at == "" || f.rate.high < worst.rate.high) {
				worst, at = f, fmt.Sprintf("key %d in %s", key+1, a.Phase.Name)
			}
		}
	}
	return worst, at
}

// top names the largest load within the published limit.
func (e *evidence) top() (text string) {
	most := 0.0
	for _, r := range e.conforming() {
		if ph, _ := e.p.phase(r); ph.Rate*float64(ph.Keys) > most {
			most = ph.Rate * float64(ph.Keys)
			text = fmt.Sprintf("%.4g calls per second on each of %d keys at once for %v", ph.Rate, ph.Keys, ph.Length.Round(time.Millisecond))
		}
	}
	return text
}

func worstOf(l Limit) string {
	if l.Scope == System {
		return "all keys"
	}
	return "worst key"
}

// share formats the refused share of a stream.
func share(t tried) string { return percent(float64(t.refused) / float64(max(t.n, 1))) }

// percent formats a share with two significant digits.
func percent(share float64) string {
	if share >= 0.1 {
		return fmt.Sprintf("%.0f %%", 100*share)
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

// tiny reports whether the bucket may be so small that the sender's own unevenness empties it. Where
// no phase saturated a key by itself, it may, unless the refusals began so late that chance, at the
// share that they have from then on, would have brought one before: a reserve was used up.
func (e *evidence) tiny(asked float64) bool {
	if e.has(Alone) {
		return e.alone.tiny(asked)
	}
	f := e.gentle
	return f.share == 0 || f.share < 1 && float64(f.firstRun)*-math.Log1p(-f.share) < math.Log(1/alpha)
}
