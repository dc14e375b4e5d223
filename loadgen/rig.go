package loadgen

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/wire"
	"github.com/kmsproof/kmsproof/target"
)

// A rig is what a run has set up on a target: keys, each with a request that is ready to go.
type rig struct {
	t      *target.Target
	ledger *target.Ledger
	api    target.API
	owner  target.Credential
	keys   []*loaded

	life time.Duration // of an access token; zero: as the target has it
	mu   sync.Mutex    // of auth and refresh of the keys once they are under load

	expired chan int // keys whose token was refused under load; nil: nobody asks

	typical time.Duration // middle of the times that one encryption took before the load
}

// A loaded key is one under load.
type loaded struct {
	tag, name string
	auth      target.Auth
	refresh   string // the token that gets another
	plaintext string // base64 of 32 bytes
	body      []byte
	took      time.Duration            // of the encryption that tried it
	ready     atomic.Pointer[prepared] // replaced while it is still good

	// A token besides, and the call with it; nil where there is none.
	second target.Auth
	spare  atomic.Pointer[prepared]
}

// A prepared call is signed and in both forms in which it may be carried.
type prepared struct {
	request *http.Request
	call    *wire.Call
}

// signatureLife is how long a signed request is used. The published limit is five minutes
// (common-ncpapi); a fifth of it leaves room for a clock that is off.
const signatureLife = time.Minute

// build creates the keys of p on t and makes one call with each, so that a run never begins on a
// target that cannot answer. Where a limit still refuses that call, pause lets some time pass.
// Whatever was created is in the rig, also beside an error.
func build(ctx context.Context, t *target.Target, p Profile, seed uint64, pause func(context.Context) error) (*rig, error) {
	r := &rig{t: t, ledger: t.Ledger, api: target.API20}
	if p.API == "1.0" {
		r.api = target.API10
	}
	if r.ledger == nil {
		r.ledger = target.NewLedger(runID(seed), t.Budget, nil)
	}
	if !t.Offers(r.api) {
		return r, fmt.Errorf("%s: it has no %s URL, which %s needs", t.Name, r.api, p.Name)
	}
	if ph, ok := p.phase(Soak); ok {
		r.life, r.expired = ph.Life, make(chan int, p.Keys)
	}
	owner, ok := t.Credentials["owner"]
	if !ok {
		return r, fmt.Errorf("%s: it has no owner credential, which %s needs", t.Name, p.Name)
	}
	r.owner = owner
	random := rand.NewChaCha8(chachaSeed(seed))
	for range p.Keys {
		k, err := r.add(ctx, random)
		if err == nil {
			err = r.try(ctx, k, pause)
		}
		if err != nil {
			return r, err
		}
	}
	r.typical = middle(r.keys)
	return r, nil
}

