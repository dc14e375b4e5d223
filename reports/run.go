// Package reports holds the run file, run.json, and the formats made from it.
//
// A run file is the one record of a run. Every other format is a pure function of it, so a report
// can be made again at any time, on any machine, from the file alone.
package reports

import (
	"fmt"
	"strings"
	"time"
)

// Schema is the version of the run file that this package writes. It grows when a member changes
// its meaning or goes; new members do not change it.
const Schema = 1

// Run is one run of kmsproof. Decide fills Verdict and Reasons from the rest.
//
// Its slices and maps may be nil: the run file shows them as [] and {}, never as null.
type Run struct {
	Schema      int               `json:"schema"`
	Version     string            `json:"version"` // of kmsproof
	Command     string            `json:"command"` // the verb: prove, conform, load
	Seed        uint64            `json:"seed"`
	Started     time.Time         `json:"started"`
	Millis      int64             `json:"millis"` // how long the run took
	Config      map[string]string `json:"config"` // effective configuration, secrets removed
	Verdict     Verdict           `json:"verdict"`
	Reasons     []string          `json:"reasons"` // why the verdict is not pass, a sentence each, gravest first
	Strict      bool              `json:"strict"`  // warnings count as failures, partial as no verdict
	Interrupted bool              `json:"interrupted"`
	Target      Target            `json:"target"`
	Rules       []Rule            `json:"rules"` // those that the scenarios name
	Scenarios   []Scenario        `json:"scenarios"`
	NotRun      []string          `json:"notRun,omitempty"`     // IDs of scenarios that were selected and not started, because the run ended before
	Likenesses  []Likeness        `json:"likenesses,omitempty"` // mutants that behave like the target, where it failed
	Loads       []Load            `json:"loads"`
	Findings    []Finding         `json:"findings"`  // what no scenario owns: stale known failures, a dead target
	Leftovers   []string          `json:"leftovers"` // what the run made and could not remove; partial at best
	Evidence    []Evidence        `json:"evidence"`
}

// Verdict is what a run says as a whole.
type Verdict string

// The verdicts of a run.
const (
	Pass    Verdict = "pass"
	Fail    Verdict = "fail"
	Partial Verdict = "partial" // passed as far as it went: a MUST scenario was skipped, or load phases were left out
	None    Verdict = "none"    // nothing can be said: errors, nothing selected, an invalid or inconclusive load
)

// Target is what the run was pointed at.
type Target struct {
	Name      string            `json:"name"`
	URLs      map[string]string `json:"urls"`      // by API: api20, api10, admin, …
	Declared  []string          `json:"declared"`  // capabilities that the target file declares
	Found     []string          `json:"found"`     // capabilities that the run found by asking
	Reference string            `json:"reference"` // version of the kmsproof reference behind it; empty: a foreign target
}

// Level says how binding a rule is.
type Level string

// The levels of rules. Only what the vendor documents is MUST.
const (
	Must     Level = "MUST"
	Should   Level = "SHOULD"
	Inferred Level = "INFERRED" // our reading of something the documents leave open
)

// Rule is a numbered rule of the published API.
type Rule struct {
	ID        string `json:"id"`
	Level     Level  `json:"level"`
	Origin    string `json:"origin"`
	Statement string `json:"statement"`
	Risk      string `json:"risk"`
	Rival     string `json:"rival,omitempty"` // INFERRED only: the other reading

	Korean Translation `json:"korean,omitzero"` // zero: there is none

	Mutants []string `json:"mutants,omitempty"` // references with one known flaw that its scenarios are named to catch
}

// Translation is what a rule says in another language.
type Translation struct {
	Statement string `json:"statement"`
	Rival     string `json:"rival,omitempty"`
}

// Outcome is how a scenario ended.
type Outcome string

// The outcomes of a scenario.
const (
	Passed         Outcome = "pass"
	Failed         Outcome = "fail"            // the target broke a MUST rule
	Warned         Outcome = "warn"            // a SHOULD or INFERRED rule was not met
	Skipped        Outcome = "skip"            // the target lacks a capability; Reason names it
	Blocked        Outcome = "blocked"         // a precondition was refused
	Errored        Outcome = "error"           // the suite's own fault, or no answer came
	KnownFail      Outcome = "known-fail"      // failed, and the known-failures file says so
	UnexpectedPass Outcome = "unexpected-pass" // passed, though the known-failures file says that it fails
)

