package mutant

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func ciphers() []Mutant {
	const encrypting, decrypting = "POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt"
	return []Mutant{
		{Name: "other-prefix", Flaw: "Ciphertexts begin with vault:v.", Apply: rules(func(r *kms.Rules) { r.Prefix = "vault:v" })},
		{Name: "lists-reversed", Flaw: "A list is answered back to front.", Apply: answers(encrypting, func(data map[string]any) {
			data["ciphertext"] = reversed(data["ciphertext"])
		})},
		{Name: "small-plaintexts", Flaw: "A plaintext may have 16 KB at most.", Apply: rules(func(r *kms.Rules) { r.MaxPlaintext = 16 << 10 })},
		{Name: "huge-plaintexts", Flaw: "A plaintext may have 64 KB.", Apply: rules(func(r *kms.Rules) { r.MaxPlaintext = 64 << 10 })},
		{Name: "rsa-plaintexts-of-100", Flaw: "An RSA key encrypts 100 bytes at most.", Apply: rules(func(r *kms.Rules) { r.MaxOAEP = 100 })},
		{Name: "anything-is-plaintext", Flaw: "A plaintext that is no base64 text is encrypted as it stands.", Apply: asks(encrypting, members(func(m map[string]any) {
			m["plaintext"] = asText(m["plaintext"])
		}))},
		{Name: "wrong-plaintext", Flaw: "Decrypting gives back another text of the same length.", Apply: answers(decrypting, flips("plaintext"))},
		{Name: "tokens-encrypt-otherwise", Flaw: "By token a key encrypts another text of the same length.", Apply: byToken(encrypting, "plaintext")},
		{Name: "tokens-decrypt-otherwise", Flaw: "By token a ciphertext decrypts to another text of the same length.", Apply: func(o *reference.Options) {
			before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
				c := capture(next, r)
				if at == decrypting && carriesToken(r) && c.ok() {
					inAnswer(c, flips("plaintext"))
				}
				c.send(w)
			})(o)
		}},
		{Name: "wrong-when-busy", Flaw: "From its fiftieth encryption on, a key encrypts another text of the same length.", Apply: wrongEncryptions(func(nth int64) bool { return nth >= 50 })},
		{Name: "wrong-now-and-then", Flaw: "Each twentieth time, a key encrypts another text of the same length.", Apply: wrongEncryptions(func(nth int64) bool { return nth%20 == 0 })},
		{Name: "prefix-mended", Flaw: "A ciphertext whose prefix was touched is decrypted all the same.", Apply: asks(decrypting, mendedPrefix)},
		{Name: "tag-unread", Flaw: "A ciphertext is decrypted without a look at its tag.", Apply: rules(func(r *kms.Rules) { r.Unseal = unchecked })},
		{Name: "one-material", Flaw: "Every key has the same material.", Apply: rules(func(r *kms.Rules) {
			r.Material = func(io.Reader) ([]byte, error) { return make([]byte, 32), nil }
		})},
		{Name: "wrong-plaintext-1.0", Flaw: "On API 1.0 decrypting gives back another text of the same length.", Apply: answersOf(reference.API10, decrypting, func(envelope map[string]any) {
			data, _ := envelope["data"].(map[string]any)
			if text, ok := data["plaintext"].(string); ok {
				data["plaintext"] = flipped(text)
			}
		})},
		{Name: "no-message-1.0", Flaw: "On API 1.0 a success carries no msg.", Apply: answersOf(reference.API10, "", func(envelope map[string]any) { delete(envelope, "msg") })},
		{Name: "lists-reversed-1.0", Flaw: "On API 1.0 a list is answered back to front.", Apply: answersOf(reference.API10, encrypting, func(envelope map[string]any) {
			data, _ := envelope["data"].(map[string]any)
			data["ciphertextList"] = reversed(data["ciphertextList"])
		})},
	}
}

// wrongEncryptions returns a flaw by which a key, at its nth call to encrypt, encrypts another text.
func wrongEncryptions(wrong func(nth int64) bool) func(*reference.Options) {
	return func(o *reference.Options) {
		var counts sync.Map // key tag to *atomic.Int64
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			count, _ := counts.LoadOrStore(keyOf(r), new(atomic.Int64))
			if route == "POST /{keyTag}/encrypt" && wrong(count.(*atomic.Int64).Add(1)) {
				r = rewritten(r, members(flips("plaintext")))
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}

// unchecked decrypts what AES-256-GCM has sealed by its counter mode alone, from counter 2 on (NIST SP
// 800-38D, section 7.2).
func unchecked(_ cipher.AEAD, material, nonce, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(material)
	if err != nil {
		return nil, err
	}
	plaintext := bytes.Clone(sealed[:max(0, len(sealed)-16)])
	start := append(bytes.Clone(nonce), 0, 0, 0, 2)
	cipher.NewCTR(block, start).XORKeyStream(plaintext, plaintext)
	return plaintext, nil
}

// asText makes a base64 text of anything.
func asText(v any) string {
	if text, ok := v.(string); ok {
		if _, err := base64.StdEncoding.DecodeString(text); err == nil {
			return text
		}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		raw = fmt.Append(nil, v)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// flipped changes the first bit of a base64 text's content.
func flipped(text string) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return text
	}
	raw[0] ^= 1
	return base64.StdEncoding.EncodeToString(raw)
}

// flips returns a change of the first bit of a base64 text that a member holds.
func flips(member string) func(map[string]any) {
	return func(m map[string]any) {
		if text, ok := m[member].(string); ok {
			m[member] = flipped(text)
		}
	}
}

// byToken returns a flaw that changes what a token call on a route works on.
func byToken(route, member string) func(*reference.Options) {
	return before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at == route && carriesToken(r) {
			r = rewritten(r, members(flips(member)))
		}
		next.ServeHTTP(w, r)
	})
}
