package steps

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Options says what to run and on what. The zero value of every field but Open runs everything.
type Options struct {
	Features  fs.FS         // *.feature and rules.yaml; nil means the embedded ones
	Files     []string      // feature files on disk, in place of those of Features
	Explore   int           // so many sequences of calls, drawn from a model, in place of the scenarios
	Clients   int           // more than 1: instead of sequences, Explore histories of so many clients that call at once
	Shrink    time.Duration // longest time for making a failing sequence shorter; 0: 3 s, a minute where calls are paced
	Open      target.Opener // required by Run
	Tags      string        // tag expression: "@KMS2-TOK-001 and not @needs-clock"
	Rule      string        // prefix of rule IDs: "KMS2-TOK"
	IDs       []string      // globs of case IDs; * stands for any text, ? for one character
	Only      []string      // exact IDs, such as those of an earlier run; nil means no such limit
	Shard     string        // "2/3" runs the second of three parts; a case's part depends on its ID alone
	Seed      uint64        // of the order and of the plaintexts
	Parallel  int           // cases at once; 0 means GOMAXPROCS
	Rate      int           // calls a second, in all, on a shared target without an admin listener; 0 means ForeignRate, below 0 no limit
	DeadAfter int           // cases in a row without an answer after which the target counts as dead and the run stops; 0 means 5
	FailFast  bool          // stop at the first case that failed, unless the failure is known
	Strict    bool          // for FailFast and Test: a warning counts as a failure
	Trace     bool          // keep the exchanges of every case, not only of those that did not pass
	Keep      bool          // leave the created keys on a target that is not disposable
	Known     []Known       // failures that are expected

	// Keys is how many keys each case holds at once on a shared target, at most, by ID, as an earlier run
	// told: cases then wait for each other so that Target.Budget.Keys is kept to. Nil: they do not wait,
	// and one that needs a key more than that ends with an error.
	Keys map[string]int

	// Retry is how long a call that a limit refused is held back before it is made again; 0: a second,
	// for which the published limits are.
	Retry time.Duration
	// Held is called before the first When of each case, with what was given done; nil: nothing is. A
	// run under load waits in it until the load has taken hold.
	Held func(context.Context) error

	// AllowOverload permits scenarios that push the target past its published limits. They always
	// run where the admin listener shows a reference.
	AllowOverload bool
	Has           []string        // capabilities to take for granted beside those that are found
	Started       func(id string) // called before each case that is not skipped; may be nil
	Progress      func(Progress)  // called after each case; may be nil. It and Started are called one at a time
}

// Progress is where a run stands.
type Progress struct {
	Done, Total int
	Case        reports.Scenario // the one that has just ended
}

// Result is what a run found. Scenarios are in the order of the plan.
type Result struct {
	Scenarios []reports.Scenario
	Ended     []reports.Scenario // the same, as they ended before known failures were applied; nil where there are none
	Rules     []reports.Rule     // those that the scenarios name
	Findings  []reports.Finding
	Leftovers []string // what was made and could not be removed
	NotRun    []string // IDs of cases that were selected and not started: cancelled, fail fast, a dead target
	Target    reports.Target
	Keys      map[string]int // that each case held at once, at most, by ID
	Evidence  []Evidence
}

// Evidence is a file to be laid beside the run file.
type Evidence struct {
	Name string
	Text []byte
}

// ErrSelection is wrapped by the error of a selection that names nothing that exists, or does not
// parse.
var ErrSelection = errors.New("selection")

// ErrSuite is wrapped by the error of features or rules that are wrong in themselves.
var ErrSuite = errors.New("suite")
