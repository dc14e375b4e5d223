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
	Curl     string `json:"curl"` // a command line that repeats it, secrets as shell variables
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

// LoadVerdict is what a load profile says.
type LoadVerdict string

// The verdicts of a load profile.
const (
	LoadPass         LoadVerdict = "pass"
	LoadFail         LoadVerdict = "fail"
	LoadInvalid      LoadVerdict = "invalid"      // the generator fell short; nothing is said about the target
	LoadInconclusive LoadVerdict = "inconclusive" // the data allow both readings
)

// ClaimVerdict is what the data say about one claim.
type ClaimVerdict string

// The verdicts of a claim.
const (
	Proven            ClaimVerdict = "proven"
	Refuted           ClaimVerdict = "refuted"
	ClaimInconclusive ClaimVerdict = "inconclusive"
	ClaimInvalid      ClaimVerdict = "invalid"
)

// Load is one load profile's result.
type Load struct {
	Profile   string      `json:"profile"`
	Title     string      `json:"title"` // what the profile decides, in a sentence
	Hash      string      `json:"hash"`  // SHA-256 of the profile and the seed
	Verdict   LoadVerdict `json:"verdict"`
	Why       string      `json:"why"` // a sentence that a person understands
	Claims    []Claim     `json:"claims"`
	Model     *Model      `json:"model,omitempty"`
	Limit     *Limit      `json:"limit,omitempty"` // what is published; the line in the plots
	Generator Generator   `json:"generator"`
	Phases    []Phase     `json:"phases"`
	Keys      []KeySeries `json:"keys"`
	Controls  []Control   `json:"controls,omitempty"`  // what was tried first on a server of our own
	Isolation *Isolation  `json:"isolation,omitempty"` // of the profiles in which one key is hot
	Fairness  []Fairness  `json:"fairness,omitempty"`  // a line for each phase that drives several keys over the limit
	Witnesses []Witness   `json:"witnesses,omitempty"` // of the claims that were refuted
	Replays   []Replay    `json:"replays,omitempty"`   // what other limiters would have done with the same calls
	Workers   []Worker    `json:"workers,omitempty"`   // that sent the calls; none: the process that judged them did
	LeftOut   []string    `json:"leftOut"`             // phases not played, because they push a target past its published limit
}

// API returns which API the profile was played on, "2.0" or "1.0"; empty where it has no keys.
func (l *Load) API() string {
	if len(l.Keys) == 0 {
		return ""
	}
	return l.Keys[0].API
}

// On names the profile with its API: the two published limits contradict each other only for who does
// not see that they are of two APIs.
func (l *Load) On() string {
	if api := l.API(); api != "" {
		return l.Profile + " (API " + api + ")"
	}
	return l.Profile
}

// Claim is one statement about the target, with what the data say about it.
type Claim struct {
	Name    string       `json:"name"`
	Text    string       `json:"text"` // the statement in words
	Verdict ClaimVerdict `json:"verdict"`
	Gates   bool         `json:"gates"`  // false: reported, does not decide
	Bound   string       `json:"bound"`  // what was shown, in numbers: "at least 298.6 per second"
	PError  float64      `json:"pError"` // bound on the probability that a proven or refuted is wrong; 0 where none is known: Bound then says what it rests on
	Why     string       `json:"why"`
}

// Model is the limiter that fits what was seen.
type Model struct {
	Kind  string   `json:"kind"`  // "token bucket", "fixed window", ...; two where both explain the same; "none seen", "unknown"
	Scope string   `json:"scope"` // "key", "system", "pairs" of keys, "unknown"
	Rate  Interval `json:"ratePerSecond"`
	Burst Interval `json:"burst"`
}

// Limit is a published limit that a load profile is about.
type Limit struct {
	Rate  float64 `json:"ratePerSecond"`
	Scope string  `json:"scope"` // "key": each key has it for itself; "system": all keys share it
}

// Interval is a range with the best value in it. A bound that the data do not give is null.
type Interval struct {
	Low  *float64 `json:"low"`
	Best *float64 `json:"best"`
	High *float64 `json:"high"`
}

// Generator is the certificate of the load generator over all phases.
type Generator struct {
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"` // each limit that was missed, in words
	Planned  int64    `json:"planned"`
	Sent     int64    `json:"sent"`
	Missed   int64    `json:"missed"`           // due, and given up: nothing is made up for later
	Blocked  int64    `json:"blocked,omitzero"` // of those missed: the target owed answers to all calls that may be in flight
	Repeats  []string `json:"repeats,omitzero"` // each phase that was played again, with what was wrong before
	Workers  int      `json:"workers"`

	Machine []Machine `json:"machine,omitzero"` // what the machine did to the generator, for each attempt; it explains, and decides nothing
}

// Phase is one stretch of a load profile.
type Phase struct {
	Name     string    `json:"name"`
	Attempt  int       `json:"attempt"` // 1, or 2 and 3 when it was repeated
	OK       bool      `json:"ok"`      // the certificate
	Problems []string  `json:"problems"`
	Start    float64   `json:"start"` // seconds from the start of the profile
	Seconds  float64   `json:"seconds"`
	Keys     []int     `json:"keys"` // indexes into Load.Keys of the keys that were under load
	Rate     float64   `json:"rate"` // planned per key and second
	Planned  int64     `json:"planned"`
	Sent     int64     `json:"sent"`
	Missed   int64     `json:"missed"`
	Blocked  int64     `json:"blocked,omitzero"` // of those missed, by the target's doing
	Accepted int64     `json:"accepted"`
	Limited  int64     `json:"limited"`
	Refused  int64     `json:"refused"`         // refused for another reason
	Errors   int64     `json:"errors"`          // server errors, transport errors and time-outs
	Late     Quantiles `json:"late"`            // send minus due
	Due      Quantiles `json:"due"`             // latency of accepted calls from the due time
	Send     Quantiles `json:"send"`            // the same from the real send
	Server   Quantiles `json:"server,omitzero"` // the server's own time for them, where it says so (Server-Timing)
	GaveUp   Quantiles `json:"gaveUp,omitzero"` // missed calls and time-outs: from due until given up, so that what they would have taken is more
}

// Quantiles are milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

// KeySeries is what one key saw, second by second from the start of the profile.
type KeySeries struct {
	Name     string  `json:"name"`
	API      string  `json:"api"`      // "2.0" or "1.0"
	Offered  []int64 `json:"offered"`  // sent in that second, by due time
	Accepted []int64 `json:"accepted"` // of those
	Limited  []int64 `json:"limited"`  // refused by a limit
	Other    []int64 `json:"other"`    // refused otherwise, server error, transport error or time-out
}

// Finding is something wrong that belongs to the run rather than to a scenario.
type Finding struct {
	Kind string `json:"kind"` // known-failures, target-died, selection
	Text string `json:"text"`
	Exit int    `json:"exit"` // the exit code that it asks for: 1, 3, or 0, which makes the run partial at best
}

// Evidence is a file beside the run file.
type Evidence struct {
	Path   string `json:"path"` // relative to the run file
	SHA256 string `json:"sha256"`
}
