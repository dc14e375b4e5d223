package steps

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kmsproof/kmsproof/reports"
)

// LoadMark begins what the ID of a scenario ends with when it ran under load.
const LoadMark = " (under"

// AtRest is the ID of a scenario without what says that it ran under load: the one by which it is selected.
func AtRest(id string) string {
	bare, _, _ := strings.Cut(id, LoadMark)
	return bare
}

// Baseline lists what failed in a run, or could not start, as known failures, an entry a scenario: an entry for a rule would
// also excuse scenarios that do not exist yet. Each entry takes reason, owner, issue and until from as; what as leaves
// empty is as in the entry of before that fits, or else the [Placeholder] at now. Failures that the run knew already keep
// their entry of before, if that has one, and so does what was not asked. Warnings are listed
// where the run was strict, and so counted them. What stands for calls that were drawn is not: no entry fits it.
func Baseline(r *reports.Run, as Known, before []Known, now time.Time) []Known {
	var entries []Known
	keep := func(k Known) {
		if !slices.Contains(entries, k) {
			entries = append(entries, k)
		}
	}
	for _, s := range r.Scenarios {
		s.ID = AtRest(s.ID)
		fits := func(k Known) bool { return k.fits(s.ID, s.Rules) && strings.Contains(s.Reason, k.Symptom) }
		old := slices.IndexFunc(before, fits)
		switch {
		case s.Outcome == reports.KnownFail && old >= 0:
			keep(before[old])
		case counts(&s, r.Strict) && !drawn(s.ID), s.Outcome == reports.KnownFail:
			k := Placeholder(r, now)
			if old >= 0 {
				k.Reason, k.Owner, k.Issue = before[old].Reason, before[old].Owner, before[old].Issue
			}
			k = k.but(as)
			k.Scenario, k.Rule, k.Symptom = s.ID, "", symptom(s.Reason)
			keep(k)
		}
	}
	for _, k := range Unasked(r, before) {
		keep(k)
	}
	return entries
}

// but is k with what as says.
func (k Known) but(as Known) Known {
	k.Reason, k.Owner = cmp.Or(as.Reason, k.Reason), cmp.Or(as.Owner, k.Owner)
	k.Issue, k.Until = cmp.Or(as.Issue, k.Issue), cmp.Or(as.Until, k.Until)
	return k
}

// Unasked returns the entries for scenarios of the suite of which the run tried none: it can say nothing about them.
func Unasked(r *reports.Run, known []Known) []Known {
	suite, err := embedded()
	if err != nil {
		return nil // then nothing was run either
	}
	return slices.DeleteFunc(slices.Clone(known), func(k Known) bool {
		asked := slices.ContainsFunc(r.Scenarios, func(s reports.Scenario) bool {
			return s.Outcome != reports.Skipped && k.fits(AtRest(s.ID), s.Rules)
		})
		return asked || !slices.ContainsFunc(suite, func(c Case) bool { return k.fits(c.ID, c.Rules) })
	})
}

// counts reports whether a scenario ended in a way that is to be excused.
func counts(s *reports.Scenario, strict bool) bool {
	return excusable(s) && (s.Outcome != reports.Warned || strict)
}

// drawn reports whether an ID stands for sequences or histories that were drawn. No plan holds it.
func drawn(id string) bool {
	return id == sequenceID || slices.ContainsFunc(sagas(), func(s *saga) bool { return s.row.ID == id })
}

// fleeting is what a reason may hold that no other run will see: tags, IDs, times and names of keys.
var fleeting = regexp.MustCompile(`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{12,}|[0-9]{5,}|kp-[a-z0-9]+(-[a-z0-9]+)*|\d{4}-\d{2}-\d{2}\S*|\d{2}:\d{2}:\d{2}`)

// symptom is the longest part of a reason that another run will see again.
func symptom(reason string) string {
	longest := ""
	for _, part := range fleeting.Split(reason, -1) {
		if part = strings.TrimSpace(part); len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// Unexcused says what of a run no known-failures file can excuse, a line each.
func Unexcused(r *reports.Run) []string {
	var lines []string
	for _, s := range r.With(reports.Failed, reports.Errored, reports.Blocked, reports.Warned) {
		if excusable(&s) && !(drawn(s.ID) && counts(&s, r.Strict)) {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s: %s", s.Outcome, s.ID, s.Reason))
	}
	for _, l := range r.Loads {
		if l.Verdict != reports.LoadPass {
			lines = append(lines, fmt.Sprintf("%s: load %s: %s", l.Verdict, l.Profile, l.Why))
		}
	}
	for _, f := range r.Findings {
		if f.Exit != 0 && f.Kind != knownFailures {
			lines = append(lines, f.Text)
		}
	}
	return lines
}

// WriteKnown writes a known-failures file that [ParseKnown] reads.
func WriteKnown(w io.Writer, known []Known) error {
	if known == nil {
		known = []Known{}
	}
	text, err := yaml.Marshal(map[string][]Known{"known": known})
	if err != nil {
		return fmt.Errorf("known failures: %w", err)
	}
	_, err = w.Write(text)
	return err
}

// Placeholder is what an entry says before somebody has looked into it.
func Placeholder(r *reports.Run, now time.Time) Known {
	return Known{
		Reason: fmt.Sprintf("failed on %s in the run of %s; nobody has looked into it yet", r.Target.Name, r.Started.Format(time.DateOnly)),
		Owner:  "unassigned", Issue: "none yet",
		Until: now.AddDate(0, 0, graceDays).Format(time.DateOnly),
	}
}

// graceDays is how long an entry holds unless asked otherwise.
const graceDays = 30
