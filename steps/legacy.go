package steps

import (
	"context"
	"fmt"
	"net/url"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) legacySteps(add func(string, any)) {
	add(`I encrypt {n} bytes over API 1.0`, func(ctx context.Context, n int) error {
		return w.encrypt10(ctx, [][]byte{w.bytes(n)}, false)
	})
	add(`I encrypt a list of {n} over API 1.0`, func(ctx context.Context, n int) error {
		return w.encrypt10(ctx, w.list(n, usualSize), true)
	})
	add(`I decrypt the ciphertexts? over API 1.0`, w.decrypt10)
	add(`I encrypt over API 1.0 with {caller}`, func(ctx context.Context, caller string) error {
		by, err := w.caller(caller)
		if err != nil {
			return err
		}
		return w.encrypt10By(ctx, "v2", by)
	})
	add(`I encrypt over API 1.0 with the older signature`, func(ctx context.Context) error {
		return w.encrypt10By(ctx, "v1", target.SignatureV1(w.t.Credentials["owner"]))
	})
	add(`I encrypt over API 1.0 by a clock {duration} (ahead|behind)`, func(ctx context.Context, span, side string) error {
		d, err := duration(span)
		if err != nil {
			return err
		}
		return w.encrypt10By(ctx, "v2", w.shifted(d, side))
	})
	add(`the key serves the account over API 1.0`, w.serves10)
}

// call10 is a call of API 1.0 about a key. The part of the path before the key tag says which
// generation of signature the call carries (security-kms).
func (w *world) call10(name, generation, operation string, by target.Auth) (call, error) {
	k, err := w.key(name)
	if err != nil {
		return call{}, err
	}
	path := fmt.Sprintf("/keys/%s/%s/%s", generation, url.PathEscape(k.tag), operation)
	return call{api: target.API10, method: "POST", path: path, by: by}, nil
}

func (w *world) encrypt10(ctx context.Context, plain [][]byte, asList bool) error {
	c, err := w.call10("the key", "v2", "encrypt", w.owner())
	if err != nil {
		return err
	}
	c.body, w.asList = map[string]any{"plaintext": oneOrList(plain, asList)}, asList
	return w.encryptBy(ctx, c, plain)
}

func (w *world) encrypt10By(ctx context.Context, generation string, by target.Auth) error {
	c, err := w.call10("the key", generation, "encrypt", by)
	if err != nil {
		return err
	}
	c.body = map[string]any{"plaintext": encode(w.bytes(usualSize))}
	return w.try(ctx, c)
}

func (w *world) decrypt10(ctx context.Context) error {
	c, err := w.call10("the key", "v2", "decrypt", w.owner())
	if err != nil {
		return err
	}
	return w.decryptBy(ctx, c)
}

func (w *world) serves10(ctx context.Context) error {
	if err := w.encrypt10(ctx, w.list(1, usualSize), false); err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	if err := w.decrypt10(ctx); err != nil {
		return err
	}
	return w.plaintextBack()
}
