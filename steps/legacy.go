package steps

import (
	"context"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) legacySteps(add func(string, any)) {
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
}

func (w *world) encrypt10By(ctx context.Context, generation string, by target.Auth) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{
		api: target.API10, method: "POST", path: k.path10(generation, "encrypt"), by: by,
		body: map[string]any{"plaintext": encode(w.bytes(usualSize))},
	})
}
