package reports

import (
	"slices"
	"strings"
)

// Decide fills Verdict and Reasons from the rest of the run. It reads nothing else, so a run decides
// the same way wherever and however often it is asked.
//
// A run fails if a scenario failed or passed against its known-failures entry, a load profile failed, or a
// finding asks for exit code 1. Else there is no verdict (None) if something ended in an error, was blocked,
// invalid, inconclusive, interrupted or not run, or if nothing was selected or asserted. Else it is partial if a
// MUST scenario was skipped or is known to be unable to start, a load profile left out phases, a finding with
// exit code 0 limits it, or something was left on the target. Strict counts warnings as failures and makes a
// partial run one without a verdict.
func Decide(r *Run) {
	v, why := r.judged()
	r.Verdict, r.Reasons = v, nil
	for _, w := range why {
		r.Reasons = append(r.Reasons, w.Says[english])
	}
}

// judged is what Decide fills in, with the reasons in each language.
func (r *Run) judged() (Verdict, []reason) {
	against, open, missing := broken(r), unsaid(r), gaps(r)
	why := slices.Concat(against, open, missing)
	switch {
	case len(against) > 0:
		return Fail, why
	case len(open) > 0:
		return None, why
	case len(missing) > 0 && r.Strict:
		return None, append(why, because("r.strict"))
	case len(missing) > 0:
		return Partial, why
	}
	return Pass, why
}

// ExitCode is the process exit code that the verdict asks for: 0 for pass and partial, 1 for fail, 3
// for none. An undecided run gives 3: nothing can be said about it.
func (r *Run) ExitCode() int {
	switch r.Verdict {
	case Pass, Partial:
		return 0
	case Fail:
		return 1
	default:
		return 3
	}
}

// broken says why a run failed, a sentence a kind; empty if it did not.
func broken(r *Run) []reason {
	var why []reason
	if failed := r.With(Failed); len(failed) > 0 {
		why = append(why, failures(failed))
	}
	for i := range r.Loads {
		if r.Loads[i].Verdict == LoadFail {
			why = append(why, r.Loads[i].reason("r.load-fail"))
		}
	}
	if n := len(r.With(UnexpectedPass)); n > 0 {
		why = append(why, because("r.unexpected", say("n.scenarios", n)))
	}
	why = append(why, findings(r, 1)...)
	if n := len(r.With(Warned)); r.Strict && n > 0 {
		why = append(why, because("r.warned", n))
	}
	return why
}

// fails reports whether a scenario of that outcome counts as a failure of its rule: one that failed, and
// under Strict one that warns.
func (r *Run) fails(o Outcome) bool { return o == Failed || r.Strict && o == Warned }

// unsaid says why a run allows no verdict, a sentence a kind; empty if it does.
func unsaid(r *Run) []reason {
	if len(r.Scenarios) == 0 && len(r.Loads) == 0 {
		return append(stopped(r), because("r.nothing"))
	}
	why := stopped(r)
	if n := len(r.With(Errored)); n > 0 {
		why = append(why, because("r.errored", say("n.scenarios", n)))
	}
	if n := len(r.With(Blocked)); n > 0 {
		why = append(why, because("r.blocked", say("n.scenarios", n)))
	}
	for i := range r.Loads {
		if said, open := openLoad(&r.Loads[i]); open {
			why = append(why, said)
		}
	}
	if len(why) == 0 && len(r.Loads) == 0 && len(r.With(Skipped)) == len(r.Scenarios) {
		why = append(why, because("r.unasserted", skipped(r.Scenarios)))
	}
	return why
}

// stopped says what ended the run before its time.
func stopped(r *Run) []reason {
	why := findings(r, 3)
	if r.Interrupted && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == Stopped }) {
		why = append(why, because("r.interrupted"))
	}
	if n := len(r.NotRun); n > 0 && len(why) == 0 {
		why = append(why, because("r.not-run", n))
	}
	return why
}

// gaps says what a run that passed did not cover or clean up.
func gaps(r *Run) []reason {
	var why []reason
	must := slices.DeleteFunc(r.With(Skipped), func(s Scenario) bool { return s.Level != Must })
	if n := len(must); n > 0 {
		why = append(why, because("r.skipped", n, skipped(must)))
	}
	if n := len(unstarted(r)); n > 0 {
		why = append(why, because("r.unstarted", n))
	}
	for _, l := range r.Loads {
		if n := len(l.LeftOut); n > 0 {
			why = append(why, because("r.left-out", n, l.Profile, listed(l.LeftOut, comma, 6)))
		}
	}
	why = append(why, findings(r, 0)...)
	if n := len(r.Leftovers); n > 0 {
		why = append(why, because("r.leftovers", n))
	}
	return why
}

// unstarted are the known failures on MUST rules that ended before their Then: what they check is open.
func unstarted(r *Run) []Scenario {
	return slices.DeleteFunc(r.With(KnownFail), func(s Scenario) bool {
		return s.Level != Must || s.Keyword == "Then" || s.Keyword == ""
	})
}

// failures sums up failed scenarios and names their rules.
func failures(failed []Scenario) reason {
	var rules []string
	for _, s := range failed {
		rules = append(rules, s.Rules...)
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	said := say("n.scenarios", len(failed))
	if len(rules) == 0 {
		return because("r.failed", said)
	}
	return because("r.failed-on", said, say("n.on-rules", len(rules), listed(rules, comma, 6)))
}

// skipped names what skipped scenarios would have needed.
func skipped(scenarios []Scenario) phrase {
	var reasons []string
	for _, s := range scenarios {
		if why := strings.TrimSuffix(s.Reason, "."); why != "" {
			reasons = append(reasons, why)
		}
	}
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	if len(reasons) == 0 {
		return say("n.no-reason")
	}
	return say("n.reasons", len(reasons), listed(reasons, same("; "), 4))
}

// openLoad says why a load profile gives no verdict; false if it does. A pass that rests on no proven
// claim is none: it asserted nothing.
func openLoad(l *Load) (reason, bool) {
	proven := func(c Claim) bool { return c.Verdict == Proven }
	switch {
	case l.Verdict == LoadFail, l.Verdict == LoadPass && slices.ContainsFunc(l.Claims, proven):
		return reason{}, false
	case l.Verdict == LoadInvalid:
		return l.reason("r.load-invalid"), true
	case l.Verdict == LoadPass:
		return because("r.load-unasserted", l.Profile), true
	default:
		return l.reason("r.load-open"), true
	}
}
