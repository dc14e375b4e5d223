package steps

import (
	"context"
	"encoding/base64"
	"fmt"
)

func (w *world) customKeySteps(add func(string, any)) {
	add(`I create a custom key with its plaintext {way}`, func(ctx context.Context, how string) error {
		return w.createCustom(ctx, how, map[string]any{"requestPlainKey": true})
	})
	add(`I create a custom key of (\S+) bits with its plaintext {way}`, func(ctx context.Context, bits, how string) error {
		return w.createCustom(ctx, how, map[string]any{"requestPlainKey": true, "bits": rawJSON(bits)})
	})
	add(`I create a custom key and ask for its plaintext by (\S+) {way}`, func(ctx context.Context, asked, how string) error {
		return w.createCustom(ctx, how, map[string]any{"requestPlainKey": rawJSON(asked)})
	})
	add(`I create a custom key without its plaintext {way}`, func(ctx context.Context, how string) error {
		return w.createCustom(ctx, how, map[string]any{"requestPlainKey": false})
	})
	add(`the custom key has {n} bits`, func(n int) error {
		if len(w.plain) == 0 {
			return w.compare(false, "the plaintext of a custom key", w.last.String()+", members "+memberNames(w.last))
		}
		return equal(w, "the bits of the custom key", 8*len(w.plain[0]), n)
	})
	add(`the custom key comes without its plaintext`, func() error {
		raw := string(w.last.Data["plaintext"])
		return w.compare(w.last.ok() && (raw == "" || raw == "null"), "no plaintext", "members "+memberNames(w.last))
	})
	add(`the custom key is noted`, func() { w.noted["custom key"] = w.onlyPlain() })
	add(`the custom key is another`, func() error {
		return w.comparesTo("the custom key", w.onlyPlain(), w.noted["custom key"], false)
	})
	add(`the custom key (names no version|names version \d+)`, w.customVersion)
}

// createCustom tries to create a custom key and keeps it and its ciphertext, as an encryption would.
func (w *world) createCustom(ctx context.Context, how string, body map[string]any) error {
	c, err := w.useCall("the key", "create a custom key", how)
	if err != nil {
		return err
	}
	w.addContext(body)
	c.body = body
	if err := w.try(ctx, c); err != nil {
		return err
	}
	w.plain, w.cipher, w.asList = nil, w.texts(w.last, "ciphertext"), false
	text, _ := w.last.str("plaintext")
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil && len(raw) > 0 {
		w.plain = [][]byte{raw}
	}
	return nil
}

// onlyPlain is the plaintext that is kept; empty when there is none.
func (w *world) onlyPlain() string {
	if len(w.plain) == 0 {
		return ""
	}
	return string(w.plain[0])
}

func (w *world) customVersion(what string) error {
	version, told := w.last.number("key_version")
	if what == "names no version" {
		return w.compare(w.last.ok() && !told, "no key_version", "members "+memberNames(w.last))
	}
	return w.compare(told && what == fmt.Sprintf("names version %d", version), "key_version: "+what, "members "+memberNames(w.last))
}
