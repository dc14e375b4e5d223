package steps

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cucumber/godog"

	"github.com/kmsproof/kmsproof/target"
)

// world is what one case knows. It is used by one goroutine.
type world struct {
	t      *target.Target
	ledger *target.Ledger
	pace   func(context.Context) error // waits for the next slot on a foreign target; nil: none
	rand   *rand.Rand
	retry  time.Duration               // pause before a call that a limit refused is made again; 0: a second
	held   func(context.Context) error // called once before the first When; nil: done, or nothing is
	limits bool                        // the case is about limits: a 429 is data and is not waited out

	settable bool       // the target's clock can be set
	home     target.API // the host that calls go to which name none; zero: that of global keys

	step     *godog.Step
	checks   int    // comparisons that the step made
	tried    *reply // the answer to what the step tried
	requests int
	worst    int // the highest status of the answers

	keys   map[string]*key   // by how sentences call them: "the key"
	tokens map[string]*token // "the access token"
	made   []string          // tags of the keys that the case created
	lender *lender           // nil: every key is the case's own
	kept   *lender           // of its keys, those that nobody else gets
	loans  []*loan           // the keys that the case has borrowed
	most   int               // keys that were its own at once, with one that it was about to create
	last   *reply            // the answer that a Then is about
	raw    []*reply          // the answers to what was sent by hand

	plain  [][]byte // what was encrypted last
	cipher []string // what came back for it
	asList bool     // it was a list
	under  []byte   // the context that uses carry; nil: none
	burst  burst

	data      []byte // what was signed last
	signature string // what came back for it

	ruled string  // the path of the access rule that the case changes; empty: none yet
	rule  rawBody // what it was before; nil: the case has not touched it

	stood *target.Standing // how the encryptor stood before the case; nil: the case has not touched it

	creatorID string
	noted     map[string]string
	rows      []map[string]json.RawMessage // of the list of keys, in its order
	logged    []entry                      // the activity log of the key as it was noted
	entry     *entry                       // the one that it has got last
	former    *entry                       // the one before that
	asked     map[string]any               // members of the last key creation

	movedClock bool // by a case that does without where it cannot

	exchanges []exchange
	readings  []string

	more func(add func(string, any)) // steps of tests; nil: none
}

func newWorld(t *target.Target, seed uint64) *world {
	return &world{
		t:      t,
		rand:   rand.New(rand.NewPCG(seed, 0)),
		keys:   map[string]*key{},
		tokens: map[string]*token{},
		noted:  map[string]string{},
	}
}

// begin prepares for a step. Its error is that of what is to happen before the first When.
func (w *world) begin(ctx context.Context, s *godog.Step) error {
	w.step, w.checks, w.tried = s, 0, nil
	held := w.held
	if held == nil || keyword(s) != "When" {
		return nil
	}
	w.held = nil
	return held(ctx)
}

// end says what is wrong with a step that went well by itself.
func (w *world) end(s *godog.Step) error {
	switch k := keyword(s); {
	case k == "Then" && w.checks == 0:
		return errNoCheck
	case k == "Given" && w.tried != nil:
		return w.accepted(w.tried)
	}
	return nil
}

// groups are all steps of the suite, in the order in which they are registered.
var groups = []group{
	(*world).keySteps,
	(*world).creationSteps,
	(*world).namingSteps,
	(*world).keyListSteps,
	(*world).useSteps,
	(*world).openingSteps,
	(*world).cipherSteps,
	(*world).customKeySteps,
	(*world).signatureSteps,
	(*world).versionSteps,
	(*world).rotationSteps,
	(*world).creatorSteps,
	(*world).tokenSteps,
	(*world).forgedSteps,
	(*world).aclSteps,
	(*world).accountSteps,
	(*world).manageSteps,
	(*world).everythingSteps,
	(*world).activitySteps,
	(*world).subAccountSteps,
	(*world).permissionSteps,
	(*world).wireSteps,
	(*world).rawSteps,
	(*world).legacySteps,
	(*world).limitSteps,
	(*world).regionSteps,
	(*world).clockSteps,
	(*world).answerSteps,
}

