package loadgen

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// A Renewal is one attempt to replace the access token of a key under load.
type Renewal struct {
	Key   int           // from zero
	At    time.Duration // since the start of the attempt
	Took  time.Duration // with the call that tries the new token
	Cause Cause
	OK    bool   // the new token worked and took the place of the old one
	Why   string // what kept it from that
}

// A Cause is why a token is renewed.
type Cause string

// The causes.
const (
	Ahead   Cause = "ahead"   // it is soon to expire
	Expired Cause = "expired" // it was refused, and its time had come
	Early   Cause = "early"   // it was refused before its time
)

const (
	lastPart  = 10              // a token is renewed within the last tenth of its life
	skewed    = 5 * time.Minute // the clocks of a target and a client may be apart by so much
	retryWait = time.Second     // between two attempts to renew a token
)

// Forced is something that happens to the target on purpose. It needs an admin listener.
type Forced struct {
	At     time.Duration `yaml:"at" json:"at"`                            // since the start of the phase
	Shift  time.Duration `yaml:"shift,omitempty" json:"shift,omitzero"`   // the target's clock jumps ahead by so much
	Refuse int           `yaml:"refuse,omitempty" json:"refuse,omitzero"` // all tokens are renewed at once, and so many of the calls for it fail
}

// A keeper renews the access tokens of a rig. It counts from when it got a token and reads no clock: how
// far those of the target and of this machine are apart does not matter. It renews one token at a time, and
// the old one stays in use until the new one has worked.
type keeper struct {
	rig  *rig
	rng  *rand.Rand
	keys []kept
	now  func() time.Duration // since the start of the profile

	notice time.Duration // until whoever sends has a new token
}

// kept is what is known of a key's token.
type kept struct {
	got     time.Duration // when it came
	due     time.Duration // when it is renewed
	shifted time.Duration // by how much the target's clock has jumped since it came
}

// newKeeper returns the keeper of a rig whose tokens came just now; nil where none expires within the load.
func newKeeper(r *rig, o Options, now func() time.Duration) *keeper {
	if r.life == 0 {
		return nil
	}
	k := &keeper{rig: r, rng: rand.New(rand.NewPCG(o.Seed, 1<<33)), now: now, keys: make([]kept, len(r.keys)), notice: o.notice()}
	for key := range k.keys {
		k.came(key)
	}
	return k
}

// came notes that a key has a new token.
func (k *keeper) came(key int) {
	now := k.now()
	k.keys[key] = kept{got: now, due: now + renewAfter(k.rig.life, k.notice, k.rng)}
}

// notice returns how long it may take until a key's new token is used. The workers of a fleet get new calls once in
// the life of a signature, and that long again is left for the way to them.
func (o Options) notice() time.Duration {
	if o.Fleet == nil {
		return 0
	}
	return 2 * signatureLife
}

// renewAfter draws how old a token gets before it is renewed: it is still good when the new one is used.
func renewAfter(life, notice time.Duration, rng *rand.Rand) time.Duration {
	last := life / lastPart
	return life - last + time.Duration(rng.Float64()*float64(last-notice))
}

// next returns the key whose token is due first, and when.
func (k *keeper) next() (key int, due time.Duration) {
	for i := range k.keys {
		if k.keys[i].due < k.keys[key].due {
			key = i
		}
	}
	return key, k.keys[key].due
}

// shift notes that the target's clock has jumped.
func (k *keeper) shift(d time.Duration) {
	for i := range k.keys {
		k.keys[i].shifted += d
	}
}

// hurry makes all tokens due.
func (k *keeper) hurry() {
	for i := range k.keys {
		k.keys[i].due = k.now()
	}
}

// refused says why a token that was refused just now was.
func (k *keeper) refused(key int) Cause {
	if t := k.keys[key]; k.now()-t.got+t.shifted < k.rig.life-skewed {
		return Early
	}
	return Expired
}

// tend does what is due until an instant, each thing at its own: what is forced, tokens that were refused,
// tokens that are soon to expire. to is told of the instants, shift moves the target's clock.
func (k *keeper) tend(ctx context.Context, a *Played, until time.Duration, to func(time.Duration), shift func(time.Duration) error) error {
	for {
		select {
		case key := <-k.rig.expired:
			if k.now()-k.keys[key].got >= retryWait && k.keys[key].due > k.now() || k.keys[key].shifted > 0 {
				a.renewed(k.renew(ctx, key, k.refused(key)))
			}
			continue
		default:
		}
		key, due := k.next()
		f := a.nextForced()
		switch {
		case f != nil && a.Start+f.At <= min(until, due):
			to(a.Start + f.At)
			a.forced++
			if err := k.force(ctx, *f, shift); err != nil {
				return err
			}
		case due <= until:
			to(due)
			a.renewed(k.renew(ctx, key, Ahead))
		default:
			return nil
		}
	}
}

// force does what is to happen.
func (k *keeper) force(ctx context.Context, f Forced, shift func(time.Duration) error) error {
	if f.Shift != 0 {
		if err := shift(f.Shift); err != nil {
			return err
		}
		k.shift(f.Shift)
	}
	if f.Refuse > 0 {
		k.hurry()
		return refuseRenewals(ctx, k.rig.t, f.Refuse)
	}
	return nil
}

// renewed notes a renewal, of which the start counts from that of the attempt.
func (p *Played) renewed(r Renewal) {
	r.At -= p.Start
	p.Renewals = append(p.Renewals, r)
}

// nextForced returns what is to happen next; nil: nothing.
func (p *Played) nextForced() *Forced {
	if p.forced == len(p.Phase.Forced) {
		return nil
	}
	return &p.Phase.Forced[p.forced]
}

// renew replaces the token of a key.
func (k *keeper) renew(ctx context.Context, key int, cause Cause) Renewal {
	began := k.now()
	out := Renewal{Key: key, At: began, Cause: cause}
	err := k.rig.renew(ctx, k.rig.keys[key])
	if out.OK = err == nil; out.OK {
		k.came(key)
	} else {
		out.Why = err.Error()
		k.keys[key].due = k.now() + retryWait
	}
	out.Took = k.now() - began
	return out
}

// renew gets a new token for a key, tries it, and puts it in the place of the old one.
func (r *rig) renew(ctx context.Context, k *loaded) error {
	set := tokenSet{}
	q := target.Request{Method: http.MethodPut, Path: "/kms/v1/keys/" + k.tag + "/token-set", Body: []byte(r.lifetime()), Auth: target.Token(k.refresh)}
	if err := r.call(ctx, q, &set); err != nil {
		return fmt.Errorf("renew a token set: %w", err)
	}
	try := target.Request{API: r.api, Method: http.MethodPost, Path: r.path(k, "encrypt"), Body: k.body, Auth: target.Token(set.AccessToken)}
	if err := r.call(ctx, try, nil); err != nil {
		return fmt.Errorf("try the new token: %w", err)
	}
	now, err := r.t.Now(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k.auth, k.refresh = target.Token(set.AccessToken), set.RefreshToken
	return r.prepare(ctx, k, now)
}

// refuseRenewals lets the next calls that renew tokens fail.
func refuseRenewals(ctx context.Context, t *target.Target, times int) error {
	body, err := json.Marshal(map[string]any{"faults": []any{map[string]any{"op": "renew-token-set", "status": http.StatusServiceUnavailable, "times": times}}})
	if err != nil {
		panic(err) // plain data
	}
	_, err = t.AdminCall(ctx, http.MethodPut, "/admin/faults", body)
	return err
}
