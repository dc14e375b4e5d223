package reference

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A call is a request on its way through the checks.
type call struct {
	*world
	service *Service
	store   *kms.Store // as the region that answers sees it
	region  kms.Region // that answers; empty: none does
	api     string
	request *http.Request
	op      *operation // nil: there is no such call
	tag     string     // in the path
	version string     // in the path, as it was sent
	now     time.Time  // by the server's clock, when all of the call is there
	began   time.Time  // by the machine's
	key     *kms.Key   // nil for a call on the collection
	caller  kms.Caller
	body    payload
	retryIn time.Duration // of a call over the limit
}

// An answer is how a call ends.
type answer struct {
	status int
	body   any
	reason kms.Reason // of a refusal
	detail string     // of a refusal
	retry  string     // of a refusal: when to try again, as Retry-After has it; empty: it is not told
	fault  string     // the fault that struck
	// send writes the answer in a way of its own; nil: as JSON.
	send func(http.ResponseWriter, *answer)
}

// A matcher finds the operation of a request, and what stands for {keyTag} and {version} in its path.
type matcher interface {
	match(method, path string) (op *operation, tag, version string)
}

// api returns the handler of an API. Its limited calls pass the gate.
func (s *Service) api(name string, routes matcher, g *gate) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		world := s.world.Load()
		c := &call{world: world, store: world.store, service: s, api: name, request: r, began: time.Now()}
		a := c.serve(routes, g, w)
		if s.observer != nil {
			s.observer.note(c, &a)
		}
		// An answer is dated by the server's clock, which is what a client would learn it from.
		w.Header()["Date"] = s.calendar.date(s.clock.Now())
		if a.retry != "" {
			w.Header().Set("Retry-After", a.retry)
		}
		if s.options.ServerTiming {
			w.Header()["Server-Timing"] = []string{"total;dur=" + strconv.FormatFloat(float64(time.Since(c.began).Microseconds())/1000, 'f', -1, 64)}
		}
		if a.send != nil {
			a.send(w, &a)
			return
		}
		respond(w, a.status, a.body)
	})
}

// serve checks a call in the order route, region, size, authentication, key, permission and IP ACL, limit,
// state, body, and then does it; unless a fault strikes.
func (c *call) serve(routes matcher, g *gate, w http.ResponseWriter) answer {
	if err := c.enter(routes, w); err != nil {
		return c.answer(nil, err)
	}
	unknown := c.identify(c.tag)
	script := c.service.script.Load()
	t := script.pick(c)
	if f := t.fault; f != nil && !f.After {
		wait(c, t.delay)
		if f.acts() {
			script.release(t)
			return f.strike(nil)
		}
	}
	data, err := c.do(g, unknown)
	a := c.answer(data, err)
	if err != nil {
		script.release(t)
	}
	switch f := t.fault; {
	case f == nil:
	case !f.After: // all that it did was to delay
		a.fault = f.label
	case err == nil:
		wait(c, t.delay)
		return f.strike(&a)
	}
	return a
}

// do carries out a call unless it is refused. unknown is the refusal of a caller who could not be
// identified.
func (c *call) do(g *gate, unknown error) (any, error) {
	if unknown != nil {
		return nil, unknown
	}
	data, err := c.carryOut(g)
	if c.key != nil {
		c.note(err)
	}
	if err != nil {
		return nil, err
	}
	if c.dialect().OmitNulls {
		return withoutNulls(c.op.envelope(data)), nil
	}
	return c.op.envelope(data), nil
}

// carryOut does an identified call, unless it is refused.
func (c *call) carryOut(g *gate) (any, error) {
	if err := c.admit(g); err != nil {
		return nil, err
	}
	if bad := c.contentType(); bad != nil {
		return nil, bad
	}
	return c.op.do(c)
}

// enter takes the call in, and does what is due by then.
func (c *call) enter(routes matcher, w http.ResponseWriter) error {
	err := c.receive(routes, w)
	c.now = c.service.clock.Now() // a body may take its time
	if err != nil {
		return err
	}
	return c.store.Settle(c.now)
}

