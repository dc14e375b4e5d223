package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// JUnit writes JUnit XML as CI systems read it: a suite per feature with a case per scenario, a suite
// per load profile with a case per claim, and a suite for findings of the run itself.
//
// fail and unexpected-pass are <failure>; error and blocked are <error>; skip and known-fail are
// <skipped> with the reason; a warning passes and carries a property. A refuted claim that decides is
// a <failure>; claims of an invalid or inconclusive profile are errors unless they do not decide. Under Strict a warning is a
// <failure>. A case carries its rules as properties named "rule", next to "level" and "outcome".
func JUnit(w io.Writer, r *Run) error {
	doc := junitRun{Name: "kmsproof " + r.Command, Time: seconds(float64(r.Millis))}
	doc.Suites = slices.Concat(featureSuites(r), loadSuites(r), findingSuite(r))
	for i := range doc.Suites {
		doc.add(&doc.Suites[i], r)
	}
	if doc.Failures+doc.Errors == 0 && r.ExitCode() != 0 {
		doc.Suites = append(doc.Suites, junitSuite{Name: "verdict", Cases: []junitCase{reasonsCase(r)}})
		doc.add(&doc.Suites[len(doc.Suites)-1], r)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(doc); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitRun struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties junitProperties `xml:"properties"`
	Cases      []junitCase     `xml:"testcase"`
	millis     float64
}

type junitCase struct {
	Name       string           `xml:"name,attr"`
	Class      string           `xml:"classname,attr"`
	Time       string           `xml:"time,attr"`
	Properties *junitProperties `xml:"properties"`
	Failure    *junitTrouble    `xml:"failure"`
	Error      *junitTrouble    `xml:"error"`
	Skipped    *junitTrouble    `xml:"skipped"`
}

type junitProperties struct {
	List []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitTrouble struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

// add counts a suite's cases and the suite itself.
func (doc *junitRun) add(s *junitSuite, r *Run) {
	s.Tests = len(s.Cases)
	s.Failures, s.Errors, s.Skipped = s.outcomes()
	s.Time = seconds(s.millis)
	s.Timestamp = r.Started.UTC().Format("2006-01-02T15:04:05")
	s.Properties.List = []junitProperty{{"target", r.Target.Name}, {"seed", fmt.Sprint(r.Seed)}, {"version", r.Version}}
	doc.Tests += s.Tests
	doc.Failures += s.Failures
	doc.Errors += s.Errors
}

func (s *junitSuite) outcomes() (failures, errors, skipped int) {
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			failures++
		case c.Error != nil:
			errors++
		case c.Skipped != nil:
			skipped++
		}
	}
	return failures, errors, skipped
}

// reasonsCase shows a verdict that no single case shows, such as that nothing was run: a file without
// a failure would count as success.
func reasonsCase(r *Run) junitCase {
	said := &junitTrouble{Type: string(r.Verdict), Message: r.Headline(), Text: harmless(strings.Join(r.Reasons, "\n"))}
	c := junitCase{Name: "the run has a verdict", Class: "run", Time: "0.000"}
	if r.Verdict == Fail {
		c.Failure = said
	} else {
		c.Error = said
	}
	return c
}

func seconds(millis float64) string { return fmt.Sprintf("%.3f", millis/1000) }

// featureSuites keeps the order in which features first occur.
func featureSuites(r *Run) []junitSuite {
	var suites []junitSuite
	at := map[string]int{}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		name := cmp.Or(s.Feature, s.File, "scenarios")
		if _, ok := at[name]; !ok {
			at[name] = len(suites)
			suites = append(suites, junitSuite{Name: name})
		}
		suite := &suites[at[name]]
		suite.millis += s.Millis
		suite.Cases = append(suite.Cases, scenarioCase(r, s))
	}
	return suites
}

func scenarioCase(r *Run, s *Scenario) junitCase {
	c := junitCase{Name: s.Title, Class: className(s), Time: seconds(s.Millis), Properties: scenarioProperties(s)}
	trouble := &junitTrouble{Type: string(s.Outcome), Message: complaint(r, s), Text: account(r, s)}
	switch o := s.Outcome.known(); {
	case r.fails(o), o == UnexpectedPass:
		c.Failure = trouble
	case o == Errored, o == Blocked:
		c.Error = trouble
	case o == Skipped, o == KnownFail:
		c.Skipped = trouble
	}
	return c
}

// complaint says in a line how the scenario ended, after the rule that it broke, in words. Systems show it
// where they show no more.
func complaint(r *Run, s *Scenario) string {
	ended := cmp.Or(s.Reason, string(s.Outcome))
	if rule := r.Rule(first(s.Rules)); rule.Statement != "" && (r.fails(s.Outcome) || s.Outcome == KnownFail) {
		ended = rule.ID + " " + strings.TrimSuffix(rule.Statement, ".") + ": " + ended
	}
	return harmless(oneLine(ended))
}

// className is features.token for features/token.feature: CI systems make a tree of it.
func className(s *Scenario) string {
	name := strings.TrimSuffix(strings.TrimPrefix(s.File, "features/"), ".feature")
	return "features." + strings.ReplaceAll(cmp.Or(name, "unknown"), "/", ".")
}

