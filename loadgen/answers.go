package loadgen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

const (
	answersBelow = 0.05 // the share of wrong answers that must be excluded for answers to be proven
	answersKept  = 180  // in a run, of all keys and phases: 135 that decrypt exclude that share
)

// samples keeps accepted answers of each key, drawn at random from those of an attempt: each has the same chance,
// whatever pattern is in what is wrong. It is safe for concurrent use.
type samples []*sample

type sample struct {
	mu     sync.Mutex
	random *rand.Rand
	each   int // that are kept at most
	count  int // answers offered
	bodies [][]byte
}

// newSamples keeps so many answers of each key for a check, where there are as many. Which, the seed and the order in
// which they are offered decide.
func newSamples(keys, each int, seed uint64) samples {
	s := make(samples, keys)
	for i := range s {
		s[i] = &sample{each: each, random: rand.New(rand.NewPCG(seed, 1<<34+uint64(i)))}
	}
	return s
}

// sampled returns how many answers of each key are checked after each phase.
func (p Profile) sampled() int {
	streams := 0
	for _, ph := range p.Phases {
		streams += ph.Keys
	}
	return (answersKept + streams - 1) / max(streams, 1)
}

// checks returns how many answers are checked at most in the phase.
func (p Profile) checks(ph Phase) int {
	steps := 1
	if ph.Role == Climb {
		steps = worst(ph).steps
	}
	return ph.Keys * steps * p.sampled()
}

// offer shows an accepted answer of a key, which it copies if it keeps it: the nth in the place of another with the
// chance that any of n has to be kept (J. Vitter, Random Sampling with a Reservoir, algorithm R, 1985).
func (s samples) offer(key int, body []byte) {
	k := s[key]
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.count++; len(k.bodies) < k.each {
		k.bodies = append(k.bodies, append([]byte{}, body...)) // never nil: an empty answer is one, too
	} else if at := k.random.IntN(k.count); at < k.each {
		k.bodies[at] = append(k.bodies[at][:0], body...)
	}
}

// take returns what is to be checked of a key's answers and forgets them all.
func (s samples) take(key int) (bodies [][]byte) {
	k := s[key]
	k.mu.Lock()
	defer k.mu.Unlock()
	bodies, k.count, k.bodies = k.bodies, 0, nil
	return bodies
}

// check decrypts what was kept, off the measured path, the keys in turn, and forgets it. A call that a limit
// refuses or that gets no answer says nothing about the ciphertext: it is not counted among the answers.
func (s samples) check(ctx context.Context, r *rig, into *Checked) {
	kept := make([][][]byte, len(s))
	for key := range s {
		kept[key] = s.take(key)
	}
	for left := true; left; {
		left = false
		for key, bodies := range kept {
			if len(bodies) == 0 {
				continue
			}
			left = true
			kept[key] = bodies[1:]
			into.Kept++
			said, err := r.verify(ctx, r.keys[key], bodies[0])
			if said == unopened {
				said, err = r.verify(ctx, r.keys[key], bodies[0])
			}
			switch said {
			case checked:
				into.Answers++
			case unopened:
				into.Failed++
			}
			if err != nil {
				into.Wrong = append(into.Wrong, fmt.Sprintf("key %s: an answer under load %v", r.keys[key].tag, err))
			}
		}
	}
}

// ErrEnough is the cause that ends the context of a run of which its caller has had enough load. What was sampled
// by then is still checked, which takes no longer than longestCheck.
var ErrEnough = errors.New("the load has lasted long enough")

const longestCheck = 20 * time.Second

// lastCheck checks the last samples of a run whose context has ended, when the buckets hold something again.
func (l *live) lastCheck(ctx context.Context) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), longestCheck)
	defer stop()
	if wait(ctx, time.Second/2) == nil {
		l.samples.check(ctx, l.rig, &l.rec.Checked)
	}
}

// trials is how often a key's first call is made when a limit refuses it.
const trials = 4

// try makes the first calls with a key, and again after a pause where a limit refuses one, then with a pause
// between the two as well: a limit may let through one call at a time.
func (r *rig) try(ctx context.Context, k *loaded, pause func(context.Context) error) error {
	between := func(context.Context) error { return nil }
	for trial := 1; ; trial++ {
		err := r.roundTrip(ctx, k, between)
		refused, ok := errors.AsType[*statusError](err)
		if err == nil {
			return nil
		}
		if !ok || refused.status != http.StatusTooManyRequests || trial == trials {
			return fmt.Errorf("key %s, before the load: %w", k.tag, err)
		}
		if err := pause(ctx); err != nil {
			return err
		}
		between = pause
	}
}

// roundTrip encrypts and decrypts once, as the load will, with something between the two.
func (r *rig) roundTrip(ctx context.Context, k *loaded, between func(context.Context) error) error {
	var sealed struct {
		Ciphertext string `json:"ciphertext"`
	}
	q := target.Request{API: r.api, Method: http.MethodPost, Path: r.path(k, "encrypt"), Body: k.body, Auth: k.auth}
	asked := time.Now()
	if err := r.call(ctx, q, &sealed); err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	k.took = time.Since(asked)
	if err := between(ctx); err != nil {
		return err
	}
	opened, err := r.open(ctx, k, sealed.Ciphertext)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	if opened != k.plaintext {
		return fmt.Errorf("decrypt: it did not return what was encrypted")
	}
	return nil
}

// open decrypts a ciphertext of k.
func (r *rig) open(ctx context.Context, k *loaded, ciphertext string) (string, error) {
	body, err := json.Marshal(map[string]string{"ciphertext": ciphertext})
	if err != nil {
		panic(err) // a string
	}
	var opened struct {
		Plaintext string `json:"plaintext"`
	}
	q := target.Request{API: r.api, Method: http.MethodPost, Path: r.path(k, "decrypt"), Body: body, Auth: k.auth}
	err = r.call(ctx, q, &opened)
	return opened.Plaintext, err
}

// said is what became of the call that checks an answer.
type said int

const (
	unasked  said = iota // the limit, the budget or the end of the run kept it from being checked, whatever is in it
	unopened             // by the target, which may fail just at this one
	checked
)

// verify decrypts one answer. Its error says what is wrong with one that was checked.
func (r *rig) verify(ctx context.Context, k *loaded, body []byte) (said, error) {
	var sealed struct {
		Ciphertext string `json:"ciphertext"`
	}
	if err := data(body, &sealed); err != nil || sealed.Ciphertext == "" {
		return checked, errors.New("holds no ciphertext")
	}
	opened, err := r.open(ctx, k, sealed.Ciphertext)
	refused, ok := errors.AsType[*statusError](err)
	switch {
	case ok && refused.status == http.StatusTooManyRequests, errors.Is(err, target.ErrBudget), ctx.Err() != nil:
		return unasked, nil
	case ok && refused.status >= 500, target.Unanswered(err):
		return unopened, nil
	case ok:
		return checked, fmt.Errorf("could not be decrypted: %w", refused)
	case err != nil || opened != k.plaintext:
		return checked, errors.New("does not decrypt to what was sent")
	}
	return checked, nil
}
