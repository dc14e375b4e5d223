package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Reach asks each base URL for an answer and learns the target's clock on the way. Any answer will
// do; the error names the URL that gave none. The budget does not count these calls.
func (t *Target) Reach(ctx context.Context) error {
	for _, api := range APIs() {
		if !t.Offers(api) {
			continue
		}
		if err := t.ask(ctx, api, "/"); err != nil {
			return err
		}
	}
	return nil
}

// ask makes a call that needs no credentials, to which any answer will do.
func (t *Target) ask(ctx context.Context, api API, path string) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	r := Request{API: api, Method: http.MethodGet, Path: path}
	req, err := t.HTTPRequest(ctx, r)
	if err != nil {
		return err
	}
	before := time.Now()
	answer, err := t.exchange(req, r)
	if err != nil {
		return fmt.Errorf("%s: %s does not answer: %w", api, t.URLs[api], innermost(err))
	}
	if api == API20 {
		t.learnClock(answer.Header.Get("Date"), before.Add(time.Since(before)/2))
	}
	return nil
}

// innermost drops what our own layers said: whoever reads this knows which call it was.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				all := joined.Unwrap()
				err = all[len(all)-1]
				continue
			}
			return err
		}
		err = inner
	}
}

// learnClock takes the target's clock from a Date header, which counts whole seconds, unless the
// admin listener tells it better. Within two seconds of the machine's clock the machine's is kept.
func (t *Target) learnClock(date string, at time.Time) {
	said, err := http.ParseTime(date)
	if err != nil || t.Offers(Admin) {
		return
	}
	offset := said.Add(500 * time.Millisecond).Sub(at)
	if offset.Abs() < 2*time.Second {
		offset = 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clock = reading{known: true, offset: offset}
}
