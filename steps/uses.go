package steps

import (
	"context"
	"fmt"
	"net/url"

	"github.com/kmsproof/kmsproof/target"
)

// An operation uses a key's material.
type operation struct {
	path   string // after the key tag
	path10 string // the same on API 1.0; empty: it has none
	works  member // what it works on
	under  bool   // it takes a context
}

// A member of a body carries what an operation works on.
type member string

const (
	aPlaintext  member = "plaintext"
	aCiphertext member = "ciphertext"
	someData    member = "data"
	aSignature  member = "signature" // beside the data
	noMember    member = ""
)

// operations are the uses of a key, as sentences call them (security-kms2-overview).
var operations = map[string]operation{
	"encrypt":                      {"/encrypt", "encrypt", aPlaintext, true},
	"decrypt":                      {"/decrypt", "decrypt", aCiphertext, true},
	"create a custom key":          {"/create-custom-key", "createCustomKey", noMember, true},
	"re-encrypt":                   {"/re-encrypt", "reencrypt", aCiphertext, true},
	"re-encrypt by the other path": {"/reencrypt", "", aCiphertext, true},
	"sign":                         {"/sign", "sign", someData, false},
	"verify":                       {"/verify", "verify", aSignature, false},
	publicKeyUse:                   {"/get-pub-key", "", noMember, false},
}

func (w *world) useSteps(add func(string, any)) {
	add(`I {use} {way}{from}`, w.use)
	add(`I {use} {way} and leave out what it works on`, w.useWithout)
	add(`I verify {way} and leave out the data`, func(ctx context.Context, how string) error {
		return w.useAs(ctx, "verify", how, func(body map[string]any, _ string) { delete(body, string(someData)) })
	})
	add(`I {use} the raw text (.+) {way}`, w.useRaw)
	add(`I {use} an empty list {way}`, func(ctx context.Context, use, how string) error {
		return w.useRaw(ctx, use, "[]", how)
	})
	add(`I verify the signature over the raw text (.+) {way}`, func(ctx context.Context, raw, how string) error {
		return w.useAs(ctx, "verify", how, func(body map[string]any, _ string) { body[string(someData)] = rawJSON(raw) })
	})
	add(`I verify the signature over no data {way}`, func(ctx context.Context, how string) error {
		return w.useAs(ctx, "verify", how, func(body map[string]any, _ string) { delete(body, string(someData)) })
	})
	add(`I encrypt under the raw context (.+) {way}`, func(ctx context.Context, raw, how string) error {
		return w.useAs(ctx, "encrypt", how, func(body map[string]any, _ string) { body["context"] = rawJSON(raw) })
	})
	add(`{key} serves the account( over API 1.0)?`, w.serves)
	add(`{key} can be used to {use} {way}`, func(ctx context.Context, key, use, how string) error {
		if err := w.useKey(ctx, key, use, how, ""); err != nil {
			return err
		}
		return w.accepted(w.last)
	})
	add(`the context is {text}`, func(text string) { w.under = []byte(text) })
	add(`the context has {n} bytes`, func(n int) { w.under = w.bytes(n) })
	add(`there is no context`, func() { w.under = nil })
}

// A way is how a use reaches a key: over which API, and by whose credentials.
type way struct {
	api target.API // zero: API 2.0
	by  target.Auth
}

func (w *world) way(text string) (way, error) {
	if text == "over API 1.0" {
		return way{target.API10, w.owner()}, nil
	}
	by, err := w.caller(text[len("with "):])
	return way{by: by}, err
}

// caller returns the credentials that a sentence names.
func (w *world) caller(name string) (target.Auth, error) {
	switch name {
	case "the account":
		return w.owner(), nil
	case "no credentials":
		return nil, nil
	}
	if role, ok := roles[name]; ok {
		return w.as(role), nil
	}
	t, err := w.token(name)
	if err != nil {
		return nil, err
	}
	return target.Token(t.text), nil
}

