package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Remove deletes the given keys of the ledger from t by the calls that every target must have:
// request the deletion, then delete; one key after the other. It returns what could not be removed, a line each with
// the reason, in the order of the keys. It goes on after a failure and stops only when ctx ends.
func (l *Ledger) Remove(ctx context.Context, t *Target, tags ...string) (leftovers []string) {
	return l.remove(ctx, t, 1, tags)
}

// RemoveMany is Remove for very many keys, of which it removes several at once.
func (l *Ledger) RemoveMany(ctx context.Context, t *Target, tags ...string) (leftovers []string) {
	return l.remove(ctx, t, mostRemoving, tags)
}

func (l *Ledger) remove(ctx context.Context, t *Target, atOnce int, tags []string) []string {
	left := make([]string, len(tags))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(atOnce, len(tags)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(tags); i = next.Add(1) - 1 {
				left[i] = l.removeOne(ctx, t, tags[i])
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(left, func(line string) bool { return line == "" })
}

// mostRemoving is how many of very many keys are removed at once.
const mostRemoving = 16

// removeOne removes a key and notes it, or says why it could not.
func (l *Ledger) removeOne(ctx context.Context, t *Target, tag string) (leftover string) {
	if err := l.removeKey(ctx, t, tag); err != nil {
		return fmt.Sprintf("key %s (%s): %v", tag, l.name(tag), err)
	}
	if err := l.Removed(tag); err != nil {
		return fmt.Sprintf("key %s: removed, but the ledger could not be written: %v", tag, err)
	}
	return ""
}

func (l *Ledger) name(tag string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.alive[tag]
}

// removeKey removes a key from the host that has it. A key that is gone is no error.
func (l *Ledger) removeKey(ctx context.Context, t *Target, tag string) error {
	for _, api := range t.keyHosts() {
		if found, err := l.removeFrom(ctx, t, api, tag); found || err != nil {
			return err
		}
	}
	return nil
}

// keyHosts lists the hosts that keys may live at. A key that was migrated has left the first.
func (t *Target) keyHosts() []API {
	return slices.DeleteFunc([]API{API20, API20KR, API20JP}, func(api API) bool { return !t.Offers(api) })
}

// removeFrom requests the deletion of a key and deletes it, unless the host does not have it. A key
// that is pending already is no error.
func (l *Ledger) removeFrom(ctx context.Context, t *Target, api API, tag string) (found bool, err error) {
	path := "/kms/v1/keys/" + tag
	if _, err := l.patiently(ctx, t, api, http.MethodPost, path+"/request-deletion"); err != nil {
		return false, err
	}
	answer, err := l.patiently(ctx, t, api, http.MethodDelete, path)
	if err != nil || answer.Status == http.StatusNotFound {
		return false, err
	}
	if answer.Status != http.StatusOK {
		return true, fmt.Errorf("the deletion was answered with status %d", answer.Status)
	}
	return true, nil
}

// mostTurns bounds how often a call that removes a key, or looks for some to remove, is made while the target says
// that it is over a limit; a second passes between one and the next, for the published limits are per second.
const mostTurns = 10

func (l *Ledger) patiently(ctx context.Context, t *Target, api API, method, path string) (answer *Answer, err error) {
	for range mostTurns {
		if err := l.turn(ctx); err != nil {
			return nil, err
		}
		answer, err = t.owner(ctx, api, method, path)
		if err != nil || answer.Status != http.StatusTooManyRequests {
			return answer, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return answer, nil
}

// owner makes a call as the owner, outside the budget: cleaning up must never be refused by it.
func (t *Target) owner(ctx context.Context, api API, method, path string) (*Answer, error) {
	c, ok := t.Credentials["owner"]
	if !ok {
		return nil, errors.New("the target has no owner credential")
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	r := Request{API: api, Method: method, Path: path, Auth: SignatureV2(c)}
	req, err := t.HTTPRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	return t.exchange(req, r)
}
