package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"time"
)

// MaxAnswer bounds how much of an answer's body is read, in bytes.
const MaxAnswer = 4 << 20

// A Request is one call. Method, path, query, headers and body go out exactly as given.
type Request struct {
	API    API // zero means API20
	Method string
	Path   string // with the query, as it is signed and sent; begins with a slash
	Header http.Header
	Body   []byte
	Auth   Auth   // nil sends no credentials
	From   Source // zero lets the system choose
}

// An Answer is what came back, undecoded.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends one request and reads the whole answer. Its error means that no answer came (it wraps
// ErrNoAnswer), that the budget forbids the call (ErrBudget), or that the context ended; never
// that the answer was bad. Redirects are answers and are not followed.
func (t *Target) Do(ctx context.Context, r Request) (*Answer, error) {
	if r.API == "" {
		r.API = API20
	}
	if err := t.spend(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	req, err := t.HTTPRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	return t.exchange(req, r)
}

func (t *Target) exchange(req *http.Request, r Request) (*Answer, error) {
	resp, err := t.RoundTripper(r.From).RoundTrip(req)
	if err != nil {
		return nil, t.noAnswer(r, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	if err != nil {
		return nil, t.noAnswer(r, err)
	}
	if len(body) > MaxAnswer {
		return nil, t.noAnswer(r, fmt.Errorf("the answer is longer than %d bytes", MaxAnswer))
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// HTTPRequest makes the signed HTTP request of r without sending it, for callers that send by
// their own means. The budget does not count it.
func (t *Target) HTTPRequest(ctx context.Context, r Request) (*http.Request, error) {
	if r.API == "" {
		r.API = API20
	}
	base := t.URLs[r.API]
	if base == "" {
		return nil, fmt.Errorf("%s: it has no %s URL", t.Name, r.API)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	if r.Body == nil {
		req.Body, req.ContentLength = nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, r.Header)
	if r.Auth != nil {
		now, err := t.Now(ctx)
		if err != nil {
			return nil, err
		}
		r.Auth.Authorize(req, now)
	}
	return req, nil
}

func (t *Target) timeout() time.Duration {
	if t.Timeout > 0 {
		return t.Timeout
	}
	return DefaultTimeout
}

// spend counts a call against the budget.
func (t *Target) spend() error { return t.Reserve(1) }

// Reserve counts calls that are about to be made against the budget, for callers that send by
// their own means. Its error wraps ErrBudget; nothing is counted then.
func (t *Target) Reserve(calls int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Budget.Requests > 0 && t.requests+calls > t.Budget.Requests {
		return fmt.Errorf("%s: %w: %d requests", t.Name, ErrBudget, t.Budget.Requests)
	}
	t.requests += calls
	return nil
}

// Unanswered reports whether err means that no answer came.
func Unanswered(err error) bool { return errors.Is(err, ErrNoAnswer) }

// Uncertain reports whether err leaves open what the target did: no answer came, and not because nobody could
// be connected to.
func Uncertain(err error) bool {
	op, network := errors.AsType[*net.OpError](err)
	return Unanswered(err) && !(network && op.Op == "dial")
}
