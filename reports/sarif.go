package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// SARIF writes the findings as SARIF 2.1.0, on the line of the scenario in its feature file, for systems
// that show findings beside the code.
//
// fail, unexpected-pass and a refuted claim that decides are errors, a warning is a warning, a known failure
// is suppressed. What could not be asked is no result: it is a notification of the invocation, which is
// then marked as unsuccessful. The message of a scenario begins with the rule in words and ends with its last
// exchange, as in JUnit. Paths are those of this repository.
func SARIF(w io.Writer, r *Run) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "kmsproof", Version: harmless(r.Version), Information: "https://github.com/kmsproof/kmsproof", Rules: []sarifRule{}}
	for i := range r.Scenarios {
		run.scenario(r, &r.Scenarios[i])
	}
	for i := range r.Loads {
		run.load(&r.Loads[i])
	}
	run.Invocations = []sarifInvocation{invocation(r)}
	doc := sarif{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
	if err := json.MarshalWrite(w, doc, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifDriver struct {
	Name        string      `json:"name"`
	Version     string      `json:"version,omitempty"`
	Information string      `json:"informationUri"`
	Rules       []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	ExitCode      int                 `json:"exitCode"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			Line int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// rule gives the rule's place in the driver's list, in which it enters it once.
func (run *sarifRun) rule(id, statement string) int {
	rules := &run.Tool.Driver.Rules
	if i := slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == id }); i >= 0 {
		return i
	}
	*rules = append(*rules, sarifRule{ID: id, Short: said(statement, id)})
	return len(*rules) - 1
}

// said is a text, or its stand-in where there is none.
func said(text, otherwise string) sarifText {
	if text = oneLine(harmless(text)); text == "" {
		text = otherwise
	}
	return sarifText{text}
}

func (run *sarifRun) add(id, statement, level, message, file string, line int, name string) *sarifResult {
	id = oneLine(harmless(id))
	result := sarifResult{
		RuleID: id, RuleIndex: run.rule(id, statement), Level: level, Message: sarifText{strings.TrimSpace(harmless(message))},
		Fingerprints: map[string]string{"kmsproof/v1": oneLine(harmless(name))},
	}
	var at sarifLocation
	at.Physical.Artifact.URI, at.Physical.Region.Line = uri(file), max(line, 1)
	result.Locations = []sarifLocation{at}
	run.Results = append(run.Results, result)
	return &run.Results[len(run.Results)-1]
}

// uri keeps of a path what may stand in a relative URI as it is.
func uri(path string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune("/._-", c):
			return c
		}
		return '_'
	}, path)
}

func (run *sarifRun) scenario(r *Run, s *Scenario) {
	level := map[Outcome]string{Failed: "error", UnexpectedPass: "error", Warned: "warning", KnownFail: "error"}[s.Outcome]
	if level == "" {
		return
	}
	if r.fails(s.Outcome) {
		level = "error"
	}
	id := first(s.Rules)
	if id == "" {
		id = "no-rule"
	}
	result := run.add(id, r.Rule(id).Statement, level, account(r, s), s.File, s.Line, s.ID)
	if s.Outcome == KnownFail {
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: said(s.Known, "known to fail").Text}}
	}
}

// load files the claims that decide. They have no line; the profile's file stands for it.
func (run *sarifRun) load(l *Load) {
	for _, c := range l.Claims {
		if c.Gates && c.Verdict == Refuted {
			name := l.Profile + "/" + c.Name
			run.add("load/"+name, c.Text, "error", l.On()+": "+c.Text+": "+c.grounds(), "loadgen/profiles/"+l.Profile+".yaml", 1, name)
		}
	}
}

// invocation tells what gives no verdict, and what is wrong with the run itself.
func invocation(r *Run) sarifInvocation {
	v := sarifInvocation{Successful: r.Verdict != None, ExitCode: r.ExitCode()}
	note := func(level, text string) {
		v.Notifications = append(v.Notifications, sarifNotification{level, said(text, "no reason noted")})
	}
	for _, s := range r.With(Errored, Blocked) {
		note("error", fmt.Sprintf("%s: %s: %s", s.Outcome, s.ID, s.why()))
	}
	for i := range r.Loads {
		if why, open := openLoad(&r.Loads[i]); open {
			note("error", why.Says[english])
		}
	}
	for _, f := range r.Findings {
		level := "error"
		if f.Exit == 0 {
			level = "note"
		}
		note(level, f.Kind+": "+f.Text)
	}
	return v
}
