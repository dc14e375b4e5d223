package steps

import (
	"context"
	"strings"
)

func (w *world) namingSteps(add func(string, any)) {
	add(`I give the key a new name`, func(ctx context.Context) error {
		name, err := w.ledger.FreshName()
		if err != nil {
			return err
		}
		return w.changeTo(ctx, "/name", map[string]any{"keyName": name})
	})
	add(`I rename the key to {text}`, func(ctx context.Context, name string) error {
		return w.changeTo(ctx, "/name", map[string]any{"keyName": name})
	})
	add(`I give the key the name of the other key`, func(ctx context.Context) error {
		other, err := w.key("the other key")
		if err != nil {
			return err
		}
		return w.changeTo(ctx, "/name", map[string]any{"keyName": other.name})
	})
	add(`I change the memo to {text}`, func(ctx context.Context, memo string) error {
		return w.changeTo(ctx, "/memo", map[string]any{"memo": memo})
	})
	add(`I change the memo to one of {n} characters`, func(ctx context.Context, n int) error {
		return w.changeTo(ctx, "/memo", map[string]any{"memo": strings.Repeat("m", n)})
	})
	add(`I change the (name|memo) to the raw text (.+)`, func(ctx context.Context, what, raw string) error {
		return w.changeTo(ctx, "/"+what, map[string]any{creationMembers[what]: rawJSON(raw)})
	})
	add(`I change the (name|memo) and say no other`, func(ctx context.Context, what string) error {
		return w.changeTo(ctx, "/"+what, map[string]any{})
	})
}

// changeTo tries to change name or memo of the key, and keeps what was asked.
func (w *world) changeTo(ctx context.Context, rest string, body map[string]any) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	w.asked = body
	return w.try(ctx, call{method: "PUT", path: k.path(rest), by: w.owner(), body: body})
}
