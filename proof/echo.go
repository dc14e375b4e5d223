package proof

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// An echo repeats what scenarios encrypt by token, so that their own keys are under load with the very
// tokens that they are about.
type echo struct {
	t    *target.Target
	rate float64 // calls per second and key

	mu     sync.Mutex
	latest map[string]repeatable // by path

	due, sent, accepted, limited, refused, wrong, failed int
}

// A repeatable is a call that was overheard.
type repeatable struct {
	token string
	body  []byte
	from  target.Source
	at    time.Time // when it was last made
	owed  float64
}

const (
	beat        = 4 * time.Millisecond // between one batch of calls and the next
	mostPending = 64                   // calls under way
	// forgotten is how long a call is repeated that is not made any more.
	forgotten = 5 * time.Second
)

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
	token := r.Header.Get(target.HeaderToken)
	if token == "" || !strings.HasSuffix(r.URL.Path, "/encrypt") {
		return l.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := l.next.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusOK {
		l.e.keep(r.URL.Path, repeatable{token: token, body: body, from: l.from, at: time.Now()})
	}
	return resp, err
}

// keep takes a call that was accepted for the one to repeat on its key.
func (e *echo) keep(path string, r repeatable) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.latest == nil {
		e.latest = map[string]repeatable{}
	}
	e.latest[path] = r
}

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
					e.repeat(ctx, r)
					<-free
				})
			default: // too many are under way: the call is not made
			}
		}
		last = now
	}
}

// batch takes what is due after a time has passed.
func (e *echo) batch(now time.Time, passed time.Duration) (batch []target.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for path, r := range e.latest {
		if now.Sub(r.at) > forgotten {
			delete(e.latest, path)
			continue
		}
		r.owed += e.rate * passed.Seconds()
		q := target.Request{Method: http.MethodPost, Path: path, Auth: target.Token(r.token), Body: r.body, From: r.from}
		batch = append(batch, slices.Repeat([]target.Request{q}, int(r.owed))...)
		r.owed -= float64(int(r.owed))
		e.latest[path] = r
	}
	e.due += len(batch)
	return batch
}

func (e *echo) repeat(ctx context.Context, q target.Request) {
	answer, err := e.t.Do(ctx, q)
	if ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sent++
	switch {
	case err != nil || answer.Status >= 500:
		e.failed++
	case answer.Status == http.StatusTooManyRequests:
		e.limited++
	case answer.Status != http.StatusOK:
		e.refused++ // the scenario has seen to it
	default:
		e.accepted++
		if !bytes.Contains(answer.Body, []byte(`"ncpkms:v`)) {
			e.wrong++
		}
	}
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
	return fmt.Sprintf("the scenarios' keys: %d calls due, %d made, %d accepted, %d over the limit, %d refused", e.due, e.sent, e.accepted, e.limited, e.refused)
}
