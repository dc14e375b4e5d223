package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// reading is what is known of the target's clock.
type reading struct {
	known  bool
	frozen bool
	at     time.Time     // the target's time while frozen
	offset time.Duration // target minus machine while running
}

// Now returns the target's time: by its admin listener where it has one (asked once, and again
// after the clock was moved through this Target), else by the Date header of an answer once one
// was seen, else the machine's.
func (t *Target) Now(ctx context.Context) (time.Time, error) {
	t.mu.Lock()
	r := t.clock
	t.mu.Unlock()
	if !r.known && t.Offers(Admin) {
		var err error
		if r, err = t.askClock(ctx); err != nil {
			return time.Time{}, err
		}
	}
	if r.frozen {
		return r.at, nil
	}
	return time.Now().Add(r.offset), nil
}

// Frozen reports whether the target's clock stands still, as far as is known; false without an admin listener.
func (t *Target) Frozen(ctx context.Context) (bool, error) {
	_, err := t.Now(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock.frozen, err
}

// CanSetClock reports whether the target's clock can be moved.
func (t *Target) CanSetClock() bool { return t.Offers(Admin) }

// Advance moves the target's clock forward by d.
func (t *Target) Advance(ctx context.Context, d time.Duration) error {
	return t.setClock(ctx, map[string]any{"advance": d.String()})
}

// SetTime moves the target's clock to at.
func (t *Target) SetTime(ctx context.Context, at time.Time) error {
	return t.setClock(ctx, map[string]any{"set": at.Format(time.RFC3339Nano)})
}

// Freeze stops the target's clock, or lets it run on.
func (t *Target) Freeze(ctx context.Context, frozen bool) error {
	return t.setClock(ctx, map[string]any{"freeze": frozen})
}

// ErrNoClock is returned by the calls that move the clock of a target without an admin listener.
var ErrNoClock = errors.New("the target has no admin listener, so its clock cannot be set")

func (t *Target) setClock(ctx context.Context, change map[string]any) error {
	if !t.Offers(Admin) {
		return ErrNoClock
	}
	body, err := json.Marshal(change)
	if err != nil {
		return err
	}
	_, err = t.clockCall(ctx, http.MethodPost, body)
	return err
}

func (t *Target) askClock(ctx context.Context) (reading, error) {
	return t.clockCall(ctx, http.MethodGet, nil)
}

// clockCall asks for or moves the clock and keeps what the answer says.
func (t *Target) clockCall(ctx context.Context, method string, body []byte) (reading, error) {
	before := time.Now()
	answer, err := t.AdminCall(ctx, method, "/admin/clock", body)
	if err != nil {
		return reading{}, err
	}
	var said struct {
		Now    time.Time `json:"now"`
		Frozen bool      `json:"frozen"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return reading{}, fmt.Errorf("%s: /admin/clock: %w", t.Name, err)
	}
	middle := before.Add(time.Since(before) / 2)
	r := reading{known: true, frozen: said.Frozen, at: said.Now, offset: said.Now.Sub(middle)}
	t.mu.Lock()
	t.clock = r
	t.mu.Unlock()
	return r, nil
}

// AdminCall asks the admin listener and returns the body of its answer. An answer other than 200
// is an error that carries what it said. The budget does not count it.
func (t *Target) AdminCall(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout())
	defer cancel()
	r := Request{API: Admin, Method: method, Path: path, Body: body}
	req, err := t.HTTPRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := t.exchange(req, r)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("%s: %s %s: status %d: %.300s", t.Name, method, path, answer.Status, answer.Body)
	}
	return answer.Body, nil
}