// useCall is a call of an operation with a key, without its body.
func (w *world) useCall(key, name, how string) (call, error) {
	k, err := w.key(key)
	if err != nil {
		return call{}, err
	}
	by, err := w.way(how)
	if err != nil {
		return call{}, err
	}
	o, ok := operations[name]
	if !ok || by.api == target.API10 && o.path10 == "" {
		return call{}, fmt.Errorf("nobody can %s %s", name, how)
	}
	c := call{api: by.api, method: "POST", path: k.path(o.path), by: by.by}
	if by.api == target.API10 {
		c.path = k.path10("v2", o.path10)
	}
	return c, nil
}

// path10 is the path of a call of API 1.0. The part before the key tag says which generation of
// signature the call carries (security-kms).
func (k *key) path10(generation, operation string) string {
	return fmt.Sprintf("/keys/%s/%s/%s", generation, url.PathEscape(k.tag), operation)
}

// use tries an operation with the key.
func (w *world) use(ctx context.Context, name, how, from string) error {
	return w.useKey(ctx, "the key", name, how, from)
}

func (w *world) useKey(ctx context.Context, key, name, how, from string) error {
	c, err := w.useCall(key, name, how)
	if err != nil {
		return err
	}
	if c.from, err = w.source(from); err != nil {
		return err
	}
	if c.body, err = w.worksOn(ctx, key, operations[name]); err != nil {
		return err
	}
	return w.try(ctx, c)
}

// worksOn is the body of an operation. What it takes that is not there yet, a ciphertext or a
// signature of the key, the account makes first, which the target must accept.
func (w *world) worksOn(ctx context.Context, key string, o operation) (map[string]any, error) {
	body := map[string]any{}
	switch o.works {
	case aPlaintext:
		body["plaintext"] = encode(w.bytes(usualSize))
	case aCiphertext:
		if len(w.cipher) == 0 {
			if err := w.encrypt(ctx, key, "with the account", w.list(1, usualSize), false); err != nil {
				return nil, err
			}
			if err := w.accepted(w.last); err != nil {
				return nil, err
			}
		}
		if len(w.cipher) == 0 {
			return nil, w.noCiphertext()
		}
		body["ciphertext"] = w.cipher[0]
	case someData:
		body["data"] = encode(w.bytes(usualSize))
	case aSignature:
		if w.signature == "" {
			if err := w.sign(ctx, usualSize, "with the account"); err != nil {
				return nil, err
			}
			if err := w.accepted(w.last); err != nil {
				return nil, err
			}
		}
		body["data"], body["signature"] = encode(w.data), w.signature
	}
	if o.under {
		w.addContext(body)
	}
	return body, nil
}

// addContext puts the context of the scenario into a body, if it has one.
func (w *world) addContext(body map[string]any) {
	if w.under != nil {
		body["context"] = encode(w.under)
	}
}

func (w *world) useWithout(ctx context.Context, name, how string) error {
	return w.useAs(ctx, name, how, func(body map[string]any, works string) { delete(body, works) })
}

// useRaw gives an operation a piece of JSON to work on.
func (w *world) useRaw(ctx context.Context, name, raw, how string) error {
	return w.useAs(ctx, name, how, func(body map[string]any, works string) { body[works] = rawJSON(raw) })
}

// useAs tries an operation whose body was changed.
func (w *world) useAs(ctx context.Context, name, how string, change func(body map[string]any, works string)) error {
	c, err := w.useCall("the key", name, how)
	if err != nil {
		return err
	}
	body, err := w.worksOn(ctx, "the key", operations[name])
	if err != nil {
		return err
	}
	change(body, string(operations[name].works))
	c.body = body
	return w.try(ctx, c)
}

// serves encrypts and decrypts as the account, or signs and verifies where the key does not encrypt.
func (w *world) serves(ctx context.Context, key, over string) error {
	how := "with the account"
	if over != "" {
		how = "over API 1.0"
	}
	if k := w.keys[key]; k != nil && k.kind == "ECDSA" {
		if err := w.sign(ctx, usualSize, how); err != nil {
			return err
		}
		if err := w.accepted(w.last); err != nil {
			return err
		}
		if err := w.verify(ctx, how); err != nil {
			return err
		}
		return w.saysValid("valid")
	}
	if err := w.encrypt(ctx, key, how, w.list(1, usualSize), false); err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	if err := w.decrypt(ctx, key, how); err != nil {
		return err
	}
	return w.plaintextBack()
}
