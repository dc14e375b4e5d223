package reports

import (
	"fmt"
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
	against, open, missing := broken(r), unsaid(r), gaps(r)
	r.Reasons = slices.Concat(against, open, missing)
	switch {
	case len(against) > 0:
		r.Verdict = Fail
	case len(open) > 0:
		r.Verdict = None
	case len(missing) > 0 && r.Strict:
		r.Verdict = None
		r.Reasons = append(r.Reasons, "A strict run takes a partial result for none.")
	case len(missing) > 0:
		r.Verdict = Partial
	default:
		r.Verdict = Pass
	}
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
func broken(r *Run) []string {
	var why []string
	if failed := r.With(Failed); len(failed) > 0 {
		why = append(why, failures(failed))
	}
	for i := range r.Loads {
		if r.Loads[i].Verdict == LoadFail {
			why = append(why, loadReason(&r.Loads[i], "failed"))
		}
	}
	if n := len(r.With(UnexpectedPass)); n > 0 {
		why = append(why, count(n, "scenario")+" passed although the known-failures file says otherwise.")
	}
	why = append(why, findings(r, 1)...)
	if n := len(r.With(Warned)); r.Strict && n > 0 {
		why = append(why, count(n, "warning")+", which a strict run counts as "+pick(n, "a failure", "failures")+".")
	}
	return why
}

// unsaid says why a run allows no verdict, a sentence a kind; empty if it does.
func unsaid(r *Run) []string {
	if len(r.Scenarios) == 0 && len(r.Loads) == 0 {
		return append(stopped(r), "Nothing was run: neither a scenario nor a load profile.")
	}
	why := stopped(r)
	if n := len(r.With(Errored)); n > 0 {
		why = append(why, count(n, "scenario")+" ended in an error: no answer came, or the suite itself is at fault.")
	}
	if n := len(r.With(Blocked)); n > 0 {
		why = append(why, count(n, "scenario")+" could not start: the target refused a precondition.")
	}
	for i := range r.Loads {
		if s := openLoad(&r.Loads[i]); s != "" {
			why = append(why, s)
		}
	}
	if len(why) == 0 && len(r.Loads) == 0 && len(r.With(Skipped)) == len(r.Scenarios) {
		why = append(why, "Nothing was asserted: every scenario was skipped. "+skipped(r.Scenarios))
	}
	return why
}

// stopped says what ended the run before its time.
func stopped(r *Run) []string {
	why := findings(r, 3)
	if r.Interrupted {
		why = append(why, "The run was interrupted before its end.")
	}
	if n := len(r.NotRun); n > 0 && len(why) == 0 {
		why = append(why, count(n, "scenario")+" "+pick(n, "was", "were")+" selected and not run.")
	}
	return why
}

// gaps says what a run that passed did not cover or clean up.
func gaps(r *Run) []string {
	var why []string
	must := slices.DeleteFunc(r.With(Skipped), func(s Scenario) bool { return s.Level != Must })
	if n := len(must); n > 0 {
		why = append(why, fmt.Sprintf("%s on MUST rules %s skipped. %s", count(n, "scenario"), pick(n, "was", "were"), skipped(must)))
	}
	if n := len(unstarted(r)); n > 0 {
		why = append(why, fmt.Sprintf("%s on MUST rules could not start, as the known-failures file says.", count(n, "scenario")))
	}
	for _, l := range r.Loads {
		if n := len(l.LeftOut); n > 0 {
			why = append(why, fmt.Sprintf("Load profile %s left out %s %s, which push a target past its published limit.",
				l.Profile, pick(n, "phase", "phases"), list(l.LeftOut, ", ", 6)))
		}
	}
	why = append(why, findings(r, 0)...)
	if n := len(r.Leftovers); n > 0 {
		why = append(why, count(n, "leftover")+" of this run could not be removed from the target.")
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
func failures(failed []Scenario) string {
	var rules []string
	for _, s := range failed {
		rules = append(rules, s.Rules...)
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	said := count(len(failed), "scenario") + " failed"
	if len(rules) == 0 {
		return said + "."
	}
	return fmt.Sprintf("%s, on %s %s.", said, pick(len(rules), "rule", "rules"), list(rules, ", ", 6))
}

// skipped names what skipped scenarios would have needed.
func skipped(scenarios []Scenario) string {
	var reasons []string
	for _, s := range scenarios {
		if why := strings.TrimSuffix(s.Reason, "."); why != "" {
			reasons = append(reasons, why)
		}
	}
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	if len(reasons) == 0 {
		return "No reason was noted."
	}
	return pick(len(reasons), "Reason", "Reasons") + ": " + list(reasons, "; ", 4) + "."
}

// openLoad says why a load profile gives no verdict; empty if it does. A pass that rests on no proven
// claim is none: it asserted nothing.
func openLoad(l *Load) string {
	proven := func(c Claim) bool { return c.Verdict == Proven }
	switch {
	case l.Verdict == LoadFail:
		return ""
	case l.Verdict == LoadInvalid:
		return loadReason(l, "is invalid and says nothing about the target")
	case l.Verdict == LoadPass && slices.ContainsFunc(l.Claims, proven):
		return ""
	case l.Verdict == LoadPass:
		return fmt.Sprintf("Load profile %s asserted nothing: none of its claims is proven.", l.Profile)
	default:
		return loadReason(l, "is inconclusive")
	}
}

func loadReason(l *Load, said string) string {
	if l.Why == "" {
		return fmt.Sprintf("Load profile %s %s.", l.Profile, said)
	}
	return fmt.Sprintf("Load profile %s %s: %s", l.Profile, said, sentence(l.Why))
}

func findings(r *Run, exit int) []string {
	var said []string
	for _, f := range r.Findings {
		if f.Exit == exit {
			said = append(said, sentence(f.Text))
		}
	}
	return said
}
