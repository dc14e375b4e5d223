package steps

import (
	"context"
	"encoding/json"
	"time"
)

// token is a token that a step has, genuine or forged.
type token struct {
	text   string
	key    string        // how sentences call the key that it was issued for
	issued time.Time     // by the target's clock
	life   time.Duration // as it was asked for; 0: unlimited
}

// The lives of tokens for which nothing was asked (security-kms2-token-set).
const (
	accessLife  = 72 * time.Hour
	refreshLife = 2160 * time.Hour
)

// hours are the members of an issue; a nil one is left out.
type hours struct{ access, refresh json.RawMessage }

// otherHours are neither those by default nor extreme. Two tokens of one second with the same claims
// are one text: a set that must be told from an earlier one asks for another life.
var otherHours = hours{access: json.RawMessage("71"), refresh: json.RawMessage("2159")}

func (h hours) body() map[string]any {
	body := map[string]any{}
	if h.access != nil {
		body["accessTokenHours"] = h.access
	}
	if h.refresh != nil {
		body["refreshTokenHours"] = h.refresh
	}
	return body
}

// life is what a member asks for, as far as the steps need to know.
func life(raw json.RawMessage, fallback time.Duration) time.Duration {
	var n int64
	switch {
	case raw == nil:
		return fallback
	case json.Unmarshal(raw, &n) == nil:
		return time.Duration(n) * time.Hour
	default:
		return 0
	}
}

func (w *world) tokenSteps(add func(string, any)) {
	add(`a key with a token set`, func(ctx context.Context) error { return w.keyWithTokens(ctx, "the key", "the ", "AES256") })
	add(`an? {kind} key with a token set`, func(ctx context.Context, kind string) error {
		return w.keyWithTokens(ctx, "the key", "the ", kind)
	})
	add(`another key with a token set`, func(ctx context.Context) error {
		return w.keyWithTokens(ctx, "the other key", "the other ", "AES256")
	})
	add(`a token set is issued`, func(ctx context.Context) error { return w.issueSet(ctx, "the key", "the ", hours{}) })
	add(`a new token set is issued`, func(ctx context.Context) error { return w.issueSet(ctx, "the key", "the new ", otherHours) })
	add(`a token set is issued with (\S+) hours? for (the access token|the refresh token|both tokens)`,
		func(ctx context.Context, raw, which string) error {
			return w.issueSet(ctx, "the key", "the ", hoursFor(raw, which))
		})
	add(`an unlimited token set is issued`, func(ctx context.Context) error {
		return w.issueSet(ctx, "the key", "the ", hoursFor(`"UL"`, "both tokens"))
	})
	add(`I ask for a token set`, func(ctx context.Context) error { return w.askForSet(ctx, hours{}) })
	add(`I ask for a token set with (\S+) hours for (the access token|the refresh token)`,
		func(ctx context.Context, raw, which string) error {
			return w.askForSet(ctx, hoursFor(raw, which))
		})
	add(`I renew the token set with {caller}`, func(ctx context.Context, caller string) error {
		return w.renew(ctx, caller, "PUT", "/token-set", hours{})
	})
	add(`I renew the token set with (\S+) hours? for (the access token|the refresh token)`, func(ctx context.Context, raw, which string) error {
		return w.renew(ctx, "the refresh token", "PUT", "/token-set", hoursFor(raw, which))
	})
	add(`I renew the token set for {n} hours with {caller}`, func(ctx context.Context, raw, caller string) error {
		return w.renew(ctx, caller, "PUT", "/token-set", hoursFor(raw, "both tokens"))
	})
	add(`I ask for an access token with {caller}`, func(ctx context.Context, caller string) error {
		return w.renew(ctx, caller, "POST", "/access-token", hours{})
	})
	add(`I ask for an access token of (\S+) hours? with {caller}`, func(ctx context.Context, raw, caller string) error {
		return w.renew(ctx, caller, "POST", "/access-token", hours{access: json.RawMessage(raw)})
	})
	add(`{token} works{from}`, w.works)
	add(`{token} is refused{from}`, w.isRefused)
	add(`{token} is refused as (unauthorized|forbidden)`, w.isRefusedAs)
	w.claimSteps(add)
}

func hoursFor(raw, which string) hours {
	value := json.RawMessage(raw)
	switch which {
	case "the access token":
		return hours{access: value}
	case "the refresh token":
		return hours{refresh: value}
	default:
		return hours{value, value}
	}
}

// keyWithTokens gets a key of a kind with a creator, and issues the token set that the case starts from.
func (w *world) keyWithTokens(ctx context.Context, name, prefix, kind string) error {
	if err := w.getKeyWithCreator(ctx, name, kind); err != nil {
		return err
	}
	return w.issueSet(ctx, name, prefix, hours{})
}

func (w *world) getKeyWithCreator(ctx context.Context, name, kind string) error {
	if w.lender != nil {
		return w.borrow(ctx, name, kind, true)
	}
	if err := w.makeKey(ctx, name, kind); err != nil {
		return err
	}
	return w.enableCreator(ctx, name)
}

// enableCreator makes the first creator of a key and keeps its ID.
func (w *world) enableCreator(ctx context.Context, name string) error {
	if err := w.changeCreator(ctx, name, "enabled"); err != nil || name != "the key" {
		return err
	}
	return w.noteCreator(ctx, name)
}

// issueSet issues tokens by account, which the target must do.
func (w *world) issueSet(ctx context.Context, name, prefix string, h hours) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	r, err := w.demand(ctx, call{method: "POST", path: k.path("/token-set"), by: w.owner(), body: h.body()})
	if err != nil {
		return err
	}
	if err := w.keep(ctx, r, name, prefix, h); err != nil {
		return err
	}
	_, access := r.str("accessToken")
	_, refresh := r.str("refreshToken")
	return w.compare(access && refresh, "an access token and a refresh token", "members "+memberNames(r))
}

// askForSet tries to get tokens of the key; they become the new ones.
func (w *world) askForSet(ctx context.Context, h hours) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	if err := w.try(ctx, call{method: "POST", path: k.path("/token-set"), by: w.owner(), body: h.body()}); err != nil {
		return err
	}
	return w.keep(ctx, w.last, "the key", "the new ", h)
}

// renew tries to get tokens with a refresh token; they become the new ones.
func (w *world) renew(ctx context.Context, caller, method, path string, h hours) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	if err := w.try(ctx, call{method: method, path: k.path(path), by: by, body: h.body()}); err != nil {
		return err
	}
	return w.keep(ctx, w.last, "the key", "the new ", h)
}

// keep notes the tokens of an answer, if it holds any.
func (w *world) keep(ctx context.Context, r *reply, name, prefix string, h hours) error {
	if !r.ok() {
		return nil
	}
	now, err := w.t.Now(ctx)
	if err != nil {
		return err
	}
	if text, ok := r.str("accessToken"); ok {
		w.tokens[prefix+"access token"] = &token{text, name, now, life(h.access, accessLife)}
	}
	if text, ok := r.str("refreshToken"); ok {
		w.tokens[prefix+"refresh token"] = &token{text, name, now, life(h.refresh, refreshLife)}
	}
	return nil
}
