package steps

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// mostCalls is how many calls are made at most to use up a limit: several times every published one.
const mostCalls = 1500

// burst counts how a series of equal calls ended.
type burst struct {
	sent, accepted, limited int
	other                   *reply // the first that was neither
}

// repeated makes the next call of a series.
type repeated func(context.Context) (*reply, error)

func (w *world) limitSteps(add func(string, any)) {
	add(`I (encrypt|decrypt) {n} times with {caller}`, func(ctx context.Context, operation string, n int, caller string) error {
		return w.repeat(ctx, n, w.cipherCall(operation, caller))
	})
	add(`I encrypt lists of {n} {n} times with {caller}, spread over a second`, func(ctx context.Context, items, n int, caller string) error {
		return w.spread(ctx, n, w.listCall(items, caller), nil)
	})
	add(`I encrypt {n} times over API 1.0`, func(ctx context.Context, n int) error {
		return w.repeat(ctx, n, w.legacyCall("the key"))
	})
	add(`I encrypt {n} times over API 1.0 with {key}`, func(ctx context.Context, n int, key string) error {
		return w.repeat(ctx, n, w.legacyCall(key))
	})
	add(`I encrypt {n} times with {caller}, spread over a second`, func(ctx context.Context, n int, caller string) error {
		return w.spread(ctx, n, w.cipherCall("encrypt", caller), nil)
	})
	add(`I encrypt {n} times with {caller}, spread over a second, while (the access token|API 1.0) goes on`,
		func(ctx context.Context, n int, caller, other string) error {
			beside := w.legacyCall("the key")
			if other != "API 1.0" {
				beside = w.cipherCall("encrypt", other)
			}
			return w.spread(ctx, n, w.cipherCall("encrypt", caller), beside)
		})
	add(`I encrypt {n} times over API 1.0, spread over a second`, func(ctx context.Context, n int) error {
		return w.spread(ctx, n, w.legacyCall("the key"), nil)
	})
	add(`I encrypt {n} times over API 1.0, spread over a second, while {caller} goes on`, func(ctx context.Context, n int, caller string) error {
		return w.spread(ctx, n, w.legacyCall("the key"), w.cipherCall("encrypt", caller))
	})
	add(`I use up the key`, func(ctx context.Context) error { return w.useUp(ctx, w.cipherCall("encrypt", "the access token")) })
	add(`I use up API 1.0`, func(ctx context.Context) error { return w.useUp(ctx, w.legacyCall("the key")) })
	add(`all of them are accepted`, w.allAccepted)
	add(`none of them is accepted`, func() error {
		return w.compare(w.burst.sent > 0 && w.burst.accepted == 0, "every call to be refused", w.burst.String())
	})
	add(`one call more is over the limit`, func(ctx context.Context) error {
		return w.oneMore(ctx, w.cipherCall("encrypt", "the access token"))
	})
	add(`one call more over API 1.0 is over the limit`, func(ctx context.Context) error { return w.oneMore(ctx, w.legacyCall("the key")) })
	add(`one call more over API 1.0 with {key} is over the limit`, func(ctx context.Context, key string) error {
		return w.oneMore(ctx, w.legacyCall(key))
	})
}

// cipherCall is a cipher call of API 2.0. A token works on the key that it was issued for.
func (w *world) cipherCall(operation, caller string) repeated {
	return func(ctx context.Context) (*reply, error) {
		by, err := w.caller(caller)
		if err != nil {
			return nil, err
		}
		name := "the key"
		if strings.HasPrefix(caller, "the other ") {
			name = "the other key"
		}
		k, err := w.key(name)
		if err != nil {
			return nil, err
		}
		c := call{method: "POST", path: k.path("/" + operation), by: by}
		if operation == "decrypt" {
			return w.decryptOnce(ctx, c)
		}
		c.body = map[string]any{"plaintext": "a21zcHJvb2Y="}
		r, err := w.send(ctx, c)
		if err == nil && r.ok() {
			w.cipher = w.texts(r, "ciphertext")
		}
		return r, err
	}
}

func (w *world) decryptOnce(ctx context.Context, c call) (*reply, error) {
	if len(w.cipher) == 0 {
		return nil, w.compare(false, "a ciphertext from the calls before", w.burst.String())
	}
	c.body = map[string]any{"ciphertext": w.cipher[0]}
	return w.send(ctx, c)
}

func (w *world) listCall(items int, caller string) repeated {
	return func(ctx context.Context) (*reply, error) {
		by, err := w.caller(caller)
		if err != nil {
			return nil, err
		}
		k, err := w.key("the key")
		if err != nil {
			return nil, err
		}
		body := map[string]any{"plaintext": oneOrList(w.list(items, usualSize), true)}
		return w.send(ctx, call{method: "POST", path: k.path("/encrypt"), by: by, body: body})
	}
}

func (w *world) legacyCall(name string) repeated {
	return func(ctx context.Context) (*reply, error) {
		c, err := w.useCall(name, "encrypt", "over API 1.0")
		if err != nil {
			return nil, err
		}
		c.body = map[string]any{"plaintext": "a21zcHJvb2Y="}
		return w.send(ctx, c)
	}
}

// add counts one answer.
func (b *burst) add(r *reply) {
	b.sent++
	switch {
	case r.ok():
		b.accepted++
	case r.Status == 429:
		b.limited++
	case b.other == nil:
		b.other = r
	}
}

// String counts the answers.
func (b burst) String() string {
	text := fmt.Sprintf("of %d calls %d were accepted and %d were over the limit", b.sent, b.accepted, b.limited)
	if b.other != nil {
		text += "; another was answered with " + b.other.String()
	}
	return text
}

// repeat makes n calls and counts the answers.
func (w *world) repeat(ctx context.Context, n int, next repeated) error {
	w.burst = burst{}
	for range n {
		r, err := next(ctx)
		if err != nil {
			return err
		}
		w.burst.add(r)
	}
	return nil
}

// spread makes n calls with the same time between one and the next, n times that being a second, and
// counts their answers. beside, which may be nil, is called as often and is not counted.
func (w *world) spread(ctx context.Context, n int, next, beside repeated) error {
	w.burst = burst{}
	gap := time.Second/time.Duration(n) + time.Nanosecond // rounded up: never faster than n a second
	for range n {
		if beside != nil {
			if _, err := beside(ctx); err != nil {
				return err
			}
		}
		r, err := next(ctx)
		if err != nil {
			return err
		}
		w.burst.add(r)
		if err := w.t.Advance(ctx, gap); err != nil {
			return err
		}
	}
	return nil
}

// useUp calls until the limit refuses. A target that never does has no limit to be used up.
func (w *world) useUp(ctx context.Context, next repeated) error {
	var b burst
	for b.sent < mostCalls && b.limited == 0 && b.other == nil {
		r, err := next(ctx)
		if err != nil {
			return err
		}
		b.add(r)
	}
	return w.compare(b.limited > 0, fmt.Sprintf("a limit to be reached within %d calls", mostCalls), b.String())
}

func (w *world) allAccepted() error {
	return w.compare(w.burst.sent > 0 && w.burst.accepted == w.burst.sent,
		fmt.Sprintf("all %d calls to be accepted", w.burst.sent), w.burst.String())
}

func (w *world) oneMore(ctx context.Context, next repeated) error {
	r, err := next(ctx)
	if err != nil {
		return err
	}
	w.last = r
	return w.compare(r.Status == 429, "one call more to be refused by the limit (429)", r.String())
}
