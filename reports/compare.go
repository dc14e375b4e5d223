package reports

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A Comparison is what became different between two runs. Compare makes it.
type Comparison struct {
	Old     Side     `json:"old"`
	New     Side     `json:"new"`
	Notes   []string `json:"notes"`   // what makes the runs unlike, so that a change may come from there
	Changes []Change `json:"changes"` // regressions first, then what is open, then the rest
	Same    int      `json:"same"`    // scenarios that ended as before

	Loads []LoadPair `json:"loads"` // profiles of both runs

	unlike []phrase // Notes in each language
	runs   [2]*Run  // before and after: the page shows them side by side
}

// A Side is one of the two runs.
type Side struct {
	Target  string  `json:"target"`
	Version string  `json:"version"` // of kmsproof
	Started string  `json:"started"` // RFC 3339
	Seed    uint64  `json:"seed"`
	Verdict Verdict `json:"verdict"`
}

// Weight says what a change asks for.
type Weight string

// The weights of changes, the gravest first.
const (
	Regression Weight = "regression" // what held holds no longer
	Open       Weight = "open"       // what held was not found out this time
	Improved   Weight = "improved"
	Changed    Weight = "changed" // neither better nor worse
)

// A Change is one thing that is not as it was.
type Change struct {
	Weight Weight `json:"weight"`
	Kind   string `json:"kind"` // scenario, rule, load, claim, rate, burst, finding
	Name   string `json:"name"` // of what changed: an ID, PROFILE or PROFILE/CLAIM
	Old    string `json:"old"`  // as it was; empty: it was not there
	New    string `json:"new"`  // as it is; empty: it is not there any more
	Why    string `json:"why"`
}

// ExitCode is 1 if something regressed, else 3 if something that held is open, else 0.
func (c *Comparison) ExitCode() int {
	switch {
	case len(c.With(Regression)) > 0:
		return 1
	case len(c.With(Open)) > 0:
		return 3
	default:
		return 0
	}
}

// With is a new slice of the changes of a weight.
func (c *Comparison) With(w Weight) []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(x Change) bool { return x.Weight != w })
}

// Compare tells what regressed from what merely changed. A figure of a load profile has regressed only
// where the two intervals do not overlap; a scenario that is new has nothing to regress from.
func Compare(before, after *Run) *Comparison {
	c := &Comparison{Old: side(before), New: side(after), Loads: pairs(before, after), unlike: unlike(before, after), runs: [2]*Run{before, after}}
	for _, note := range c.unlike {
		c.Notes = append(c.Notes, note[english])
	}
	c.scenarios(before, after)
	c.rules(before, after)
	c.loads(before, after)
	c.findings(before, after)
	c.sort()
	return c
}

// Strict makes a scenario that held and was not run this time open: a job that checks less than the one before
// is then not green.
func (c *Comparison) Strict() {
	for i := range c.Changes {
		if x := &c.Changes[i]; x.Kind == "scenario" && x.New == "" && held(Outcome(x.Old)) {
			x.Weight = Open
		}
	}
	c.sort()
}

func (c *Comparison) sort() {
	slices.SortStableFunc(c.Changes, func(a, b Change) int { return cmp.Compare(a.Weight.rank(), b.Weight.rank()) })
}

func (w Weight) rank() int {
	return slices.Index([]Weight{Regression, Open, Improved, Changed}, w)
}

func side(r *Run) Side {
	return Side{Target: r.Target.Name, Version: r.Version, Started: r.Started.UTC().Format("2006-01-02T15:04:05Z"), Seed: r.Seed, Verdict: r.Verdict}
}

// selecting are the parts of the configuration that change what is checked.
var selecting = []string{
	"rule", "tags", "shard", "rerun", "known", "strict", "allow-overload", "explore", "clients", "under-load", "keys", "duration",
}

