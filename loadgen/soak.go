package loadgen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
	"github.com/kmsproof/kmsproof/reports"
)

// Names of the claims of the role Soak.
const (
	claimServed   = "served"
	claimRefresh  = "refresh"
	claimResident = "resident"
)

const (
	turnover    = time.Second      // a 401 within it of a swap of the key's token is a class of its own
	growthAbove = 0.01             // an hour
	growthNeeds = 20 * time.Minute // shorter, memory that settles looks like growth
	tick        = 20 * time.Millisecond
)

// hours returns the phases that one of the role soak stands for. What is forced happens in the first.
func (ph Phase) hours() (out []Phase) {
	for i := range max(1, ph.Blocks) {
		one := ph
		one.Name, one.Blocks = fmt.Sprintf("%s.%d", ph.Name, i+1), 0
		if i > 0 {
			one.Forced = nil
		}
		out = append(out, one)
	}
	return out
}

// renewals returns the calls that renew tokens in the phase at most: one that asks and one that tries the new
// token, on every key for each part of a life that it lasts and for each thing that is forced.
func (ph Phase) renewals() int {
	if ph.Role != Soak {
		return 0
	}
	shortest := ph.Life - ph.Life/lastPart
	each, refused := int(ph.Length/shortest)+1+len(ph.Forced), 0
	for _, f := range ph.Forced {
		refused += f.Refuse
	}
	return 2 * (ph.Keys*each + refused)
}

// tend looks after the tokens while calls are sent, in a goroutine of its own: no call waits for it.
func (l *live) tend(ctx context.Context, a *Played) error {
	whole := context.WithoutCancel(ctx) // a renewal that has begun ends
	for wait(ctx, tick) == nil {
		shift := func(d time.Duration) error { return l.rig.t.Advance(whole, d) }
		if err := l.keeper.tend(whole, a, l.elapsed(), func(time.Duration) {}, shift); err != nil {
			return err
		}
		if l.elapsed()-a.Start >= a.Phase.Length/10 && a.Resident[0] == 0 {
			a.Resident[0] = machine.Resident()
		}
	}
	a.Resident[1] = machine.Resident()
	return nil
}

// soaked: calls are served for hours, tokens are renewed in time, and the generator's memory stays as it is.
func (e *evidence) soaked() []reports.Claim {
	all, missing, problems := e.all(Soak)
	problems = append(missing, problems...)
	served := reports.Claim{Name: claimServed, Gates: true, Text: servedText(provenBelow)}
	refresh := reports.Claim{Name: claimRefresh, Gates: true, Text: "access tokens are good until they expire, and are renewed by the refresh token before"}
	refresh = renewals(refresh, all, e.p.Keys)
	if len(missing) > 0 && refresh.Verdict != reports.Refuted {
		refresh = settle(refresh, reports.ClaimInvalid, "the generator fell short: %s", some(missing))
	}
	if len(problems) > 0 {
		return []reports.Claim{settle(served, reports.ClaimInvalid, "the generator fell short: %s", some(problems)), refresh}
	}
	out := []reports.Claim{outlasted(served, all), refresh}
	if last := all[len(all)-1]; last.Resident[0] > 0 && last.Resident[1] > 0 {
		out = append(out, grown(last))
	}
	return out
}

// servedText is the claim that at most a share of the calls is lost.
func servedText(share float64) string {
	return fmt.Sprintf("calls within the limit are served for hours, at most %s are lost, while tokens expire and are renewed", percent(share))
}

// outlasted tests what was lost, but for calls that were refused for their token just as it changed. The bets are in
// the order in which the calls of all keys were sent: each must be made before its outcome is known.
func outlasted(c reports.Claim, all []*Played) reports.Claim {
	var n, lost, turned int
	losing := betAgainst(rarely)
	for _, a := range all {
		turns := a.turnovers()
		for key, call := range bySend(a.tracks) {
			if call.class == Unauthorized && turns.meet(key, call) {
				turned++
				continue
			}
			n++
			losing.add(call.class != Accepted)
			if call.class != Accepted {
				lost++
			}
		}
	}
	bound := refusedAtMost(lost, n)
	c.Bound = fmt.Sprintf("%d of %d calls lost, at most %s at %.1f %% certainty; beside these %d were refused with 401 within %v of a change of token", lost, n, percent(bound), percentLevel, turned, turnover)
	switch {
	case losing.refutes(alpha):
		c.Text = servedText(rarely)
		return certain(c, reports.Refuted, "%d of %d calls were lost", lost, n)
	case bound > provenBelow:
		return settle(c, reports.ClaimInconclusive, "too few calls to tell: at most %s lost can be shown, %s is needed", percent(bound), percent(provenBelow))
	}
	return certain(c, reports.Proven, "at most %s of the calls are lost while tokens expire and are renewed (%d of %d)", percent(bound), lost, n)
}

