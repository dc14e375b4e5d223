package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A state is where a run stands. Only its coordinator changes it.
type state string

// The states of a run.
const (
	gathering state = "gathering" // workers join and show what they can
	ready     state = "ready"     // nothing is sent
	playing   state = "playing"   // an attempt is under way, or will begin at its instant
	done      state = "done"
	aborted   state = "aborted"
)

// after says which states may follow.
var after = map[state][]state{
	"":        {gathering},
	gathering: {ready, aborted},
	ready:     {playing, done, aborted},
	playing:   {ready, aborted},
}

// A standing is what the bucket says of a run.
type standing struct {
	State state  `json:"state"`
	Why   string `json:"why,omitempty"`

	// Of the state playing: the attempt, the instant by the coordinator's clock, and how far the clock of
	// each worker that plays is ahead of that.
	N       int                      `json:"n,omitzero"`
	Start   time.Time                `json:"start,omitzero"`
	Offsets map[string]time.Duration `json:"offsets,omitempty"`
}

// next checks that s may follow. The error is our own mistake, or somebody else's who owns the run too.
func (s standing) next(to standing) error {
	if !slices.Contains(after[s.State], to.State) {
		return fmt.Errorf("a run cannot go from %q to %q", s.State, to.State)
	}
	return nil
}

// begins returns when the attempt begins by the clock of a worker; false where it was given up before.
func (s standing) begins(worker string) (time.Time, bool) {
	ahead, ok := s.Offsets[worker]
	return s.Start.Add(ahead), ok
}

// A register keeps a run's standing in its bucket.
type register struct {
	kv       jetstream.KeyValue
	at       standing
	revision uint64
}

const stateKey, planKey = "state", "plan"

// set moves the run on. Its error wraps that of the bucket: it cannot be reached, or the run has another
// owner.
func (r *register) set(ctx context.Context, to standing) error {
	if err := r.at.next(to); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	revision, err := r.write(ctx, written(to))
	if err != nil {
		return fmt.Errorf("the run's state %s: %w", to.State, err)
	}
	r.at, r.revision = to, revision
	return nil
}

func (r *register) write(ctx context.Context, text []byte) (uint64, error) {
	if r.revision == 0 {
		return r.kv.Create(ctx, stateKey, text)
	}
	return r.kv.Update(ctx, stateKey, text, r.revision)
}

func standingOf(text []byte) (s standing, err error) {
	err = json.Unmarshal(text, &s)
	return s, err
}
