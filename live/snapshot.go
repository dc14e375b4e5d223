// Package live shows a run while it runs: on a terminal, as plain lines, and as a page.
//
// A run tells a [Board] what happens. A view takes a [Snapshot] of it now and then, the terminal four
// times a second, and draws that: [Draw] and [Line] are pure functions from a snapshot to text, and the
// page gets it as JSON. So all views show the same, and no call under load waits for one.
package live

import (
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// Snapshot is what a run looks like at an instant. In JSON durations are nanoseconds.
type Snapshot struct {
	Command     string        `json:"command"` // the verb
	Target      string        `json:"target"`
	Elapsed     time.Duration `json:"elapsed"`
	Left        time.Duration `json:"left"` // about; below zero: not known
	Interrupted bool          `json:"interrupted"`
	Verdict     string        `json:"verdict"` // empty while it runs; "none" also where there is none

	Reasons []reports.Saying `json:"reasons"` // why the verdict is not pass, a sentence each

	Scenarios *Scenarios `json:"scenarios"` // nil: the run has none
	Loads     []Load     `json:"loads"`     // in the order in which they are played
}

// Scenarios is how far the scenarios are. Passed, Warned and Skipped add up with NotPassed to Done.
// A failure counts as one here also where it is known: what is known is looked up at the end.
type Scenarios struct {
	Done      int       `json:"done"`
	Total     int       `json:"total"` // 0 before the first has ended
	Passed    int       `json:"passed"`
	Warned    int       `json:"warned"`
	Skipped   int       `json:"skipped"`
	NotPassed int       `json:"notPassed"`
	Running   []Running `json:"running"` // longest first
	Failed    []Failure `json:"failed"`  // what did not pass: failures before the rest, latest first, at most ten
}

// Running is a scenario under way.
type Running struct {
	ID  string        `json:"id"`
	For time.Duration `json:"for"`
}

// Failure is a scenario that did not pass.
type Failure struct {
	ID      string          `json:"id"`
	Outcome reports.Outcome `json:"outcome"`
	Reason  string          `json:"reason"`
}

// A Stage says where a load profile is.
type Stage string

// The stages of a load profile, in their order. Between phases it rests again.
const (
	Waiting Stage = "waiting"
	SetUp   Stage = "set-up" // its keys are made and tried
	Playing Stage = "playing"
	Resting Stage = "resting" // between phases: nothing is sent
	Ended   Stage = "ended"
)

// Load is how far a load profile is.
type Load struct {
	Profile string              `json:"profile"`
	Stage   Stage               `json:"stage"`
	Left    time.Duration       `json:"left"`
	Verdict reports.LoadVerdict `json:"verdict"` // empty before it has ended
	Why     reports.Saying      `json:"why"`
	Limit   float64             `json:"limit"` // published calls per second
	Scope   string              `json:"scope"` // "key": of each key; "system": of all together

	Phase   string        `json:"phase"` // the one under way or, while it rests, before
	Attempt int           `json:"attempt"`
	At      time.Duration `json:"at"`
	Of      time.Duration `json:"of"`
	Rate    float64       `json:"rate"` // planned per key and second
	Over    bool          `json:"over"` // it pushes past the published limit on purpose

	Keys        []Key       `json:"keys"`
	Certificate Certificate `json:"certificate"`
	Refusable   float64     `json:"refusable"` // share of refusals that is still possible, at 99.9 % certainty; 1: unknown

	Phases []Phase `json:"phases"` // all of them, with what is known
	Claims []Claim `json:"claims"` // proven or refuted by the phases that have ended; all of them at the end
}

// A Claim of a profile, and on what its verdict rests in each language.
type Claim struct {
	reports.Claim

	Says reports.Saying `json:"says"`
}

// Key is what one key sees in the attempt under way.
type Key struct {
	Name     string        `json:"name"`
	Offered  float64       `json:"offered"`  // per second, over the last second
	Accepted float64       `json:"accepted"` // the same
	Sent     int64         `json:"sent"`     // in the attempt, as are those below
	Refused  int64         `json:"refused"`  // by a limit
	Other    int64         `json:"other"`    // refused for another reason, errors and time-outs
	Missed   int64         `json:"missed"`   // due, and not sent in time
	P99      time.Duration `json:"p99"`      // from due to the answer, of accepted calls; zero: none yet
	Seconds  []float64     `json:"seconds"`  // accepted in each whole second of the attempt, at most the last sixty
}

// Certificate is how punctual the generator is in the attempt under way, beside what it owes.
type Certificate struct {
	Holds   bool          `json:"holds"`
	Late    time.Duration `json:"late"`    // 99th percentile of send minus due
	LateMax time.Duration `json:"lateMax"` // highest that counts
	Lost    int64         `json:"lost"`    // calls that could not leave, by the generator's own doing
	Spare   int64         `json:"spare"`   // that many may be lost
}

// Phase is one phase of a profile.
type Phase struct {
	Name     string   `json:"name"`
	Played   bool     `json:"played"`
	OK       bool     `json:"ok"`       // the certificate of its last attempt
	Attempts int      `json:"attempts"` // that have ended
	Problems []string `json:"problems"` // of the last attempt
}