// middle returns the median of what the keys' trials took.
func middle(keys []*loaded) time.Duration {
	took := make([]time.Duration, 0, len(keys))
	for _, k := range keys {
		took = append(took, k.took)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// runID makes a run's six characters where the target has no ledger.
func runID(seed uint64) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	rng := rand.New(rand.NewPCG(seed, uint64(time.Now().UnixNano())))
	id := make([]byte, 6)
	for i := range id {
		id[i] = digits[rng.IntN(len(digits))]
	}
	return string(id)
}

func chachaSeed(seed uint64) (s [32]byte) {
	for i := range 8 {
		s[i] = byte(seed >> (8 * i))
	}
	return s
}

// running refuses a target whose clock stands still: no bucket would ever refill.
func running(ctx context.Context, t *target.Target) error {
	first, err := t.Now(ctx)
	if err != nil {
		return err
	}
	timer := time.NewTimer(2 * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	second, err := t.Now(ctx)
	if err == nil && second.Equal(first) {
		err = fmt.Errorf("%s: its clock stands still, so its limits cannot be measured", t.Name)
	}
	return err
}

// add creates one more key and gets it what it needs.
func (r *rig) add(ctx context.Context, random io.Reader) (*loaded, error) {
	k := &loaded{}
	if err := r.create(ctx, k); err != nil {
		return nil, err
	}
	r.keys = append(r.keys, k)
	if err := r.authorize(ctx, k); err != nil {
		return nil, fmt.Errorf("key %s: %w", k.tag, err)
	}
	secret := make([]byte, 32)
	if _, err := io.ReadFull(random, secret); err != nil {
		panic(err) // the source never ends
	}
	k.plaintext = base64.StdEncoding.EncodeToString(secret)
	k.body = []byte(`{"plaintext":"` + k.plaintext + `"}`)
	return k, nil
}

// path returns the path of a cipher call. On API 1.0, v2 is the form that goes with signature v2.
func (r *rig) path(k *loaded, operation string) string {
	if r.api == target.API10 {
		return "/keys/v2/" + k.tag + "/" + operation
	}
	return "/kms/v1/keys/" + k.tag + "/" + operation
}

// sign makes the requests of all keys ready, as of now on the target's clock.
func (r *rig) sign(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.keys {
		if err := r.prepare(ctx, k, now); err != nil {
			return err
		}
	}
	return nil
}

// tell lets the keeper know that a key's token was refused. It never waits.
func (r *rig) tell(key int) {
	select {
	case r.expired <- key:
	default:
	}
}

// prepare makes the requests of a key ready. Calls under load take the new ones from then on.
func (r *rig) prepare(ctx context.Context, k *loaded, now time.Time) error {
	p, err := r.prepared(ctx, k, k.auth, now)
	if err != nil {
		return err
	}
	k.ready.Store(p)
	if k.second == nil {
		return nil
	}
	if p, err = r.prepared(ctx, k, k.second, now); err == nil {
		k.spare.Store(p)
	}
	return err
}

func (r *rig) prepared(ctx context.Context, k *loaded, auth target.Auth, now time.Time) (*prepared, error) {
	req, err := r.t.HTTPRequest(ctx, target.Request{API: r.api, Method: http.MethodPost, Path: r.path(k, "encrypt"), Body: k.body})
	if err != nil {
		return nil, err
	}
	auth.Authorize(req, now)
	call, err := wire.Prepare(req, k.body)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", k.tag, err)
	}
	return &prepared{req, call}, nil
}

// with returns the prepared call of k with a token of it.
func (k *loaded) with(token int) *prepared {
	if token > 0 {
		return k.spare.Load()
	}
	return k.ready.Load()
}

// request returns the prepared request of k with a body of its own.
func (k *loaded) request(ctx context.Context, token int) *http.Request {
	req := k.with(token).request.WithContext(ctx)
	req.Body = io.NopCloser(bytes.NewReader(k.body))
	return req
}

// setUpCalls is how many calls build makes for a key of the given API.
func setUpCalls(api string) int {
	if api == "1.0" {
		return 3 // create, encrypt, decrypt
	}
	return 5 // and the token creator, the token set
}

// names returns the names of the keys, in order.
func (r *rig) names() []string {
	var out []string
	for _, k := range r.keys {
		out = append(out, k.name)
	}
	return out
}

// removing is how long it may take to remove so many keys: half a minute, and a quarter of a second for each, which
// bears four seconds for the two calls of a key where sixteen are removed at once.
func removing(keys int) time.Duration {
	return 30*time.Second + time.Duration(keys)*time.Second/4
}

// remove takes the keys off the target again, also when ctx has ended.
func (r *rig) remove(ctx context.Context, o Options) {
	if r.t.Disposable || o.Keep {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removing(len(r.keys)))
	defer cancel()
	var tags []string
	for _, k := range r.keys {
		tags = append(tags, k.tag)
	}
	left := r.ledger.RemoveMany(ctx, r.t, tags...)
	for _, line := range append(left, r.ledger.Recover(ctx, r.t)...) {
		if o.Leftover != nil {
			o.Leftover(strings.TrimSpace(line))
		}
	}
}
