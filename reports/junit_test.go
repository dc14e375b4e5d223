package reports_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// junit is what a CI system reads, in types of its own.
type junit struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name       string `xml:"name,attr"`
			Properties []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"properties>property"`
			Failure *junitMessage `xml:"failure"`
			Error   *junitMessage `xml:"error"`
			Skipped *junitMessage `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func parsed(t *testing.T, r *reports.Run) junit {
	t.Helper()
	var j junit
	if err := xml.Unmarshal([]byte(write(t, "junit", r)), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestJUnitCountsAddUp(t *testing.T) {
	for name, r := range samples() {
		j := parsed(t, r)
		var tests, failures, errors int
		for _, s := range j.Suites {
			var f, e, k int
			for _, c := range s.Cases {
				f += one(c.Failure)
				e += one(c.Error)
				k += one(c.Skipped)
			}
			if s.Tests != len(s.Cases) || s.Failures != f || s.Errors != e || s.Skipped != k {
				t.Errorf("%s: suite %q says %d %d %d %d, holds %d %d %d %d", name, s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), f, e, k)
			}
			tests, failures, errors = tests+s.Tests, failures+f, errors+e
		}
		if j.Tests != tests || j.Failures != failures || j.Errors != errors {
			t.Errorf("%s: the file says %d %d %d, holds %d %d %d", name, j.Tests, j.Failures, j.Errors, tests, failures, errors)
		}
	}
}

func one(m *junitMessage) int {
	if m == nil {
		return 0
	}
	return 1
}

// TestJUnitIsRedWhenTheExitCodeIsNotZero covers what CI systems do with the file: they count.
func TestJUnitIsRedWhenTheExitCodeIsNotZero(t *testing.T) {
	runs := []*reports.Run{
		passing(), mixed(), ended(), ended(reports.Skipped), strict(ended(reports.Passed, reports.Warned)), strict(ended(reports.Passed, reports.Skipped)),
		ended(reports.Passed, reports.KnownFail), ended(reports.Passed, reports.Warned), ended(reports.Blocked), ended(reports.UnexpectedPass),
		loaded(reports.LoadInvalid), loaded(reports.LoadInconclusive), loaded(reports.LoadFail), loaded(reports.LoadPass), found(ended(reports.Passed), 3),
		with(ended(reports.Passed), func(r *reports.Run) { r.Interrupted = true }),
	}
	for _, r := range runs {
		reports.Decide(r)
		j := parsed(t, r)
		if red := j.Failures+j.Errors > 0; red != (r.ExitCode() != 0) {
			t.Errorf("exit code %d (%q) with %d failures and %d errors", r.ExitCode(), r.Reasons, j.Failures, j.Errors)
		}
	}
}

func TestJUnitTellsEachOutcomeApart(t *testing.T) {
	type shape struct{ failure, err, skipped bool }
	want := map[reports.Outcome]shape{
		reports.Passed: {}, reports.Warned: {}, reports.Failed: {failure: true}, reports.UnexpectedPass: {failure: true},
		reports.Errored: {err: true}, reports.Blocked: {err: true}, reports.Skipped: {skipped: true}, reports.KnownFail: {skipped: true},
	}
	seen := 0
	for _, s := range parsed(t, mixed()).Suites {
		for _, c := range s.Cases {
			for _, p := range c.Properties {
				if p.Name != "outcome" {
					continue
				}
				seen++
				if got := (shape{c.Failure != nil, c.Error != nil, c.Skipped != nil}); got != want[reports.Outcome(p.Value)] {
					t.Errorf("%s: got %+v, want %+v", p.Value, got, want[reports.Outcome(p.Value)])
				}
			}
		}
	}
	if seen != 10 {
		t.Errorf("%d cases carry an outcome, want 10", seen)
	}
}

func TestJUnitCarriesRulesAndReasons(t *testing.T) {
	out := write(t, "junit", mixed())
	for _, part := range []string{
		`<property name="rule" value="KMS2-TOK-014">`, `<skipped type="skip" message="the target has one source address">`,
		"An access token opens no cipher call after its end.", `<property name="warning" value="it was accepted">`,
	} {
		if !strings.Contains(out, part) {
			t.Errorf("%s is missing", part)
		}
	}
}
