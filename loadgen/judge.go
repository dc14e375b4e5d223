package loadgen

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/loadgen/machine"
	"github.com/kmsproof/kmsproof/reports"
)

// Judge says what a recording shows. It is a pure function: the same recording gives the same
// result. Every verdict carries the bound that was reached and a bound on the probability that it
// is wrong. A claim whose phases the generator did not deliver is invalid: nothing is said about
// the target.
func Judge(r Recording) reports.Load {
	e, load := decide(r)
	load.Phases, load.Keys = e.phases(), r.series()
	if e.has(On) {
		load.Isolation = e.isolated()
	}
	load.Climb = e.climb()
	load.Fairness = e.fairness()
	for i, a := range r.Played {
		if a.Phase.steady() {
			load.Phases[i].Served = a.threeWays(r.into(a))
		}
	}
	load.Witnesses = e.witnesses(load.Claims)
	load.Replays = r.replays(load.Keys, load.Model)
	return load
}

// Decide is Judge without what illustrates the verdict, phases and keys included: for who judges thousands of
// recordings.
func Decide(r Recording) reports.Load {
	_, load := decide(r)
	return load
}

func decide(r Recording) (*evidence, reports.Load) {
	e := examine(r)
	load := reports.Load{
		Profile: r.Profile.Name,
		Title:   r.Profile.Title,
		Hash:    r.Profile.hash(r.Seed),
		Claims:  e.claims(),
		LeftOut: append([]string{}, r.Left...),
	}
	load.Controls = r.Controls
	load.Workers = r.workers()
	broken := failed(r.Controls)
	uncontrolled(load.Claims, broken)
	e.premise(load.Claims)
	load.PError = union(load.Claims)
	load.Limit = &reports.Limit{Rate: r.Profile.Limit.Rate, Scope: string(r.Profile.Limit.Scope)}
	load.Model = e.model(load.Claims)
	load.Generator = e.generator()
	load.Verdict = verdict(load.Claims)
	load.Why = why(load)
	if len(broken) > 0 {
		load.Generator.OK, load.Generator.Problems = false, broken
		load.Why = sentence("nothing is said about the target, because the controls failed: " + some(broken))
	}
	return e, load
}

// verdict combines the claims that gate: one refuted is enough to fail, and nothing is passed
// while one is not proven.
func verdict(claims []reports.Claim) reports.LoadVerdict {
	has := func(v reports.ClaimVerdict) bool {
		return slices.ContainsFunc(claims, func(c reports.Claim) bool { return c.Gates && c.Verdict == v })
	}
	switch {
	case has(reports.Refuted):
		return reports.LoadFail
	case has(reports.ClaimInvalid):
		return reports.LoadInvalid
	case has(reports.ClaimInconclusive) || !has(reports.Proven):
		return reports.LoadInconclusive
	}
	return reports.LoadPass
}

// telling is the order in which claims explain a verdict.
var telling = []string{claimScope, claimIndependence, claimShared, claimIsolation, claimLatency, claimRate, claimGuarantee, claimLimit, claimRefill,
	claimUncharged, claimServed, claimRefresh, claimResident, claimCarries, claimCapacity, claimContinuity, claimRecovery, claimOutage, claimAnswers}

// why is the sentence under the verdict: what the most telling claim that decided it says; of a
// pass what the two most telling ones say.
func why(load reports.Load) string {
	decides := map[reports.LoadVerdict]reports.ClaimVerdict{
		reports.LoadPass: reports.Proven, reports.LoadFail: reports.Refuted, reports.LoadInconclusive: reports.ClaimInconclusive,
	}[load.Verdict]
	var parts []string
	for _, name := range telling {
		for _, c := range load.Claims {
			if c.Name == name && c.Verdict == decides && (c.Gates || load.Verdict == reports.LoadPass) {
				parts = append(parts, c.Why)
			}
		}
	}
	text := "nothing was asked that could be decided"
	switch {
	case len(parts) > 1 && load.Verdict == reports.LoadPass:
		text = parts[0] + "; " + parts[1]
	case len(parts) > 0:
		text = parts[0]
	}
	if load.Verdict == reports.LoadInvalid {
		text = "nothing is said about the target, because the generator fell short: " + some(load.Generator.Problems)
		if len(load.Generator.Problems) == 0 { // a step that the generator ended is no problem of the run
			i := slices.IndexFunc(load.Claims, func(c reports.Claim) bool { return c.Gates && c.Verdict == reports.ClaimInvalid })
			text = "nothing is said about the target, because " + load.Claims[i].Why
		}
	}
	if len(load.LeftOut) > 0 {
		text += "; left out, because they push past the published limit: " + strings.Join(load.LeftOut, ", ")
	}
	return sentence(text)
}

