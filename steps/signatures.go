package steps

import (
	"context"
	"encoding/json"
)

func (w *world) signatureSteps(add func(string, any)) {
	add(`I sign {n} bytes? {way}`, w.sign)
	add(`I verify the signature {way}`, w.verify)
	add(`I verify the signature {way} and {key}`, func(ctx context.Context, how, key string) error {
		return w.verifyBy(ctx, key, how)
	})
	add(`the signature is (valid|not valid)`, w.saysValid)
	add(`its validity is true or false, and no text`, func() error {
		var b bool
		return w.compare(json.Unmarshal(w.last.Data["valid"], &b) == nil, "a boolean", string(w.last.Data["valid"]))
	})
	add(`the signature comes back (with.*)`, w.alterSignature)
	add(`the data comes back with a bit off`, func() { w.data = flip(w.data, 0) })
	add(`the signature is never valid {way}`, w.neverValid)
	add(`I ask for the public key of version {n} {way}`, func(ctx context.Context, n int, how string) error { return w.askPublic(ctx, n, how) })
	add(`I ask for the public key of the version (.+) {way}`, func(ctx context.Context, raw, how string) error {
		return w.askPublic(ctx, rawJSON(raw), how)
	})
	add(`the public key is noted`, func() { w.noted["public key"], _ = w.last.str("publicKey") })
	add(`the public key is (as noted|another)`, w.publicCompares)
	add(`the public key is of the type (RSA2048|ECDSA)`, w.publicIs)
	add(`the public key confirms the signature`, func(ctx context.Context) error { return w.confirms(ctx, "") })
	add(`the public key confirms the signature as (RSA-PSS|ASN\.1 DER)`, w.confirms)
}

// sign tries to sign and keeps what comes back.
func (w *world) sign(ctx context.Context, n int, how string) error {
	c, err := w.useCall("the key", "sign", how)
	if err != nil {
		return err
	}
	w.data = w.bytes(n)
	c.body = map[string]any{"data": encode(w.data)}
	if err := w.try(ctx, c); err != nil {
		return err
	}
	w.signature, _ = w.last.str("signature")
	return nil
}

func (w *world) verify(ctx context.Context, how string) error { return w.verifyBy(ctx, "the key", how) }

func (w *world) verifyBy(ctx context.Context, key, how string) error {
	c, err := w.useCall(key, "verify", how)
	if err != nil {
		return err
	}
	if w.signature == "" {
		return w.compare(false, "a signature to verify", w.last.String())
	}
	c.body = map[string]any{"data": encode(w.data), "signature": w.signature}
	return w.try(ctx, c)
}

// valid reads what an answer says of a signature. The published table calls it a text, the example
// shows a boolean; which it was is noted.
func (w *world) valid(r *reply) (is, said bool) {
	if s, ok := r.str("valid"); ok {
		w.reading("valid is a text")
		return s == "true", s == "true" || s == "false"
	}
	w.reading("valid is a boolean")
	return is, json.Unmarshal(r.Data["valid"], &is) == nil && len(r.Data["valid"]) > 0
}

func (w *world) saysValid(how string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	is, said := w.valid(w.last)
	return w.compare(said && is == (how == "valid"), "the signature to be "+how, "valid: "+string(w.last.Data["valid"]))
}

// neverValid takes a refusal and an answer that says no alike.
func (w *world) neverValid(ctx context.Context, how string) error {
	if err := w.verify(ctx, how); err != nil {
		return err
	}
	if is, said := w.valid(w.last); w.last.ok() {
		return w.compare(said && !is, "the signature not to be valid", "valid: "+string(w.last.Data["valid"]))
	}
	return w.refused(w.last)
}

func (w *world) alterSignature(flaw string) error {
	if w.signature == "" {
		return w.compare(false, "a signature", w.last.String())
	}
	altered, err := spoil(w.signature, flaw)
	w.signature = altered
	return err
}

func (w *world) askPublic(ctx context.Context, version any, how string) error {
	c, err := w.useCall("the key", "ask for the public key", how)
	if err != nil {
		return err
	}
	c.body = map[string]any{"keyVersion": version}
	return w.try(ctx, c)
}

func (w *world) publicCompares(how string) error {
	text, _ := w.last.str("publicKey")
	return w.comparesTo("the public key", text, w.noted["public key"], how == "as noted")
}