func scenarioProperties(s *Scenario) *junitProperties {
	p := &junitProperties{}
	for _, rule := range s.Rules {
		p.List = append(p.List, junitProperty{"rule", rule})
	}
	p.List = append(p.List, junitProperty{"level", string(s.Level)}, junitProperty{"outcome", string(s.Outcome)})
	if s.Outcome == Warned {
		p.List = append(p.List, junitProperty{"warning", s.Reason})
	}
	return p
}

// account tells a scenario that did not pass: rule in words, expected and seen, the last exchange.
func account(r *Run, s *Scenario) string {
	var b strings.Builder
	for _, id := range s.Rules {
		rule := r.Rule(id)
		fmt.Fprintf(&b, "rule %s %s: %s\n", rule.ID, rule.Level, rule.Statement)
		if rule.Rival != "" {
			fmt.Fprintf(&b, "or, as the documents can be read too: %s\n", rule.Rival)
		}
	}
	reason := s.Reason
	if s.Expected != "" && strings.Contains(reason, s.Expected) {
		reason = "" // it is what was expected and seen
	}
	for _, row := range [][2]string{{"scenario", s.ID}, {"step", strings.TrimSpace(s.Keyword + " " + s.Step)}, {"reason", reason}, {"expected", s.Expected}, {"seen", s.Seen}, {"known failures", s.Known}} {
		if row[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", row[0], row[1])
		}
	}
	fmt.Fprintf(&b, "at %s:%d\n", s.File, s.Line)
	if again := r.again(s); again != "" {
		fmt.Fprintf(&b, "again: %s\n", again)
	}
	if x := s.last(); x != nil {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n", cmp.Or(x.Curl, x.Request), x.answered(), shorten(x.Answer, 2000))
	}
	return harmless(b.String())
}

// answered says what came back: "answer 401", or why none came.
func (x *Exchange) answered() string {
	said, silence := x.heard()
	return strings.TrimSpace(said[english] + " " + silence)
}

// heard is answered in each language; why none came is in English alone.
func (x *Exchange) heard() (said phrase, silence string) {
	switch {
	case x.Status != 0:
		return say("answer", strconv.Itoa(x.Status)), ""
	case x.NoAnswer == "":
		return say("no-reason"), ""
	}
	return say("no-answer"), x.NoAnswer
}

func loadSuites(r *Run) []junitSuite {
	var suites []junitSuite
	for i := range r.Loads {
		l := &r.Loads[i]
		s := junitSuite{Name: "load " + l.Profile}
		for _, p := range l.Phases {
			s.millis += p.Seconds * 1000
		}
		for _, c := range l.Claims {
			s.Cases = append(s.Cases, claimCase(l, c))
		}
		if failures, errors, _ := s.outcomes(); l.Verdict != LoadPass && failures+errors == 0 {
			s.Cases = append(s.Cases, verdictCase(l))
		}
		suites = append(suites, s)
	}
	return suites
}

// claimCase files a claim that does not decide as passed or skipped, whatever it says: it is a report, not a check. The
// case is called as the claim is in every run: what it says holds figures of this one.
func claimCase(l *Load, c Claim) junitCase {
	out := loadCase(l, c.Name)
	out.Properties.List = append(out.Properties.List, junitProperty{"claim", c.Text}, junitProperty{"verdict", string(c.Verdict)}, junitProperty{"bound", c.Bound})
	said := &junitTrouble{Type: string(c.Verdict), Message: cmp.Or(oneLine(c.Why), string(c.Verdict)), Text: harmless(c.Text + "\n" + c.Why + "\n" + c.Bound)}
	switch {
	case c.Verdict == Proven:
	case !c.Gates:
		out.Skipped = said
	case c.Verdict == Refuted:
		out.Failure = said
	default:
		out.Error = said
	}
	return out
}

// verdictCase stands for a profile whose claims, few or odd, do not show that it did not pass.
func verdictCase(l *Load) junitCase {
	out := loadCase(l, "the profile as a whole: "+cmp.Or(l.Title, l.Profile))
	said := &junitTrouble{Type: string(l.Verdict), Message: cmp.Or(oneLine(l.Why), string(l.Verdict)), Text: harmless(l.Why + "\ngenerator: " + certificate(l.Generator))}
	if l.Verdict == LoadFail {
		out.Failure = said
	} else {
		out.Error = said
	}
	return out
}

func loadCase(l *Load, name string) junitCase {
	return junitCase{Name: name, Class: "load." + l.Profile, Time: "0.000", Properties: &junitProperties{}}
}

// findingSuite holds what no scenario owns, if there is any. A finding that only limits the verdict is a skip.
func findingSuite(r *Run) []junitSuite {
	if len(r.Findings) == 0 {
		return nil
	}
	s := junitSuite{Name: "the run itself"}
	for _, f := range r.Findings {
		c := junitCase{Name: f.Kind + ": " + f.Text, Class: "run", Time: "0.000"}
		said := &junitTrouble{Type: f.Kind, Message: oneLine(f.Text), Text: harmless(f.Text)}
		switch f.Exit {
		case 1:
			c.Failure = said
		case 0:
			c.Skipped = said
		default:
			c.Error = said
		}
		s.Cases = append(s.Cases, c)
	}
	return []junitSuite{s}
}