func unlike(before, after *Run) []phrase {
	var notes []phrase
	or := func(s string) phrase {
		if s == "" {
			return say("u.none")
		}
		return same(s)
	}
	differ := func(what phrase, a, b string) {
		if a != b {
			notes = append(notes, say("u.differs", what, or(a), or(b)))
		}
	}
	if n := len(dropped(before, after)); n > 0 {
		notes = append(notes, say("u.fewer", grouped(int64(n)), grouped(int64(len(before.Scenarios)))))
	}
	differ(say("u.target"), before.Target.Name, after.Target.Name)
	differ(say("u.version"), before.Version, after.Version)
	differ(say("u.verb"), before.Command, after.Command)
	differ(say("u.selected"), before.Config["selected"], after.Config["selected"])
	for _, flag := range selecting {
		differ(same("--"+flag), given(before, flag), given(after, flag))
	}
	differ(say("u.found"), strings.Join(before.Target.Found, " "), strings.Join(after.Target.Found, " "))
	return notes
}

// given is the value of a flag; empty where it is as good as not given.
func given(r *Run, flag string) string {
	if v := r.Config[flag]; !slices.Contains([]string{"0", "0s", "[]", "false"}, v) {
		return v
	}
	return ""
}

func (c *Comparison) add(w Weight, kind, name, before, after, why string) {
	c.Changes = append(c.Changes, Change{Weight: w, Kind: kind, Name: name, Old: before, New: after, Why: why})
}

func (c *Comparison) scenarios(before, after *Run) {
	left := map[string]Scenario{}
	for _, s := range before.Scenarios {
		left[s.ID] = s
	}
	for _, s := range after.Scenarios {
		old, was := left[s.ID]
		delete(left, s.ID)
		switch {
		case !was:
			c.add(Changed, "scenario", s.ID, "", string(s.Outcome), s.why())
		case old.Outcome == s.Outcome && (s.Outcome == Passed || old.Reason == s.Reason):
			c.Same++
		default:
			c.add(moved(&old, &s, after.Strict), "scenario", s.ID, string(old.Outcome), string(s.Outcome), s.why())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		old := left[id]
		w, why := Changed, say("y.not-run")
		if held(old.Outcome) && cutShort(after) {
			w, why = Open, say("y.cut-short")
		}
		c.add(w, "scenario", id, string(old.Outcome), "", why[english])
	}
}

// dropped lists the scenarios of a run that are not in the other.
func dropped(before, after *Run) []Scenario {
	there := map[string]bool{}
	for _, s := range after.Scenarios {
		there[s.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(before.Scenarios), func(s Scenario) bool { return there[s.ID] })
}

// held reports whether a scenario of that outcome kept its rule.
func held(o Outcome) bool { return o == Passed || o == UnexpectedPass }

func cutShort(r *Run) bool {
	return r.Interrupted || len(r.NotRun) > 0 || slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Exit == 3 })
}

// moved weighs how a scenario ended against how it ended before.
func moved(old, now *Scenario, strict bool) Weight {
	kept := held(old.Outcome) || old.Outcome == Warned
	switch {
	case now.Outcome == Failed && old.Outcome == KnownFail && old.Reason != now.Reason, now.Outcome == Failed && kept:
		return Regression
	case now.Outcome == Warned && held(old.Outcome) && strict:
		return Regression
	case kept && (now.Outcome == Errored || now.Outcome == Blocked):
		return Open
	case held(now.Outcome) && !held(old.Outcome) && old.Outcome != Skipped:
		return Improved
	}
	return Changed
}

func (c *Comparison) rules(before, after *Run) {
	left := map[string]Rule{}
	for _, r := range before.Rules {
		left[r.ID] = r
	}
	for _, r := range after.Rules {
		old, was := left[r.ID]
		delete(left, r.ID)
		switch {
		case !was:
			c.add(Changed, "rule", r.ID, "", r.said(), say("y.new-rule")[english])
		case old.said() != r.said():
			c.add(Changed, "rule", r.ID, old.said(), r.said(), say("y.reworded")[english])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		c.add(Changed, "rule", id, left[id].said(), "", say("y.dropped")[english])
	}
}

func (r Rule) said() string { return strings.TrimSpace(string(r.Level) + " " + r.Statement) }

// findings weighs what belongs to no scenario: only that which asks for exit code 1 is a regression.
func (c *Comparison) findings(before, after *Run) {
	for _, f := range after.Findings {
		if slices.Contains(before.Findings, f) {
			continue
		}
		w := map[int]Weight{0: Changed, 1: Regression}[f.Exit]
		c.add(cmp.Or(w, Open), "finding", f.Kind, "", f.Text, "")
	}
}
