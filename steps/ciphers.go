package steps

import (
	"context"
	"encoding/base64"

	"github.com/kmsproof/kmsproof/target"
)

// usualSize is the plaintext of a call that is not about sizes, in bytes.
const usualSize = 32

func (w *world) cipherSteps(add func(string, any)) {
	add(`I (encrypt|decrypt) with {caller}{from}`, w.useCipher)
	add(`I encrypt {n} bytes? with {caller}`, func(ctx context.Context, n int, caller string) error {
		return w.encrypt(ctx, "the key", caller, [][]byte{w.bytes(n)}, false)
	})
	add(`I encrypt a list of {n} with {caller}`, func(ctx context.Context, n int, caller string) error {
		return w.encrypt(ctx, "the key", caller, w.list(n, usualSize), true)
	})
	add(`I encrypt a list of {n}, {n} bytes each, with {caller}`, func(ctx context.Context, n, size int, caller string) error {
		return w.encrypt(ctx, "the key", caller, w.list(n, size), true)
	})
	add(`I encrypt an empty list with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptRaw(ctx, caller, `{"plaintext":[]}`)
	})
	add(`I encrypt the raw text (.+) with {caller}`, func(ctx context.Context, raw, caller string) error {
		return w.encryptRaw(ctx, caller, `{"plaintext":`+raw+`}`)
	})
	add(`I encrypt the same {n} bytes twice with {caller}`, w.encryptTwice)
	add(`I encrypt with a context with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptBeside(ctx, caller, "context", "Y29udGV4dA==")
	})
	add(`I encrypt with a member that nobody knows with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptBeside(ctx, caller, "kmsproofUnknown", true)
	})
	add(`I decrypt the ciphertexts? with {caller}`, func(ctx context.Context, caller string) error {
		return w.decrypt(ctx, "the key", caller)
	})
	add(`I decrypt the ciphertexts? with {caller} and {key}`, func(ctx context.Context, caller, key string) error {
		return w.decrypt(ctx, key, caller)
	})
	add(`the ciphertext comes back (with.*)`, w.alterCiphertext)
	add(`the plaintext comes back`, w.plaintextBack)
	add(`the plaintexts come back in order`, w.plaintextBack)
	add(`the ciphertext carries the prefix of version {n}`, w.hasPrefix)
	add(`the ciphertext holds {n} bytes`, w.holdsBytes)
	add(`the ciphertexts differ`, func() error {
		return w.compare(len(w.cipher) == 2 && w.cipher[0] != w.cipher[1], "two different ciphertexts", "the same text twice")
	})
	add(`{key} serves the account`, w.servesAccount)
}

// bytes returns n bytes that depend on the seed and the case alone.
func (w *world) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(w.rand.Uint32())
	}
	return b
}

func (w *world) list(count, size int) [][]byte {
	l := make([][]byte, count)
	for i := range l {
		l[i] = w.bytes(size)
	}
	return l
}

// caller returns the credentials that a sentence names.
func (w *world) caller(name string) (target.Auth, error) {
	switch name {
	case "the account":
		return w.owner(), nil
	case "the viewer":
		return w.viewer(), nil
	case "no credentials":
		return nil, nil
	}
	t, err := w.token(name)
	if err != nil {
		return nil, err
	}
	return target.Token(t.text), nil
}

// useCipher tries one cipher call. Decrypting takes the last ciphertext of the key; if there is none
// yet, the account makes one first, which the target must accept.
func (w *world) useCipher(ctx context.Context, operation, caller, from string) error {
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	source, err := w.source(from)
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	c := call{method: "POST", path: k.path("/" + operation), by: by, from: source}
	if operation == "encrypt" {
		c.body = map[string]any{"plaintext": encode(w.bytes(usualSize))}
		return w.try(ctx, c)
	}
	if len(w.cipher) == 0 {
		if err := w.servesAccount(ctx, "the key"); err != nil {
			return err
		}
	}
	c.body = map[string]any{"ciphertext": w.cipher[0]}
	return w.try(ctx, c)
}

// encrypt tries to encrypt with a key and keeps what comes back.
func (w *world) encrypt(ctx context.Context, name, caller string, plain [][]byte, asList bool) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	c := call{method: "POST", path: k.path("/encrypt"), by: by, body: map[string]any{"plaintext": oneOrList(plain, asList)}}
	w.asList = asList
	return w.encryptBy(ctx, c, plain)
}

// encryptBy sends an encryption and keeps plaintext and ciphertext.
func (w *world) encryptBy(ctx context.Context, c call, plain [][]byte) error {
	if err := w.try(ctx, c); err != nil {
		return err
	}
	w.plain, w.cipher = plain, w.texts(w.last, "ciphertext")
	return nil
}

// oneOrList is the value of a member that takes one text or a list.
func oneOrList(plain [][]byte, asList bool) any {
	var texts []string
	for _, p := range plain {
		texts = append(texts, encode(p))
	}
	if !asList {
		return texts[0]
	}
	return texts
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// texts reads a member that is one text or a list, or the list under the name that API 1.0 gave it,
// and notes which.
func (w *world) texts(r *reply, member string) []string {
	if s, ok := r.str(member); ok {
		return []string{s}
	}
	if l, ok := r.list(member); ok {
		w.reading("a list is answered as " + member)
		return l
	}
	if l, ok := r.list(member + "List"); ok {
		w.reading("a list is answered as " + member + "List")
		return l
	}
	return nil
}

func (w *world) encryptRaw(ctx context.Context, caller, body string) error {
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: "POST", path: k.path("/encrypt"), by: by, body: rawBody(body)})
}

// encryptBeside encrypts with one member more.
func (w *world) encryptBeside(ctx context.Context, caller, member string, value any) error {
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	plain := w.list(1, usualSize)
	body := map[string]any{"plaintext": encode(plain[0]), member: value}
	return w.encryptBy(ctx, call{method: "POST", path: k.path("/encrypt"), by: by, body: body}, plain)
}

func (w *world) encryptTwice(ctx context.Context, n int, caller string) error {
	plain := w.bytes(n)
	var both []string
	for range 2 {
		if err := w.encrypt(ctx, "the key", caller, [][]byte{plain}, false); err != nil {
			return err
		}
		if len(w.cipher) != 1 {
			return w.accepted(w.last)
		}
		both = append(both, w.cipher[0])
	}
	w.cipher = both
	return nil
}

// decrypt tries to decrypt the ciphertexts of the last encryption; without any, that encryption was
// refused, and so is this.
func (w *world) decrypt(ctx context.Context, name, caller string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	return w.decryptBy(ctx, call{method: "POST", path: k.path("/decrypt"), by: by})
}

func (w *world) decryptBy(ctx context.Context, c call) error {
	if len(w.cipher) == 0 {
		return w.compare(false, "a ciphertext to decrypt", w.last.String())
	}
	var value any = w.cipher[0]
	if w.asList {
		value = w.cipher
	}
	c.body = map[string]any{"ciphertext": value}
	return w.try(ctx, c)
}
