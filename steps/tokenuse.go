package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// useToken does what a token is for: an access token encrypts, a refresh token gets an access token.
func (w *world) useToken(ctx context.Context, name string, from target.Source) (*reply, error) {
	t, err := w.token(name)
	if err != nil {
		return nil, err
	}
	k, err := w.key(t.key)
	if err != nil {
		return nil, err
	}
	return w.send(ctx, w.useOf(t, k, strings.HasSuffix(name, "refresh token"), from))
}

func (w *world) useOf(t *token, k *key, refresh bool, from target.Source) call {
	c := call{method: "POST", path: k.path("/encrypt"), by: target.Token(t.text), from: from}
	c.body = map[string]any{"plaintext": encode(w.bytes(usualSize))}
	if refresh {
		c.path, c.body = k.path("/access-token"), map[string]any{}
	}
	return c
}

// works compares the use of a token with what it is for: a ciphertext that decrypts, or an access
// token that encrypts.
func (w *world) works(ctx context.Context, name, from string) error {
	if err := w.differsFromNew(name); err != nil {
		return err
	}
	source, err := w.source(from)
	if err != nil {
		return err
	}
	r, err := w.useToken(ctx, name, source)
	if err != nil {
		return err
	}
	if err := w.compare(r.ok(), name+" to work", r.String()); err != nil {
		return err
	}
	if !strings.HasSuffix(name, "refresh token") {
		text, _ := r.str("ciphertext")
		if len(w.cipher) == 0 && w.tokens[name].key == "the key" {
			w.cipher = []string{text} // what a dead token must not decrypt
		}
		return w.compare(cipherForm.MatchString(text), "a ciphertext", "members "+memberNames(r))
	}
	return w.yields(ctx, r, name, source)
}

// differsFromNew compares an earlier token with a later one of the same kind: if they are one text,
// that the earlier one works shows nothing. Where the same life was asked for in the same second,
// that is a mistake of the scenario.
func (w *world) differsFromNew(name string) error {
	kind := name[strings.LastIndexByte(name[:strings.LastIndexByte(name, ' ')], ' ')+1:]
	old, later := w.tokens[name], w.tokens["the new "+kind]
	if old == nil || later == nil || old == later || old.text != later.text {
		return nil
	}
	if old.life == later.life && old.issued.Equal(later.issued) {
		return fmt.Errorf("%s and the new one were asked for alike and are the same text", name)
	}
	return w.compare(false, "the new "+kind+" to be another one", "the same text")
}

// yields compares the access token that a refresh token got with one that encrypts.
func (w *world) yields(ctx context.Context, r *reply, name string, from target.Source) error {
	text, _ := r.str("accessToken")
	k, err := w.key(w.tokens[name].key)
	if err != nil {
		return err
	}
	yielded, err := w.send(ctx, w.useOf(&token{text: text}, k, false, from))
	if err != nil {
		return err
	}
	return w.compare(yielded.ok(), "the access token that "+name+" yields to work", yielded.String())
}

// isRefused compares every use of a token with a refusal: encrypting and decrypting, or both ways to
// renew.
func (w *world) isRefused(ctx context.Context, name, from string) error {
	source, err := w.source(from)
	if err != nil {
		return err
	}
	t, err := w.token(name)
	if err != nil {
		return err
	}
	uses := w.cipherUses
	if strings.HasSuffix(name, "refresh token") {
		uses = w.renewalUses
	}
	return w.allRefused(ctx, name, uses(t, source))
}

// use is a call and what it would mean if the target accepted it.
type use struct {
	call
	means string
}

func (w *world) cipherUses(t *token, from target.Source) []use {
	k := w.keys[t.key]
	encrypt := w.useOf(t, k, false, from)
	uses := []use{{encrypt, "encrypts"}}
	if len(w.cipher) > 0 && t.key == "the key" {
		decrypt := encrypt
		decrypt.path, decrypt.body = k.path("/decrypt"), map[string]any{"ciphertext": w.cipher[0]}
		uses = append(uses, use{decrypt, "decrypts"})
	}
	return uses
}

func (w *world) renewalUses(t *token, from target.Source) []use {
	k := w.keys[t.key]
	access := w.useOf(t, k, true, from)
	set := access
	set.method, set.path = "PUT", k.path("/token-set")
	return []use{{access, "yields an access token"}, {set, "yields a token set"}}
}

func (w *world) allRefused(ctx context.Context, name string, uses []use) error {
	for _, u := range uses {
		r, err := w.send(ctx, u.call)
		if err != nil {
			return err
		}
		if err := w.refused(r); err != nil {
			if m, ok := errors.AsType[*Mismatch](err); ok {
				return &Mismatch{Want: name + " to be refused", Got: "it " + u.means + ": " + m.Got}
			}
			return err
		}
	}
	return nil
}

func (w *world) isRefusedAs(ctx context.Context, name, kind string) error {
	r, err := w.useToken(ctx, name, target.Source{})
	if err != nil {
		return err
	}
	return w.refusedAs(r, kind)
}