// receive finds the operation and the region, and reads the body.
func (c *call) receive(routes matcher, w http.ResponseWriter) error {
	op, tag, version := routes.match(c.request.Method, c.request.URL.EscapedPath())
	if op == nil {
		return &kms.Refusal{Reason: kms.NoRoute, Detail: "there is no such call"}
	}
	c.op, c.tag, c.version = op, tag, version
	if err := c.route(); err != nil {
		return err
	}
	text, err := readBody(w, c.request)
	c.body = payload{text: text, strict: c.dialect().RefuseUnknown, noNulls: c.dialect().RefuseNull}
	return err
}

// from returns the address that the call comes from.
func (c *call) from() netip.Addr {
	if !c.caller.From.IsValid() {
		c.caller.From = c.service.peer(c.request)
	}
	return c.caller.From
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength == 0 || r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	from := io.Reader(r.Body)
	if r.ContentLength < 0 { // else who serves HTTP ends the body where its length says
		from = http.MaxBytesReader(w, r.Body, maxBody)
	}
	body, err := readAll(from, r.ContentLength)
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, tooLarge()
	}
	if len(body) > maxBody {
		return nil, tooLarge()
	}
	if err != nil {
		return nil, kms.BadField("", "the body could not be read to its end")
	}
	return body, nil
}

// readAll is io.ReadAll with a guess of how much there is, which a caller may have made up. It reads little
// more than maxBody.
func readAll(r io.Reader, guess int64) ([]byte, error) {
	body := make([]byte, 0, min(max(guess, 0), 4<<10)+1)
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, nil
		}
		if err != nil || len(body) > maxBody {
			return body, err
		}
		body = slices.Grow(body, 1)
	}
}

func tooLarge() *kms.Refusal {
	return &kms.Refusal{Reason: kms.TooLarge, Detail: fmt.Sprintf("a body has at most %d bytes", maxBody)}
}

// admit checks permission, limit and state of an identified call.
func (c *call) admit(g *gate) error {
	if c.api == SubAccount {
		return c.administer()
	}
	if c.key == nil {
		if !c.may() {
			return &kms.Refusal{Reason: kms.NoPermission, Detail: "the account holds no permission for " + string(c.op.op)}
		}
		return nil
	}
	if bad := c.key.Permit(c.caller, c.op.op, c.now); bad != nil {
		return bad
	}
	if c.op.limited {
		if d := g.take(c.now, c.key.Tag()); !d.OK {
			c.retryIn = d.RetryIn
			return &kms.Refusal{Reason: kms.OverLimit, Detail: "the rate limit is reached"}
		}
	}
	if bad := c.key.Ready(c.op.op); bad != nil {
		return bad
	}
	return nil
}

// may reports whether the account may make a call that is about no single key: to list keys it is enough
// that there may be one to show.
func (c *call) may() bool {
	rules := &c.service.rules
	if c.op.op == kms.ListKeys {
		return rules.MayAny(c.caller.Account, c.op.op)
	}
	return rules.May(c.caller.Account, c.op.op, "")
}

// answer turns what came of a call into its answer.
func (c *call) answer(data any, err error) answer {
	if err == nil {
		return answer{status: http.StatusOK, body: data}
	}
	dialect := &c.service.options.Dialect
	refusal, ok := errors.AsType[*kms.Refusal](err)
	if !ok {
		c.service.log.Error("the service failed", "method", harmlessMethod(c.request.Method), "path", harmlessPath(c.request.URL.EscapedPath()), "error", err)
		return answer{status: broken.Status, body: dialect.body(broken, ""), reason: failed}
	}
	look, detail := dialect.answer(refusal), details(refusal)
	a := answer{status: look.Status, body: dialect.body(look, detail), reason: refusal.Reason, detail: detail}
	if dialect.RetryAfter && refusal.Reason == kms.OverLimit {
		a.retry = wholeSeconds(c.retryIn)
	}
	return a
}

// failed is the reason in journal and metrics when the service itself could not do a call.
const failed kms.Reason = "failed"

// details says why, with the field first.
func details(r *kms.Refusal) string {
	if r.Field == "" {
		return r.Detail
	}
	return r.Field + ": " + r.Detail
}
