package proof

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// An echo repeats what scenarios encrypt by token, so that their own keys are under load with the very
// tokens that they are about, and decrypts some of it. What a scenario may conclude of its own few calls holds for
// every one of these.
type echo struct {
	t      *target.Target
	rate   float64 // calls per second and key
	random *rand.Rand

	mu   sync.Mutex
	keys map[string]*overheard // by path

	counts
}

// counts is what became of the calls that an echo makes.
type counts struct {
	due, sent                          int
	accepted, limited, refused, failed int
	wrong                              int // accepted, and answered without a ciphertext
	stale                              int // accepted after the scenario had seen the token refused
	opened                             int // answers that were decrypted again, or were refused for what they are
	spoilt                             int // of them, those that did not give back what was encrypted
}

// A repeatable is a call that was overheard.
type repeatable struct {
	token string
	body  []byte
	from  target.Source
}

// An errand is one call of an echo: an overheard one, or with an answer to such a one, its decryption.
type errand struct {
	key     string // path
	call    repeatable
	changes int // to the key before the call was repeated
	sealed  *sealed
}

const (
	beat        = 4 * time.Millisecond // between one batch of calls and the next
	mostPending = 64                   // calls under way
	// forgotten is how long a call is repeated that is not made any more.
	forgotten = 5 * time.Second
	// oneIn is how many calls there are for each that decrypts. They share what is due, so that the load is as wanted.
	oneIn = 8
)

// run repeats calls until ctx ends, and waits for those under way.
func (e *echo) run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	free := make(chan struct{}, mostPending)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		for _, r := range e.batch(now, now.Sub(last)) {
			select {
			case free <- struct{}{}:
				calls.Go(func() {
					e.do(ctx, r)
					<-free
				})
			default: // too many are under way: the call is not made
			}
		}
		last = now
	}
}

// batch takes what is due after a time has passed.
func (e *echo) batch(now time.Time, passed time.Duration) (batch []errand) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, k := range e.keys {
		if !k.repeats(now) {
			k.owed, k.sealed = 0, nil
			continue
		}
		for k.owed += e.rate * passed.Seconds(); k.owed >= 1; k.owed-- {
			r := errand{key: key, call: k.call, changes: k.changes}
			if k.sealed != nil && e.random.IntN(oneIn) == 0 {
				r.sealed, k.sealed = k.sealed, nil
			}
			batch = append(batch, r)
		}
	}
	e.due += len(batch)
	return batch
}

// repeats reports whether the call is repeated at now.
func (k *overheard) repeats(now time.Time) bool { return now.Sub(k.at) <= forgotten }

func (e *echo) do(ctx context.Context, r errand) {
	if r.sealed != nil {
		e.reopen(ctx, r)
		return
	}
	e.repeat(ctx, r)
}

func (e *echo) repeat(ctx context.Context, r errand) {
	sent := time.Now()
	answer, err := e.t.Do(ctx, target.Request{Method: http.MethodPost, Path: r.key + "/encrypt", Auth: target.Token(r.call.token), Body: r.call.body, From: r.call.from})
	if ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count(answer, err) {
		return
	}
	if answer.Status != http.StatusOK {
		e.refused++ // the scenario has seen to it
		return
	}
	e.accepted++
	k := e.keys[r.key]
	if !k.refused.IsZero() && k.refused.Before(sent) && k.call.token == r.call.token && k.call.from == r.call.from {
		e.stale++
	}
	if !bytes.Contains(answer.Body, []byte(`"ncpkms:v`)) {
		e.wrong++
		return
	}
	if k.sealed == nil {
		k.sealed = seal(r.call.body, answer.Body, r.changes)
	}
}

// count counts an answer, and reports whether it says no more than that.
func (e *echo) count(answer *target.Answer, err error) bool {
	e.sent++
	switch {
	case err != nil || answer.Status >= 500:
		e.failed++
	case answer.Status == http.StatusTooManyRequests:
		e.limited++
	default:
		return false
	}
	return true
}

// held is the share of the due calls that were made.
func (e *echo) held() float64 {
	if e.due == 0 {
		return 0
	}
	return float64(e.sent) / float64(e.due)
}

// String counts the calls.
func (e *echo) String() string {
	return fmt.Sprintf("the scenarios' keys: %d calls due, %d made, %d accepted, %d over the limit, %d refused, %d decrypted again",
		e.due, e.sent, e.accepted, e.limited, e.refused, e.opened)
}
