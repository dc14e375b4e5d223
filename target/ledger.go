package target

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// KeyPrefix begins the name of every key that a run creates.
const KeyPrefix = "kp-"

// A Ledger is the record of the keys that a run has created on a target and not yet removed. It is
// written before it is needed: an interrupted run leaves it behind for a sweep. It is safe for
// concurrent use.
type Ledger struct {
	run    string
	budget Budget

	mu    sync.Mutex
	out   io.Writer
	pace  func(context.Context) error
	named int               // names given
	keys  int               // of them, for keys
	alive map[string]string // key tag to key name
	most  int               // that were alive at once
	lost  []string          // names of keys that may be on the target, for their creation got no answer
}

// NewLedger returns a ledger for the run with the given six-character id. Every change is written
// to out as one line of JSON; out may be nil.
func NewLedger(run string, budget Budget, out io.Writer) *Ledger {
	return &Ledger{run: run, budget: budget, out: out, alive: map[string]string{}}
}

// Record makes every later change a line in out.
func (l *Ledger) Record(out io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = out
}

// Pace makes every later call that removes a key, or looks for some to remove, wait for its turn first.
func (l *Ledger) Pace(turn func(context.Context) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace = turn
}

// turn waits until the next such call may be made.
func (l *Ledger) turn(ctx context.Context) error {
	l.mu.Lock()
	pace := l.pace
	l.mu.Unlock()
	if pace == nil {
		return nil
	}
	return pace(ctx)
}

// NextName returns a fresh key name, kp-<run>-<counter>: the API allows 15 characters. It is noted before it
// is used, so that a key of which nobody ever hears is found by its name. Its error wraps ErrBudget when one
// more key would be over the budget.
func (l *Ledger) NextName() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.budget.KeysTotal > 0 && l.keys >= l.budget.KeysTotal {
		return "", fmt.Errorf("%w: %d keys in all", ErrBudget, l.budget.KeysTotal)
	}
	if l.budget.Keys > 0 && len(l.alive) >= l.budget.Keys {
		return "", fmt.Errorf("%w: %d keys alive at once", ErrBudget, l.budget.Keys)
	}
	l.keys++
	return l.fresh()
}

// FreshName is NextName for a key that is there: no budget counts it.
func (l *Ledger) FreshName() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fresh()
}

func (l *Ledger) fresh() (string, error) {
	l.named++
	counter := strconv.FormatInt(int64(l.named), 36)
	name := l.prefix() + strings.Repeat("0", max(0, 5-len(counter))) + counter
	return name, l.write(map[string]string{"named": name})
}

// prefix begins the names that the run makes up.
func (l *Ledger) prefix() string { return KeyPrefix + l.run + "-" }

// Named notes a name that the run is about to give to a key and that does not carry its prefix, for who
// has to find out whose a key is: it may be another's.
func (l *Ledger) Named(name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write(map[string]string{"named": name})
}

// Created notes a key that now exists on the target.
func (l *Ledger) Created(tag, name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alive[tag] = name
	l.most = max(l.most, len(l.alive))
	return l.write(map[string]string{"created": tag, "name": name})
}

// Removed notes a key that is gone.
func (l *Ledger) Removed(tag string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.alive[tag]; !ok {
		return nil
	}
	delete(l.alive, tag)
	return l.write(map[string]string{"removed": tag})
}

// Alive returns the tags of the keys that still exist, sorted.
func (l *Ledger) Alive() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	tags := make([]string, 0, len(l.alive))
	for tag := range l.alive {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}

// Most returns how many keys were alive at once, at most.
func (l *Ledger) Most() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most
}

// Lost notes that a key of this name, which may be empty, was asked for and that no answer tells whether the
// target made it. [Ledger.Recover] finds out.
func (l *Ledger) Lost(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = append(l.lost, name)
}

// Unsure reports whether keys may be on the target of which the ledger does not know.
func (l *Ledger) Unsure() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lost) > 0
}

// Recover looks for lost keys on t and removes those that have the prefix of the run. It returns what it could
// not find out or remove, a line each: a key of another name may be somebody else's, so it is only told of.
func (l *Ledger) Recover(ctx context.Context, t *Target) (leftovers []string) {
	l.mu.Lock()
	lost := slices.Clone(l.lost)
	l.mu.Unlock()
	if len(lost) == 0 {
		return nil
	}
	found, err := l.keysThat(ctx, t, func(k listedKey) bool {
		return l.name(k.Tag) == "" && (strings.HasPrefix(k.Name, l.prefix()) || k.Name != "" && slices.Contains(lost, k.Name))
	})
	if err != nil {
		return []string{fmt.Sprintf("%d keys were asked for without an answer, and whether they are there is not known: %v", len(lost), err)}
	}
	l.mu.Lock()
	l.lost = nil
	l.mu.Unlock()
	for _, tag := range slices.Sorted(maps.Keys(found)) {
		if name := found[tag]; !strings.HasPrefix(name, l.prefix()) {
			leftovers = append(leftovers, fmt.Sprintf("key %s (%s): a key of this name was asked for without an answer; this may be it, or somebody else's", tag, name))
			continue
		}
		if err := l.Created(tag, found[tag]); err != nil {
			leftovers = append(leftovers, fmt.Sprintf("key %s: %v", tag, err))
		}
		leftovers = append(leftovers, l.Remove(ctx, t, tag)...)
	}
	return leftovers
}

func (l *Ledger) write(entry map[string]string) error {
	if l.out == nil {
		return nil
	}
	line, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	_, err = l.out.Write(append(line, '\n'))
	return err
}
