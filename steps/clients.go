package steps

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/steps/history"
	"github.com/kmsproof/kmsproof/target"
)

// A scene of several clients on one key.
type scene struct {
	t       *target.Target
	key     *key
	world   *world // of who sets the scene
	pace    func(context.Context) error
	clients int
	seed    uint64

	now    func() time.Duration // since the history began
	region target.Region        // that answers; empty: it is not known

	mu     sync.Mutex
	tokens []string
	calls  []history.Call
}

// mostTokens is how many tokens a history can tell apart.
const mostTokens = 64

// history plays one history and returns it once all clients are done.
func (r *runner) history(ctx context.Context, kind *saga, n uint64) ([]history.Call, error) {
	t, ledger, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	w := newWorld(t, r.o.Seed^n<<32)
	w.ledger, w.pace, w.limits, w.settable = ledger, r.pace, true, slices.Contains(r.has, features.Clock)
	defer r.clean(context.WithoutCancel(ctx), Case{ID: kind.row.ID, Needs: kind.needs}, w)
	if err := w.keyWithTokens(ctx, "the key", "the ", "AES256"); err != nil {
		return nil, err
	}
	s := &scene{
		t: t, key: w.keys["the key"], world: w, pace: r.pace, clients: min(r.o.Clients, MostClients),
		seed: r.o.Seed ^ n<<32, tokens: []string{w.tokens["the access token"].text},
	}
	err = kind.play(s, ctx)
	return s.calls, err
}

// Bounds of a history, or finding an order of its calls takes too long: so many calls of all clients, and
// of each where one region answers.
const (
	callsOfAll = 128
	callsEach  = 25
)

// inOneRegion has all clients call at once, by the machine's time.
func (s *scene) inOneRegion(ctx context.Context) error {
	start := time.Now()
	s.now = func() time.Duration { return time.Since(start) }
	return s.turn(ctx, 0, min(callsEach, callsOfAll/s.clients))
}

// turn has every client make so many calls, and waits for all of them.
func (s *scene) turn(ctx context.Context, turn uint64, calls int) error {
	var clients sync.WaitGroup
	failed := make([]error, s.clients)
	for i := range failed {
		random := rand.New(rand.NewPCG(s.seed, turn<<8+uint64(i)+1))
		clients.Go(func() { failed[i] = s.client(ctx, i, random, calls) })
	}
	clients.Wait()
	return errors.Join(failed...)
}

// client makes the calls of one client.
func (s *scene) client(ctx context.Context, id int, random *rand.Rand, calls int) error {
	w := newWorld(s.t, s.seed)
	w.rand, w.pace, w.limits = random, s.pace, true
	for range calls {
		c := s.draw(w.rand, id)
		asked, ok := s.request(w, c)
		if !ok {
			continue
		}
		c.Began = s.now()
		r, err := w.send(ctx, asked)
		c.Ended = s.now()
		if err != nil {
			return err
		}
		if err := s.note(c, r); err != nil {
			return err
		}
	}
	return nil
}

// changing is how many clients change something; the others use tokens. The more changes there are at once,
// the more orders there are to look through.
const changing = 4

// draws are what a client that changes something draws from: nearly as often a use as a change.
var draws = []history.Kind{
	history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use,
	history.Issue, history.Issue, history.Replace, history.Enable, history.Revoke, history.On, history.Off,
	history.Add, history.Add, history.Delete, history.Stop, history.Start, history.Start, history.Rotate,
}

// draw makes up a call. Half of the uses are of the latest token.
func (s *scene) draw(random *rand.Rand, id int) history.Call {
	c := history.Call{Client: id, Region: string(s.region), Kind: history.Use, Address: random.IntN(max(1, len(s.t.Sources)))}
	if id < changing {
		c.Kind = draws[random.IntN(len(draws))]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Token = len(s.tokens) - 1
	switch {
	case c.Kind == history.Issue:
		s.tokens = append(s.tokens, "")
		c.Token++
	case random.IntN(2) == 0:
		c.Token = random.IntN(len(s.tokens))
	}
	return c
}

// changes are the calls of the account, by kind.
var changes = map[history.Kind]deed{
	history.Enable:  {method: "POST", rest: creatorPath},
	history.Replace: {method: "PUT", rest: creatorPath},
	history.Revoke:  {method: "DELETE", rest: creatorPath},
	history.On:      {method: "POST", rest: "/acl/enable"},
	history.Off:     {method: "POST", rest: "/acl/disable"},
	history.Add:     {method: "POST", rest: "/acl"},
	history.Delete:  {method: "DELETE", rest: "/acl"},
	history.Stop:    {method: "POST", rest: "/disable"},
	history.Start:   {method: "POST", rest: "/enable"},
	history.Rotate:  {method: "POST", rest: "/rotate"},
	history.Issue:   {method: "POST", rest: "/token-set"},
}

// request makes the call of the steps; false where there is nothing to call with.
func (s *scene) request(w *world, c history.Call) (call, bool) {
	if c.Kind == history.Use {
		s.mu.Lock()
		text := s.tokens[c.Token]
		s.mu.Unlock()
		return w.useOf(&token{text: text}, s.key, false, s.source(c.Address)), text != ""
	}
	d := changes[c.Kind]
	switch c.Kind {
	case history.Issue: // a life of its own: tokens of one second with the same claims are one text
		d.body = map[string]any{"accessTokenHours": c.Token + 1}
	case history.Add, history.Delete:
		d.body = map[string]any{"ipList": []string{s.source(c.Address).SeenAs.String()}}
	}
	bare := len(s.t.Sources) == 0 && (c.Kind == history.Add || c.Kind == history.Delete || c.Kind == history.On)
	return d.call(s.key, w.owner()), c.Token < mostTokens && !bare
}

func (s *scene) source(i int) target.Source {
	if i < len(s.t.Sources) {
		return s.t.Sources[i]
	}
	return target.Source{}
}

var cipherVersion = regexp.MustCompile(`^ncpkms:v(\d{1,9}):`)

// note keeps a call with its answer. What a limit refused says nothing; an answer that is neither yes nor
// no is an error.
func (s *scene) note(c history.Call, r *reply) error {
	if r.Status == 429 {
		return nil
	}
	if !r.ok() && !r.refused() {
		return fmt.Errorf("%s: the answer is neither yes nor no: %s", c.Kind, r)
	}
	c.OK = r.ok()
	if c.OK {
		s.read(&c, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.OK && c.Kind == history.Issue {
		s.tokens[c.Token], _ = r.str("accessToken")
	}
	s.calls = append(s.calls, c)
	return nil
}

// read takes out of an accepted answer what the model knows.
func (s *scene) read(c *history.Call, r *reply) {
	switch c.Kind {
	case history.Use:
		text, _ := r.str("ciphertext")
		if m := cipherVersion.FindStringSubmatch(text); m != nil {
			c.Version, _ = strconv.Atoi(m[1]) // digits
		}
	case history.Rotate:
		n, _ := r.number("version")
		c.Version = int(n)
	case history.Add, history.Delete:
		list, _ := r.list("allowedIpList")
		for i, source := range s.t.Sources {
			if slices.Contains(list, source.SeenAs.String()) {
				c.Listed |= 1 << i
			}
		}
	}
}
