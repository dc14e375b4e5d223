package steps

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kmsproof/kmsproof/reports"
)

// Known is one entry of a known-failures file: scenarios of which a failure is expected. It never
// excuses an error, nor a scenario that was blocked by anything but a precondition that was not met.
type Known struct {
	Scenario string `yaml:"scenario,omitempty"` // glob of case IDs; this or Rule
	Rule     string `yaml:"rule,omitempty"`     // glob of rule IDs
	Symptom  string `yaml:"symptom"`            // part of the failure's text; a failure without it is not excused
	Reason   string `yaml:"reason"`             // why it is accepted for now
	Owner    string `yaml:"owner"`
	Issue    string `yaml:"issue"`
	Until    string `yaml:"until"` // the last day on which it holds, 2006-01-02
}

// String names the entry as its file does.
func (k Known) String() string {
	if k.Scenario != "" {
		return "scenario " + k.Scenario
	}
	return "rule " + k.Rule
}

// ParseKnown reads a known-failures file strictly: a list of entries under "known". Its error names
// each entry that is wrong.
//
// The YAML library panics on some texts that are no sense, such as an unknown tag in the place of a list;
// here that is one more file that is wrong.
func ParseKnown(text []byte) (entries []Known, err error) {
	defer func() {
		if recover() != nil {
			entries, err = nil, errors.New("known failures: it is not a list of entries under known")
		}
	}()
	var file struct {
		Known []Known `yaml:"known"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
			return nil, fmt.Errorf("known failures: line %d: %s", at.GetToken().Position.Line, at.GetMessage())
		}
		return nil, errors.New("known failures: it is not a list of entries under known")
	}
	var problems []error
	for i, k := range file.Known {
		if problem := k.problem(); problem != "" {
			problems = append(problems, fmt.Errorf("known failures: entry %d (%s): %s", i+1, k, problem))
		}
	}
	return file.Known, errors.Join(problems...)
}

func (k Known) problem() string {
	switch {
	case (k.Scenario == "") == (k.Rule == ""):
		return "it needs either a scenario or a rule"
	case k.Symptom == "", k.Reason == "", k.Owner == "", k.Issue == "":
		return "symptom, reason, owner and issue are required"
	}
	if _, err := time.Parse(time.DateOnly, k.Until); err != nil {
		return fmt.Sprintf("until %q is no date like 2027-03-31", k.Until)
	}
	return ""
}

func (k Known) fits(id string, rules []string) bool {
	if k.Scenario != "" {
		return glob(k.Scenario).MatchString(id)
	}
	re := glob(k.Rule)
	return slices.ContainsFunc(rules, re.MatchString)
}

// expired reports whether the day of until is over at now.
func (k Known) expired(now time.Time) bool {
	until, err := time.Parse(time.DateOnly, k.Until)
	return err == nil && !now.Before(until.AddDate(0, 0, 1))
}

// knownFailures is the kind of findings about entries.
const knownFailures = "known-failures"

// excuse applies the known failures to what ran and returns what is wrong with the entries. An entry
// of which nothing fails any more turns what it fits into an unexpected pass; where something still fails, what passes
// beside it is told in a finding that does not fail the run. A scenario that ended with another symptom than each entry that fits it fails the run, however grave it is by itself. plan holds every
// case of the suite: an entry for a case that was merely not selected is not stale.
func excuse(ran []reports.Scenario, plan []Case, known []Known, now time.Time) []reports.Finding {
	var findings []reports.Finding
	found := func(format string, args ...any) {
		findings = append(findings, reports.Finding{Kind: knownFailures, Text: fmt.Sprintf(format, args...), Exit: 1})
	}
	for _, k := range known {
		switch {
		case !slices.ContainsFunc(plan, func(c Case) bool { return k.fits(c.ID, c.Rules) }):
			found("%s: no scenario fits this entry", k)
		case k.expired(now):
			found("%s: the entry ended on %s; if it is accepted still, baseline --known writes it anew", k, k.Until)
		default:
			if mended := k.apply(ran); len(mended) > 0 {
				findings = append(findings, reports.Finding{Kind: knownFailures, Text: fmt.Sprintf(
					"%s: of what fits this entry %d passed: %s; let it name only what still fails", k, len(mended), strings.Join(mended, ", "))})
			}
		}
	}
	for i := range ran {
		if s := &ran[i]; differs(s) {
			found("scenario %s ended as %s: %s; %s", s.ID, s.Outcome, s.Reason, s.Known)
		}
	}
	return findings
}

// differs reports whether a scenario to which the known failures were applied is known to fail in another way.
func differs(s *reports.Scenario) bool { return s.Known != "" && excusable(s) }

// excusable reports whether a scenario ended by a comparison of what the target did with what it should
// do. Where that was a precondition the scenario says nothing about its rule, and the run stays partial.
func excusable(s *reports.Scenario) bool {
	switch s.Outcome {
	case reports.Failed, reports.Warned:
		return true
	case reports.Blocked:
		return s.Expected != ""
	}
	return false
}

// apply excuses what fits the entry and fails. Where something does, it returns the IDs of what passed all the same.
func (k Known) apply(ran []reports.Scenario) (mended []string) {
	var failed, passed []*reports.Scenario
	for i := range ran {
		s := &ran[i]
		if !k.fits(s.ID, s.Rules) {
			continue
		}
		switch {
		case excusable(s):
			failed = append(failed, s)
		case s.Outcome == reports.Passed:
			passed = append(passed, s)
		}
	}
	for _, s := range failed {
		k.forgive(s)
	}
	for _, s := range passed {
		if len(failed) > 0 {
			mended = append(mended, s.ID)
			continue
		}
		s.Outcome = reports.UnexpectedPass
		s.Reason = fmt.Sprintf("the known failures say that it fails (%s, %s); remove the entry", k.Owner, k.Issue)
	}
	return mended
}

// forgive excuses one scenario that failed with the symptom, and says of another that it is another.
func (k Known) forgive(s *reports.Scenario) {
	if !strings.Contains(s.Reason, k.Symptom) {
		s.Known = fmt.Sprintf("known to fail, but with another symptom: %q (%s, %s)", k.Symptom, k.Owner, k.Issue)
		return
	}
	s.Outcome = reports.KnownFail
	s.Known = fmt.Sprintf("known: %s (%s, %s, until %s)", k.Reason, k.Owner, k.Issue, k.Until)
}

// forgiven is a scenario as the entries that hold at now see it, looked at alone.
func forgiven(s reports.Scenario, known []Known, now time.Time) reports.Scenario {
	for _, k := range known {
		if excusable(&s) && !k.expired(now) && k.fits(s.ID, s.Rules) {
			k.forgive(&s)
		}
	}
	return s
}