// Scenario is one executed (or skipped) case; a row of an outline is a case of its own.
type Scenario struct {
	ID        string     `json:"id"` // file/title: stable, unique
	Title     string     `json:"title"`
	Feature   string     `json:"feature"` // title of the feature
	File      string     `json:"file"`    // features/token.feature
	Line      int        `json:"line"`
	Outline   int        `json:"outline,omitzero"` // line of the outline that it is a row of; 0: of none
	Rules     []string   `json:"rules"`
	Level     Level      `json:"level"` // the most binding level of its rules
	Outcome   Outcome    `json:"outcome"`
	Reason    string     `json:"reason"`             // empty for pass
	Expected  string     `json:"expected,omitempty"` // what the step wanted, in words; empty: Reason says it
	Seen      string     `json:"seen,omitempty"`     // what the target did instead
	Known     string     `json:"known,omitempty"`    // what the known-failures file says about it
	Step      string     `json:"step"`               // the step that decided; empty for pass
	Keyword   string     `json:"keyword"`            // Given, When or Then: the kind of that step
	Readings  []string   `json:"readings"`           // which of several allowed readings was seen
	Millis    float64    `json:"millis"`
	Exchanges []Exchange `json:"exchanges"` // kept for what did not pass, or for all with --trace
	Worst     int        `json:"-"`         // the highest status of its answers, those that are not kept included
}

// Exchange is one request and its answer, secrets removed.
type Exchange struct {
	Step     string `json:"step"`
	Request  string `json:"request"` // method and URL
	Headers  string `json:"headers"` // one "Name: value" a line
	Body     string `json:"body"`
	Status   int    `json:"status"` // 0: no answer
	Answer   string `json:"answer"`
	From     string `json:"from"` // source address, when the run chose one
	Curl     string `json:"curl"` // a command line that repeats it, secrets as shell variables; empty: none does
	NoAnswer string `json:"noAnswer,omitempty"`
}

// A Likeness says how much a target behaves like a mutant: like a reference with one known flaw.
type Likeness struct {
	Mutant  string   `json:"mutant"`
	Flaw    string   `json:"flaw"`
	Alike   int      `json:"alike"`   // scenarios that do not pass on either, with the same outcome
	Missing []string `json:"missing"` // that do not pass on the mutant, and end otherwise on the target
	Besides []string `json:"besides"` // that pass on the mutant, and do not on the target
}

// Exact reports whether every scenario ended on the target as on the mutant.
func (l Likeness) Exact() bool { return len(l.Missing)+len(l.Besides) == 0 }

// String says it in a sentence.
func (l Likeness) String() string {
	said := fmt.Sprintf("behaves like mutant %s: %s", l.Mutant, strings.TrimSuffix(l.Flaw, "."))
	if l.Exact() {
		return said + fmt.Sprintf(" (%s that %s not pass on it, and no other).", count(l.Alike, "scenario"), pick(l.Alike, "does", "do"))
	}
	said = "is near to" + strings.TrimPrefix(said, "behaves like") + fmt.Sprintf(" (%s alike", count(l.Alike, "scenario"))
	if len(l.Missing) > 0 {
		said += "; otherwise on it: " + list(l.Missing, ", ", 3)
	}
	if len(l.Besides) > 0 {
		said += "; only here: " + list(l.Besides, ", ", 3)
	}
	return said + ")."
}

// Stopped is the kind of the finding that says what ended a run before its time.
const Stopped = "interrupted"

// Finding is something wrong that belongs to the run rather than to a scenario.
type Finding struct {
	Kind string `json:"kind"` // known-failures, target-died, selection, interrupted
	Text string `json:"text"`
	Exit int    `json:"exit"` // the exit code that it asks for: 1, 3, or 0, which makes the run partial at best
}

// Evidence is a file beside the run file.
type Evidence struct {
	Path   string `json:"path"` // relative to the run file
	SHA256 string `json:"sha256"`
}
