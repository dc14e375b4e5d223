// Package fleet sends the calls of one load run from several processes, on this machine or on others,
// that talk over NATS: nothing between machines is made here.
//
// A [Coordinator] is the [loadgen.Fleet] of a run. It owns the run: keys, tokens and the verdict are made
// where it is. A worker, [Work], waits for a coordinator, takes some keys of a phase, sends their calls at
// the due times that it works out by itself, and reports what became of them.
//
// # What goes where
//
//	<prefix>.lobby                     a coordinator looks for workers
//	<prefix>.worker.<id>.<operation>   it asks one for something: join, clock, prove, arm, leave
//	<prefix>.run.<run>.pulse           the coordinator is alive
//	<prefix>.run.<run>.beat.<worker>   the worker is alive, with its live counters: lost ones are no loss
//	<prefix>.run.<run>.result.<n>.<worker>   what was recorded of attempt n; in the stream <PREFIX>_<run>
//	bucket <PREFIX>_<run>              plan: what is played; state: where the run stands
//
// The calls, signed and with their tokens, go in requests to the one worker that will send them. They are
// in no stream and in no bucket. Subjects, stream and bucket carry the run's id, so runs on one cluster do
// not meet.
package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// Beat is how often coordinator and workers say at least that they are alive. A worker that does not hear from its
// coordinator for two beats stops sending.
const Beat = time.Second

// silence is after how long without a sign of it the other end is taken for gone: two beats, by a worker
// of its coordinator; a coordinator waits one more, so that a worker has stopped before it is given up.
const (
	workerSilence      = 2 * Beat
	coordinatorSilence = 3 * Beat
)

// MaxOffset is how far a worker's clock may be off the coordinator's. The offset is measured and taken
// into account, but a clock that nobody keeps is set sooner or later, perhaps in the middle of a run.
const MaxOffset = time.Second

// Version is what coordinator and workers must have in common: the program's, which the caller gives, and
// what is said between them.
func spoken(version string) string { return version + "/3" }

// A plan is what all workers of a run know. It holds no secret.
type plan struct {
	Run     string          `json:"run"`
	Version string          `json:"version"`
	Profile loadgen.Profile `json:"profile"` // as it is played
	Seed    uint64          `json:"seed"`
}

// encode returns the plan's text and the hash that names it.
func (p plan) encode() (text []byte, hash string) {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // plain data
	}
	return text, hashOf(text)
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// planOf reads a plan. A worker that cannot say it again in the same words would play another one.
func planOf(text []byte, hash string) (p plan, err error) {
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("the plan cannot be read: %w", err)
	}
	if _, own := p.encode(); own != hash {
		return p, fmt.Errorf("the plan reads %.12s here and %.12s at the coordinator: the programs differ", own, hash)
	}
	return p, nil
}

// A hello answers a coordinator's call into its lobby.
type hello struct {
	ID   string `json:"id"`
	Host string `json:"host"`
}

// A join asks a worker to take part.
type join struct {
	Run     string `json:"run"`
	Name    string `json:"name"` // of the worker in this run
	Version string `json:"version"`
	Hash    string `json:"hash"` // of the plan
}

// A leave tells a worker that it is not asked any more. It is not answered: who does not hear it is not
// named in the next attempt either.
type leave struct {
	Run string `json:"run"`
	Why string `json:"why"`
}

// A proving asks a worker to show that it can tell a liar while it sends what these lanes ask for.
type proving struct {
	Run   string         `json:"run"`
	Lanes []loadgen.Lane `json:"lanes"`
}

// An arming gives a worker what it needs for an attempt but for the instant. It may come in several, the
// last one with the lanes. It is a secret.
type arming struct {
	Run     string           `cbor:"1,keyasint"`
	N       int              `cbor:"2,keyasint"` // of the attempt in the run
	Share   []byte           `cbor:"3,keyasint"` // JSON of a loadgen.Share; empty: more calls will come, or they renew others
	Calls   []loadgen.Signed `cbor:"4,keyasint"`
	Renewal bool             `cbor:"5,keyasint,omitempty"`
}

// A said answers what is asked of a worker: with a sentence, where it was refused.
type said struct {
	Refused  string            `json:"refused,omitempty"`
	Controls []reports.Control `json:"controls,omitempty"`
	Now      time.Time         `json:"now,omitzero"`
}

// A beat is a worker's sign of life.
type beat struct {
	N     int           `json:"n"` // attempt under way; zero: none
	Count loadgen.Count `json:"count"`
	Why   string        `json:"why,omitempty"` // why it leaves
}

// A result is one report in the stream.
type result struct {
	Seq    int            `cbor:"1,keyasint"` // of the worker in the attempt, from zero
	Report loadgen.Report `cbor:"2,keyasint"`
}

// packing reads what a colleague wrote; it is bounded, and what it does not know is an error.
var packing = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 16, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField}.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

func packed(v any) []byte {
	data, err := cbor.Marshal(v)
	if err != nil {
		panic(err) // plain data
	}
	return data
}

func written(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data
	}
	return data
}