// turnovers are the changes of each key's token, by their start, of which no call has yet been sent too late to meet
// them.
type turnovers map[int][]Renewal

func (p *Played) turnovers() turnovers {
	t := turnovers{}
	for _, r := range p.Renewals {
		if r.OK {
			t[r.Key] = append(t[r.Key], r)
		}
	}
	for _, of := range t {
		slices.SortFunc(of, func(a, b Renewal) int { return cmp.Compare(a.At, b.At) })
	}
	return t
}

// meet reports whether a call was under way within a second of a change of its key's token. The calls are asked about
// in the order in which they were sent.
func (t turnovers) meet(key int, c call) bool {
	sent, done := time.Duration(c.send)*time.Microsecond, time.Duration(c.done)*time.Microsecond
	past := func(r Renewal) bool { return sent > r.At+r.Took+turnover }
	for len(t[key]) > 0 && past(t[key][0]) {
		t[key] = t[key][1:]
	}
	for _, r := range t[key] {
		if done < r.At-turnover {
			return false
		}
		if !past(r) {
			return true
		}
	}
	return false
}

// renewals judges the stream of renewals.
func renewals(c reports.Claim, all []*Played, keys int) reports.Claim {
	var ok, failed, early []Renewal
	slowest := time.Duration(0)
	open := map[int]string{} // keys whose last renewal failed
	renewed := map[int]bool{}
	for _, a := range all {
		for _, r := range a.Renewals {
			slowest = max(slowest, r.Took)
			if r.Cause == Early {
				early = append(early, r)
			}
			if r.OK {
				ok = append(ok, r)
				renewed[r.Key] = true
				delete(open, r.Key)
			} else {
				failed = append(failed, r)
				open[r.Key] = r.Why
			}
		}
	}
	c.Bound = fmt.Sprintf("%d renewals, the slowest in %v; %d attempts failed; %d tokens were refused before their time", len(ok), slowest.Round(time.Millisecond), len(failed), len(early))
	switch {
	case len(early) > 0:
		return settle(c, reports.Refuted, "the token of key %d was refused long before it expired, and so were %d in all", early[0].Key+1, len(early))
	case len(open) > 0:
		for key := range keys {
			if why, ok := open[key]; ok {
				return settle(c, reports.Refuted, "the token of key %d could not be renewed: %s", key+1, why)
			}
		}
	case len(renewed) < keys:
		return settle(c, reports.ClaimInconclusive, "the tokens of %d of %d keys were never due", keys-len(renewed), keys)
	}
	return settle(c, reports.Proven, "all of %d keys had their tokens renewed, %d times in all", keys, len(ok))
}

// grown says how the memory of this process grew. It is about the generator and decides nothing.
func grown(a *Played) reports.Claim {
	over := a.Phase.Length - a.Phase.Length/10
	hourly := float64(a.Resident[1]-a.Resident[0]) / float64(a.Resident[0]) / over.Hours()
	c := reports.Claim{Name: claimResident, Text: fmt.Sprintf("the memory of this process grows by less than %s an hour", percent(growthAbove)),
		Bound: fmt.Sprintf("from %.1f to %.1f MB in %v", float64(a.Resident[0])/1e6, float64(a.Resident[1])/1e6, over.Round(time.Second))}
	switch {
	case a.Phase.Length < growthNeeds:
		return settle(c, reports.ClaimInconclusive, "%v are too short to tell", a.Phase.Length)
	case hourly >= growthAbove:
		return settle(c, reports.Refuted, "it grew by %s an hour", percent(hourly))
	}
	return settle(c, reports.Proven, "it grew by no more than %s an hour", percent(max(0, hourly)))
}

func checkSoak(ph Phase, field string) error {
	switch {
	case ph.Life < time.Hour || ph.Life%time.Hour != 0 || ph.Life > 17520*time.Hour:
		return fmt.Errorf("%s.life: %v is no whole number of hours within 1h and 17520h", field, ph.Life)
	}
	for i, f := range ph.Forced {
		if f.At < 0 || f.At >= ph.Length || i > 0 && f.At < ph.Forced[i-1].At {
			return fmt.Errorf("%s.forced[%d].at: %v is not within the phase, or before the one above", field, i, f.At)
		}
	}
	return nil
}

func detectsSoak(p Profile, ph Phase) []string {
	return []string{fmt.Sprintf("%s: a loss of more than %s of the calls, and of tokens that are refused more than %v before they expire", ph.Name, percent(refusedAtMost(0, ph.calls())), skewed)}
}
