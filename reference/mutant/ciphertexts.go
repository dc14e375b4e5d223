package mutant

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/kmsproof/kmsproof/reference"
)

// ciphertexts break what a ciphertext is made of, and what it is taken for.
func ciphertexts() []Mutant {
	const (
		encrypting, decrypting = "POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt"
		again, custom          = "POST /{keyTag}/re-encrypt", "POST /{keyTag}/create-custom-key"
	)
	return []Mutant{
		{Name: "nonce-repeated", Flaw: "The same plaintext is answered with the same ciphertext, nonce and all.", Apply: repeats(encrypting)},
		{Name: "custom-key-repeated", Flaw: "Who asks a key for a custom key again gets the same one.", Apply: repeats(custom)},
		{Name: "ciphertext-with-header", Flaw: "A ciphertext begins with four bytes of its own before the nonce.", Apply: masked(func(payload, _ []byte) []byte {
			return append([]byte("kms1"), payload...)
		})},
		{Name: "nonce-by-context", Flaw: "The nonce of a convergent ciphertext depends on the context alone.", Apply: masked(func(payload, context []byte) []byte {
			if len(context) == 0 || len(payload) < 12 {
				return payload
			}
			nonce := make([]byte, 12)
			copy(nonce, context)
			return append(nonce, payload[12:]...)
		})},
		{Name: "empty-ciphertext-is-empty", Flaw: "A ciphertext with nothing in it is an empty plaintext.", Pretends: true, Apply: before(reference.API20,
			func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				body, c := heard(next, r)
				if route == decrypting && strings.Contains(string(body), `"ncpkms:v1:"`) {
					success(c, map[string]any{"plaintext": ""})
				}
				c.send(w)
			})},
		{Name: "prefix-mended-anew", Flaw: "A ciphertext whose prefix was touched is encrypted anew all the same.", Apply: asks(again, mendedPrefix)},
		{Name: "prefix-mended-1.0", Flaw: "On API 1.0 a ciphertext whose prefix was touched is decrypted all the same.", Apply: asksOf(reference.API10, decrypting, mendedPrefix)},
		{Name: "ciphertext-finds-its-key", Flaw: "A ciphertext or a signature that a key does not take is given to the key that made it.", Apply: findsItsKey(decrypting, again, "POST /{keyTag}/reencrypt", "POST /{keyTag}/verify")},
	}
}

// mendedPrefix gives a ciphertext the prefix of version 1.
var mendedPrefix = members(func(m map[string]any) {
	if text, ok := m["ciphertext"].(string); ok {
		m["ciphertext"] = "ncpkms:v1:" + text[strings.LastIndex(text, ":")+1:]
	}
})

// repeats returns a flaw by which a call that was made before is answered as it was then.
func repeats(route string) func(*reference.Options) {
	return func(o *reference.Options) {
		var answers sync.Map // of path and body to *captured
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			body, c := heard(next, r)
			if at == route && c.ok() {
				first, _ := answers.LoadOrStore(r.URL.Path+string(body), c)
				c = first.(*captured)
			}
			c.send(w)
		})(o)
	}
}

// masked returns a flaw in the payload of what one text encrypts to. What was changed is known again when it
// comes back.
func masked(change func(payload, context []byte) []byte) func(*reference.Options) {
	return func(o *reference.Options) {
		var real sync.Map // by the ciphertext that was answered
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			var context []byte
			r = rewritten(r, members(func(m map[string]any) {
				text, _ := m["context"].(string)
				context, _ = base64.StdEncoding.DecodeString(text)
				if text, ok := m["ciphertext"].(string); ok {
					if was, ok := real.Load(text); ok {
						m["ciphertext"] = was
					}
				}
			}))
			c := capture(next, r)
			if at == "POST /{keyTag}/encrypt" && c.ok() {
				inAnswer(c, func(data map[string]any) {
					text, _ := data["ciphertext"].(string)
					cut := strings.LastIndex(text, ":") + 1
					payload, err := base64.StdEncoding.DecodeString(text[cut:])
					if text == "" || err != nil {
						return
					}
					shown := text[:cut] + base64.StdEncoding.EncodeToString(change(payload, context))
					real.Store(shown, text)
					data["ciphertext"] = shown
				})
			}
			c.send(w)
		})(o)
	}
}

// inAnswer changes the data of an answer that was held back.
func inAnswer(c *captured, change func(data map[string]any)) {
	var envelope map[string]any
	if json.Unmarshal(c.body.Bytes(), &envelope) != nil {
		return
	}
	inData(change)(envelope)
	c.body.Reset()
	_ = json.NewEncoder(&c.body).Encode(envelope)
}

// findsItsKey returns a flaw that carries a refused call out by the key that made the ciphertext or the
// signature, over either API.
func findsItsKey(routes ...string) func(*reference.Options) {
	listed := on(routes...)
	return func(opts *reference.Options) {
		var maker sync.Map // key tag by what it made
		overEither(func(o owner, _ http.Handler, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			body, c := heard(next, r)
			switch {
			case (at == "POST /{keyTag}/encrypt" || at == "POST /{keyTag}/sign") && c.ok():
				inAnswer(c, func(data map[string]any) {
					for _, member := range []string{"ciphertext", "signature"} {
						if text, ok := data[member].(string); ok {
							maker.Store(text, keyOf(r))
						}
					}
				})
			case listed(at) && !c.ok():
				if tag, ok := maker.Load(madeText(body)); ok && tag != keyOf(r) {
					c = o.call(next, r, r.Method, strings.Replace(r.URL.Path, keyOf(r), tag.(string), 1), body)
				}
			}
			c.send(w)
		})(opts)
	}
}

// madeText is the ciphertext or the signature in the body of a call; empty when it has none.
func madeText(body []byte) string {
	var m map[string]any
	_ = json.Unmarshal(body, &m)
	for _, member := range []string{"ciphertext", "signature"} {
		if text, ok := m[member].(string); ok {
			return text
		}
	}
	return ""
}