// register names every step to add.
func (w *world) register(add func(expr string, step any)) {
	for _, g := range groups {
		g(w, add)
	}
	if w.more != nil {
		w.more(add)
	}
}

// call is one request in the terms of the steps.
type call struct {
	api    target.API // zero: API 2.0
	method string
	path   string
	by     target.Auth // nil: nobody
	from   target.Source
	header map[string]string
	body   any // nil: none; rawBody goes out as it is; else JSON
}

// rawBody is sent as it is.
type rawBody []byte

// patience is how long a 429 is waited out on a target that others use too, whatever its file says of
// waiting: the published limits are per second.
const patience = 5 * time.Second

// send asks and decodes the answer. A 429 is waited out unless the case is about limits. Its error
// means that no answer came, or that the target's limit did not yield.
func (w *world) send(ctx context.Context, c call) (*reply, error) {
	deadline := w.t.Wait
	if !w.t.Disposable { // a case before may have used the limit up
		deadline = max(deadline, patience)
	}
	pause := cmp.Or(w.retry, time.Second) // the published limits are per second
	for {
		r, err := w.once(ctx, c)
		if err != nil || r.Status != 429 || w.limits {
			return r, err
		}
		if deadline < pause {
			return nil, &unclear{fmt.Sprintf("%s %s was refused by a limit (429) for longer than the run waits", c.method, c.path)}
		}
		deadline -= pause
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// sleep waits on a foreign target, whose clock is the real one.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *world) once(ctx context.Context, c call) (*reply, error) {
	if w.pace != nil {
		if err := w.pace(ctx); err != nil {
			return nil, err
		}
	}
	c.api = cmp.Or(c.api, w.home)
	req := c.request()
	w.requests++
	answer, err := w.t.Do(ctx, req)
	w.keepExchange(exchange{step: w.step, asked: req, answer: answer, err: err})
	if err != nil {
		return nil, err
	}
	return read(answer), nil
}

// try sends a call whose answer a later step judges.
func (w *world) try(ctx context.Context, c call) error {
	r, err := w.send(ctx, c)
	if err != nil {
		return err
	}
	w.last, w.tried = r, r
	return nil
}

// demand sends a call that the target must accept for the case to go on.
func (w *world) demand(ctx context.Context, c call) (*reply, error) {
	r, err := w.send(ctx, c)
	if err != nil {
		return nil, err
	}
	return r, w.accepted(r)
}

// owner is the account that the run acts for.
func (w *world) owner() target.Auth { return target.SignatureV2(w.t.Credentials["owner"]) }

// source is the address with the given ordinal; the zero Source when none was named.
func (w *world) source(ordinal string) (target.Source, error) {
	i := map[string]int{"first": 0, "second": 1, "third": 2}[ordinal]
	if ordinal == "" {
		return target.Source{}, nil
	}
	if i >= len(w.t.Sources) {
		return target.Source{}, fmt.Errorf("there is no %s address to send from; the scenario needs the capability sources", ordinal)
	}
	return w.t.Sources[i], nil
}

// reading notes which of several allowed readings the target follows.
func (w *world) reading(text string) { w.readings = append(w.readings, text) }

var errNoSuch = errors.New("the scenario speaks of something that no step made")

func (w *world) key(name string) (*key, error) {
	if k := w.keys[name]; k != nil {
		return k, nil
	}
	if name == "the new key" && w.last != nil {
		return nil, w.compare(false, "a new key with a tag", w.last.String()+", members "+memberNames(w.last))
	}
	return nil, fmt.Errorf("%w: %s", errNoSuch, name)
}

// token returns a token that a step has made. If the target was asked for it and gave none, that is
// a mismatch, not a mistake of the scenario.
func (w *world) token(name string) (*token, error) {
	if t := w.tokens[name]; t != nil {
		return t, nil
	}
	if w.last != nil && !w.last.ok() {
		return nil, w.compare(false, name+", which was asked for", w.last.String())
	}
	return nil, fmt.Errorf("%w: %s", errNoSuch, name)
}