// sentence begins text with a capital and ends it with a full stop.
func sentence(text string) string {
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// model returns the limiter that fits; nil when the generator fell short where it would show.
func (e *evidence) model(claims []reports.Claim) *reports.Model {
	scope, f := "unknown", e.gentle
	roles := []Role{Gentle}
	if e.has(Together) {
		f, roles = e.alone, []Role{Alone, Together}
	}
	if len(e.invalid(roles...)) > 0 || e.attempts[roles[0]] == nil {
		return nil
	}
	for _, c := range claims {
		switch {
		case c.Name == claimIndependence && c.Verdict == reports.Proven, c.Name == claimShared && c.Verdict == reports.Refuted && e.apart():
			scope = "key"
		case c.Name == claimIndependence && c.Verdict == reports.Refuted && len(e.pairs) > 0:
			scope, f = "pairs", e.pairs[0].fit
		case c.Name == claimShared && c.Verdict == reports.Refuted && e.total.known():
			scope, f = "system", e.total
		case c.Name == claimIndependence && c.Verdict == reports.Refuted, c.Name == claimShared && c.Verdict == reports.Proven:
			if !e.has(Together) {
				scope = "system"
			} else if e.allAsOne() {
				scope, f = "system", e.total
			}
		}
	}
	if by := e.ways.counts(); by != "" {
		scope, f = by.one(), e.ways.one
	}
	if f.kind == noLimit {
		scope = "unknown"
	}
	m := &reports.Model{Kind: f.named(), Scope: scope, Alike: e.ways.alike(scope)}
	if f.known() {
		m.Rate = shown(f.rate)
	}
	if (f.kind == bucket && f.also == "" || f.kind == inFlight) && !f.summed {
		m.Burst = shown(f.burst)
	}
	return m
}

// shown leaves out what the data do not bound.
func shown(i interval) (out reports.Interval) {
	round := func(x float64) *float64 { x = math.Round(100*x) / 100; return &x }
	if i.low > 0 {
		out.Low = round(i.low)
	}
	if !math.IsInf(i.high, 1) {
		out.High = round(i.high)
		out.Best = round(i.middle())
	}
	return out
}

func (e *evidence) generator() reports.Generator {
	g := reports.Generator{Problems: []string{}, Workers: e.r.Workers}
	counted := slices.Concat(e.r.steps()...) // that the generator cannot deliver a step is a finding of the climb
	for _, ph := range e.p.Phases {
		switch a := e.latest(ph.Name); {
		case ph.Role == Climb:
		case a == nil:
			g.Problems = append(g.Problems, ph.Name+" was not played")
		default:
			g.Problems = append(g.Problems, e.faults[a]...)
			counted = append(counted, a)
		}
	}
	for _, a := range counted {
		t := a.tally()
		g.Planned += t.planned
		g.Sent += t.sent
		g.Missed += t.missed
		g.Blocked += t.blocked
	}
	g.OK, g.Cut = len(g.Problems) == 0, e.cut()
	g.Repeats = e.repeats()
	g.SecondLook = e.secondLook()
	g.Machine = e.machine()
	return g
}

// cut reports whether the run ended before its last call was due, and that not because its generator gave up or lost a
// worker, nor before it had begun.
func (e *evidence) cut() bool {
	if len(e.r.Played) == 0 {
		return false
	}
	last := e.r.Played[len(e.r.Played)-1]
	if last.abandoned() {
		return false
	}
	missing := func(ph Phase) bool { return ph.Role != Climb && e.latest(ph.Name) == nil }
	return last.tally().neverDue() > 0 || slices.ContainsFunc(e.p.Phases, missing)
}

// machine returns what is known of the generator's machine; nothing on virtual time.
func (e *evidence) machine() (out []reports.Machine) {
	for _, a := range e.r.Played {
		if a.Machine.Cores > 0 {
			out = append(out, used(a, a.Machine, a.Connections))
		}
		for _, p := range a.Parts {
			m := used(a, p.Machine, p.Connections)
			m.Worker = p.Worker
			out = append(out, m)
		}
	}
	return out
}

func used(a *Played, u machine.Use, connections int64) reports.Machine {
	return reports.Machine{Phase: a.Phase.Name, Attempt: a.Attempt, Cores: u.Cores, CPU: u.CPU, Waited: u.Waited,
		Stolen: u.Stolen, Throttled: u.Throttled, Delay: u.Delay, Pause: u.Pause, Connections: connections}
}

// repeats says which phases were played more than once or could not be, and why.
func (e *evidence) repeats() (lines []string) {
	for i, a := range e.r.Played {
		if i+1 < len(e.r.Played) && e.r.Played[i+1].Attempt > a.Attempt {
			lines = append(lines, fmt.Sprintf("played again, attempt %d left out: %s", a.Attempt, strings.Join(e.faults[a], "; ")))
		}
		if a.NotAgain != "" {
			lines = append(lines, fmt.Sprintf("%s was not played again: %s", a.Phase.Name, a.NotAgain))
		}
	}
	return lines
}

func (e *evidence) phases() []reports.Phase {
	out := []reports.Phase{}
	for _, a := range e.r.Played {
		t, problems := a.tally(), e.faults[a]
		ph := reports.Phase{
			Name: a.Phase.Name, Attempt: a.Attempt, OK: len(problems) == 0, Problems: append([]string{}, problems...),
			Start: a.Start.Seconds(), Seconds: a.Phase.Length.Seconds(), Rate: a.Phase.Rate, Slack: millis(a.Slack),
			Planned: t.planned, Sent: t.sent, Missed: t.missed, Blocked: t.blocked,
			Accepted: t.accepted, Limited: t.limited, Refused: t.refused, Errors: t.errors,
			Late:   a.late.quantiles(),
			Due:    a.merged(func(t *track) *histogram { return &t.due[Accepted] }).quantiles(),
			GaveUp: a.merged(func(t *track) *histogram { return &t.gaveUp }).quantiles(),
			Send:   a.merged(func(t *track) *histogram { return &t.send[Accepted] }).quantiles(),
			Server: a.merged(func(t *track) *histogram { return &t.server[Accepted] }).quantiles(),
		}
		for key := range a.Phase.Keys {
			ph.Keys = append(ph.Keys, key)
		}
		out = append(out, ph)
	}
	return out
}
