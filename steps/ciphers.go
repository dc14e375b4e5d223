package steps

import (
	"context"
	"encoding/base64"
	"encoding/json"
)

// usualSize is the plaintext of a call that is not about sizes, in bytes.
const usualSize = 32

func (w *world) cipherSteps(add func(string, any)) {
	w.encryptSteps(add)
	w.decryptSteps(add)
	w.plaintextSteps(add)
	w.ciphertextSteps(add)
}

func (w *world) encryptSteps(add func(string, any)) {
	add(`I encrypt {n} bytes? {way}`, func(ctx context.Context, n int, how string) error {
		return w.encrypt(ctx, "the key", how, [][]byte{w.bytes(n)}, false)
	})
	add(`I encrypt the text {text} {way}`, func(ctx context.Context, text, how string) error {
		return w.encrypt(ctx, "the key", how, [][]byte{[]byte(text)}, false)
	})
	add(`I encrypt a list of {n} {way}`, func(ctx context.Context, n int, how string) error {
		return w.encrypt(ctx, "the key", how, w.list(n, usualSize), true)
	})
	add(`I encrypt a list of {n}, {n} bytes each, {way}`, func(ctx context.Context, n, size int, how string) error {
		return w.encrypt(ctx, "the key", how, w.list(n, size), true)
	})
	add(`I encrypt {n} texts of {n} bytes, each by itself, {way}`, w.encryptApart)
	add(`I encrypt the same {n} bytes twice {way}`, w.encryptTwice)
	add(`I encrypt with a context with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptBeside(ctx, caller, "context", "Y29udGV4dA==")
	})
	add(`I encrypt with a member that nobody knows with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptBeside(ctx, caller, "kmsproofUnknown", true)
	})
}

// decryptSteps are what is done with ciphertexts.
func (w *world) decryptSteps(add func(string, any)) {
	add(`I decrypt the ciphertexts? {way}`, func(ctx context.Context, how string) error {
		return w.decrypt(ctx, "the key", how)
	})
	add(`I decrypt the ciphertexts? {way} and {key}`, func(ctx context.Context, how, key string) error {
		return w.decrypt(ctx, key, how)
	})
	add(`I (re-encrypt|re-encrypt by the other path) the ciphertexts? {way}`, func(ctx context.Context, name, how string) error {
		return w.reencrypt(ctx, "the key", name, how)
	})
	add(`I re-encrypt the ciphertext {way} and {key}`, func(ctx context.Context, how, key string) error {
		return w.reencrypt(ctx, key, "re-encrypt", how)
	})
	add(`the ciphertext comes back (with.*)`, w.alterCiphertext)
}

func (w *world) plaintextSteps(add func(string, any)) {
	add(`the plaintext comes back`, w.plaintextBack)
	add(`the plaintexts come back in order`, w.plaintextBack)
	add(`each ciphertext decrypts to its own plaintext {way}`, w.eachDecrypts)
}

func (w *world) ciphertextSteps(add func(string, any)) {
	add(`the (ciphertext|new ciphertext|signature) carries the prefix of version {n}`, w.hasPrefix)
	add(`the ciphertext holds {n} bytes`, w.holdsBytes)
	add(`the ciphertexts (differ|are the same)`, w.ciphertextsCompare)
	add(`the ciphertext is noted`, func() { w.noted["ciphertext"] = w.onlyCiphertext() })
	add(`the ciphertext is (as noted|another)`, w.ciphertextCompares)
	add(`its nonce is (as noted|another)`, w.nonceCompares)
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

// encrypt tries to encrypt with a key and keeps what comes back.
func (w *world) encrypt(ctx context.Context, key, how string, plain [][]byte, asList bool) error {
	c, err := w.useCall(key, "encrypt", how)
	if err != nil {
		return err
	}
	body := map[string]any{"plaintext": oneOrList(plain, asList)}
	w.addContext(body)
	c.body, w.asList = body, asList
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

func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }

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

// encryptApart encrypts texts by a call each, all of which must be accepted.
func (w *world) encryptApart(ctx context.Context, n, size int, how string) error {
	c, err := w.useCall("the key", "encrypt", how)
	if err != nil {
		return err
	}
	if err := w.encryptEach(ctx, c, w.list(n, size)); err != nil {
		return err
	}
	return w.accepted(w.last)
}

// encryptBeside encrypts with one member more.
func (w *world) encryptBeside(ctx context.Context, caller, member string, value any) error {
	c, err := w.useCall("the key", "encrypt", "with "+caller)
	if err != nil {
		return err
	}
	plain := w.list(1, usualSize)
	c.body = map[string]any{"plaintext": encode(plain[0]), member: value}
	return w.encryptBy(ctx, c, plain)
}

// encryptEach encrypts texts by a call each, up to the first that is refused, and keeps what comes back as
// if it had been a list.
func (w *world) encryptEach(ctx context.Context, c call, plain [][]byte) error {
	var made []string
	for _, p := range plain {
		c.body = map[string]any{string(aPlaintext): encode(p)}
		if err := w.encryptBy(ctx, c, [][]byte{p}); err != nil {
			return err
		}
		if !w.last.ok() {
			break
		}
		made = append(made, w.cipher...)
	}
	w.plain, w.cipher, w.asList = plain, made, true
	return nil
}

func (w *world) encryptTwice(ctx context.Context, n int, how string) error {
	plain := w.bytes(n)
	var both []string
	for range 2 {
		if err := w.encrypt(ctx, "the key", how, [][]byte{plain}, false); err != nil {
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
func (w *world) decrypt(ctx context.Context, key, how string) error {
	c, err := w.useCall(key, "decrypt", how)
	if err != nil {
		return err
	}
	if err := w.putCiphertexts(&c); err != nil {
		return err
	}
	return w.try(ctx, c)
}

// reencrypt tries to encrypt the ciphertexts anew; what comes back takes their place.
func (w *world) reencrypt(ctx context.Context, key, name, how string) error {
	c, err := w.useCall(key, name, how)
	if err != nil {
		return err
	}
	if err := w.putCiphertexts(&c); err != nil {
		return err
	}
	if err := w.try(ctx, c); err != nil {
		return err
	}
	w.cipher = w.texts(w.last, "newCiphertext")
	return nil
}

// putCiphertexts gives a call the ciphertexts to work on.
func (w *world) putCiphertexts(c *call) error {
	if len(w.cipher) == 0 {
		return w.noCiphertext()
	}
	var value any = w.cipher[0]
	if w.asList {
		value = w.cipher
	}
	body := map[string]any{"ciphertext": value}
	w.addContext(body)
	c.body = body
	return nil
}

// noCiphertext says that the target gave none to work on.
func (w *world) noCiphertext() error {
	return w.compare(false, "a ciphertext to work on", w.last.String())
}

// onlyCiphertext is the ciphertext that came last; empty when none did.
func (w *world) onlyCiphertext() string {
	if len(w.cipher) == 0 {
		return ""
	}
	return w.cipher[0]
}
