package proof

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// heldBack is how long a scenario waits for the refusal of a token that is repeated, so that enough of its repeated
// calls meet the target as it then is.
const heldBack = time.Second / 2

// overhear returns transports that carry what t's do, and keep what is to be repeated.
func (e *echo) overhear(t *target.Target) func(target.Source) http.RoundTripper {
	return func(s target.Source) http.RoundTripper { return listener{e, s, t.RoundTripper(s)} }
}

type listener struct {
	e    *echo
	from target.Source
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	key, token := path.Dir(r.URL.Path), r.Header.Get(target.HeaderToken)
	switch {
	case token == "" && r.Method != http.MethodGet:
		l.e.change(r.URL.Path)
		defer l.e.change(r.URL.Path)
		return l.next.RoundTrip(r)
	case token == "" || !strings.HasSuffix(r.URL.Path, "/encrypt"):
		return l.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	call := repeatable{token: token, body: body, from: l.from}
	switch {
	case resp.StatusCode == http.StatusOK:
		l.e.keep(key, call)
	case denies(resp.StatusCode) && l.e.refuse(key, call):
		_ = pause(r.Context(), heldBack)
	}
	return resp, nil
}

// denies reports whether a status refuses who calls or the key, and neither the text nor for the limit.
func denies(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound ||
		status == http.StatusConflict || status == http.StatusUnprocessableEntity
}

// An overheard key is one whose tokens encrypt in a scenario.
type overheard struct {
	call    repeatable // the latest that was accepted
	at      time.Time  // of it
	owed    float64    // calls that are due
	refused time.Time  // when a scenario saw it refused that has changed nothing since; zero: it did not
	changes int        // to the key that scenarios have begun or ended
	sealed  *sealed    // what a repeated call was answered and nobody has decrypted; nil: nothing
}

// keep takes a call that was accepted for the one to repeat on its key.
func (e *echo) keep(key string, r repeatable) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.keys == nil {
		e.keys = map[string]*overheard{}
	}
	k := e.keys[key]
	if k == nil {
		k = &overheard{}
		e.keys[key] = k
	}
	k.call, k.at, k.refused = r, time.Now(), time.Time{}
}

// refuse notes that a call was refused, and reports whether it is one that is repeated. A scenario makes one call
// on its key after the other, so nothing but its next change lets the call in again.
func (e *echo) refuse(key string, r repeatable) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	k := e.keys[key]
	if k == nil || !k.repeats(time.Now()) || k.call.token != r.token || k.call.from != r.from {
		return false
	}
	k.refused = time.Now()
	return true
}

// change notes that what a scenario calls, other than by token, may change the key in the path.
func (e *echo) change(called string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, k := range e.keys {
		if strings.HasPrefix(called+"/", key+"/") {
			k.changes++
			k.refused = time.Time{}
		}
	}
}
