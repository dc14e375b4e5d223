package steps

import (
	"context"
	"fmt"
	"net/http"
	"time"

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
	add(`I encrypt over API 1.0, signed with (.+)`, func(ctx context.Context, flaw string) error {
		by, err := w.flawed(flaw)
		if err != nil {
			return err
		}
		return w.encrypt10By(ctx, "v2", by)
	})
	add(`I encrypt over API 1.0 with the older signature, signed with (.+)`, func(ctx context.Context, flaw string) error {
		by, err := w.flawedOlder(flaw)
		if err != nil {
			return err
		}
		return w.encrypt10By(ctx, "v1", by)
	})
	add(`I encrypt over API 1.0 with the (older|newer) signature on the path of the other`, func(ctx context.Context, which string) error {
		if which == "older" {
			return w.encrypt10By(ctx, "v2", target.SignatureV1(w.t.Credentials["owner"]))
		}
		return w.encrypt10By(ctx, "v1", w.owner())
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

// flawedOlder signs by the older signature but for one flaw.
func (w *world) flawedOlder(flaw string) (target.Auth, error) {
	c := w.t.Credentials["owner"]
	without := func(header string) target.Auth {
		return target.AuthFunc(func(r *http.Request, now time.Time) {
			target.SignatureV1(c).Authorize(r, now)
			r.Header.Del(header)
		})
	}
	switch flaw {
	case "another secret key":
		c.SecretKey += "x"
	case "another API key":
		c.APIKey += "x"
	case "no API key":
		return without(target.HeaderAPIKey), nil
	case "no signature":
		return without(target.HeaderSignatureV1), nil
	default:
		return nil, fmt.Errorf("no call is signed by the older signature with %s", flaw)
	}
	return target.SignatureV1(c), nil
}
