package mutant

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func uses() []Mutant {
	const (
		custom, custom10 = "POST /{keyTag}/create-custom-key", "POST /{keyTag}/createCustomKey"
		hyphen, plain    = "POST /{keyTag}/re-encrypt", "POST /{keyTag}/reencrypt"
		verifying        = "POST /{keyTag}/verify"
		public           = "POST /{keyTag}/get-pub-key"
	)
	unasked := members(func(m map[string]any) { m["requestPlainKey"] = true })
	as256 := members(func(m map[string]any) {
		if _, ok := m["bits"]; ok {
			m["bits"] = 256
		}
	})
	return []Mutant{
		{Name: "convergent-whatever-type", Flaw: "Asked for a convergent key of any type, it makes one of AES256.", Apply: asks("POST /", members(func(m map[string]any) {
			if m["isConvergent"] == true {
				m["keyType"] = "AES256"
			}
		}))},
		{Name: "convergence-forgotten", Flaw: "A key is never convergent.", Apply: asks("POST /", members(func(m map[string]any) { delete(m, "isConvergent") }))},
		{Name: "convergence-random", Flaw: "A convergent key uses another secret in every call.", Apply: func(o *reference.Options) {
			var calls atomic.Uint64
			rules(func(r *kms.Rules) {
				right := r.Derive
				r.Derive = func(material, context []byte) []byte {
					n := byte(calls.Add(1))
					return right(material, append(slices.Clone(context), n))
				}
			})(o)
		}},
		{Name: "context-ignored", Flaw: "A convergent key uses the same secret under every context.", Apply: rules(func(r *kms.Rules) {
			right := r.Derive
			r.Derive = func(material, _ []byte) []byte { return right(material, nil) }
		})},
		{Name: "contexts-but-the-first-refused", Flaw: "A key takes one context, its first, and refuses any other.", Apply: firstContext},
		{Name: "context-optional", Flaw: "A missing context is taken for one that everybody knows.", Apply: func(o *reference.Options) {
			for _, route := range []string{"POST /{keyTag}/encrypt", custom} {
				asks(route, members(func(m map[string]any) {
					if _, ok := m["context"]; !ok {
						m["context"] = "AAAA"
					}
				}))(o)
			}
		}},
		{Name: "contexts-remembered", Flaw: "Over either API a missing context is taken for the one that the ciphertext was made under.", Apply: contextsRemembered},
		{Name: "empty-context-is-one", Flaw: "An empty context is taken for one like any other.", Apply: asks("POST /{keyTag}/encrypt", members(func(m map[string]any) {
			if m["context"] == "" {
				m["context"] = "AAAA"
			}
		}))},
		{Name: "contexts-of-20", Flaw: "A context may have 20 bytes at most.", Apply: rules(func(r *kms.Rules) { r.MaxContext = 20 })},
		{Name: "contexts-of-8-least", Flaw: "A context needs eight bytes.", Apply: asks("POST /{keyTag}/encrypt", members(func(m map[string]any) {
			if text, ok := m["context"].(string); ok && len(text) < 12 {
				m["context"] = ""
			}
		}))},
		{Name: "contexts-of-1000", Flaw: "A context may have 1,000 bytes.", Apply: rules(func(r *kms.Rules) { r.MaxContext = 1000 })},
		{Name: "custom-key-mistold", Flaw: "The plaintext of a custom key is not what its ciphertext holds.", Apply: answers(custom, func(data map[string]any) {
			if text, ok := data["plaintext"].(string); ok {
				data["plaintext"] = flipped(text)
			}
		})},
		{Name: "custom-key-told", Flaw: "The plaintext of a custom key is told unasked.", Apply: asks(custom, unasked)},
		{Name: "custom-key-told-1.0", Flaw: "On API 1.0 the plaintext of a custom key is told unasked.", Apply: asksOf(reference.API10, custom10, unasked)},
		{Name: "custom-keys-of-256", Flaw: "A custom key has 256 bits, whatever was asked.", Apply: asks(custom, as256)},
		{Name: "custom-keys-of-256-1.0", Flaw: "On API 1.0 a custom key has 256 bits, whatever was asked.", Apply: asksOf(reference.API10, custom10, as256)},
		{Name: "custom-keys-halved", Flaw: "A custom key has half of the bits that were asked for.", Apply: asks(custom, members(func(m map[string]any) {
			if n, ok := m["bits"].(float64); ok && n > 128 {
				m["bits"] = n / 2
			}
		}))},
		{Name: "rsa-makes-no-custom-keys", Flaw: "An RSA key makes no custom keys.", Apply: rules(func(r *kms.Rules) {
			r.Serves[kms.RSA2048] = slices.DeleteFunc(slices.Clone(r.Serves[kms.RSA2048]), func(op kms.Op) bool { return op == kms.CreateCustomKey })
		})},
		{Name: "custom-keys-usually-128", Flaw: "A custom key has 128 bits unless asked otherwise.", Apply: rules(func(r *kms.Rules) { r.UsualBits = 128 })},
		{Name: "custom-keys-of-any-size", Flaw: "A custom key of a size that is not published is made.", Apply: rules(func(r *kms.Rules) {
			r.CustomBits = []int{0, 64, 128, 192, 256, 512, 1024}
		})},
		{Name: "reencrypt-returns-old", Flaw: "Re-encrypting gives the ciphertext back as it came.", Apply: func(o *reference.Options) {
			returnsOld(reference.API20, hyphen)(o)
			returnsOld(reference.API20, plain)(o)
		}},
		{Name: "reencrypt-returns-old-1.0", Flaw: "On API 1.0 re-encrypting gives the ciphertext back as it came.", Apply: returnsOld(reference.API10, plain)},
		{Name: "reencrypt-one-path", Flaw: "The second path of re-encrypt is not there.", Apply: before(reference.API20,
			func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				if route == plain {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})},
		{Name: "reencrypt-reversed", Flaw: "A list is encrypted anew back to front.", Apply: answers(hyphen, func(data map[string]any) {
			data["newCiphertext"] = reversed(data["newCiphertext"])
		})},
		{Name: "data-of-4-KB", Flaw: "Data of more than 4 KB is not signed.", Apply: rules(func(r *kms.Rules) { r.MaxData = 4 << 10 })},
		{Name: "data-of-64-KB", Flaw: "Data of 64 KB is signed.", Apply: rules(func(r *kms.Rules) { r.MaxData = 64 << 10 })},
		{Name: "anything-is-data", Flaw: "Data that is no base64 text is signed as it stands.", Apply: asks("POST /{keyTag}/sign", members(func(m map[string]any) {
			m["data"] = asText(m["data"])
		}))},
		{Name: "missing-is-empty", Flaw: "A text that is missing is taken for an empty one.", Apply: func(o *reference.Options) {
			for route, name := range map[string]string{"POST /{keyTag}/encrypt": "plaintext", "POST /{keyTag}/sign": "data", verifying: "data"} {
				asks(route, members(func(m map[string]any) {
					if _, ok := m[name]; !ok {
						m[name] = ""
					}
				}))(o)
			}
		}},
		{Name: "anything-signs", Flaw: "For a key that does not sign, another key does.", Apply: standIn("RSA2048", "POST /{keyTag}/sign", verifying, public)},
		{Name: "anything-encrypts", Flaw: "For a key that does not encrypt, another key does.", Apply: standIn("AES256", "POST /{keyTag}/encrypt", custom)},
		{Name: "signatures-name-first", Flaw: "A signature names version 1, whatever version made it.", Apply: answers("POST /{keyTag}/sign", func(data map[string]any) {
			text, _ := data["signature"].(string)
			data["signature"] = strings.Replace(text, "ncpkms:v2:", "ncpkms:v1:", 1)
		})},
		{Name: "nothing-valid", Flaw: "No signature is valid.", Apply: answers(verifying, set("valid", false))},
		{Name: "validity-as-text", Flaw: "Whether a signature is valid is told as a text.", Apply: answers(verifying, func(data map[string]any) {
			data["valid"] = fmt.Sprint(data["valid"])
		})},
		{Name: "everything-valid", Flaw: "Every signature of the right form is valid.", Apply: answers(verifying, set("valid", true))},
		{Name: "signed-data-unread", Flaw: "A signature is valid whatever data comes with it.", Apply: dataUnread},
		{Name: "keys-verify-for-others", Flaw: "A signature of another key is verified by that key.", Apply: verifiesForOthers},
		{Name: "nothing-valid-1.0", Flaw: "On API 1.0 no signature is valid.", Apply: answers10(verifying, set("valid", false))},
		{Name: "everything-valid-1.0", Flaw: "On API 1.0 every signature of the right form is valid.", Apply: answers10(verifying, set("valid", true))},
		{Name: "signature-prefix-mended", Flaw: "A signature whose prefix was touched is verified all the same.", Apply: asks(verifying, members(func(m map[string]any) {
			if text, ok := m["signature"].(string); ok {
				m["signature"] = "ncpkms:v1:" + text[strings.LastIndex(text, ":")+1:]
			}
		}))},
		{Name: "public-key-bare", Flaw: "The public key comes without its PEM envelope.", Apply: answers(public, func(data map[string]any) {
			text, _ := data["publicKey"].(string)
			if block, _ := pem.Decode([]byte(text)); block != nil {
				data["publicKey"] = string(pem.EncodeToMemory(block))[len("-----BEGIN PUBLIC KEY-----"):]
			}
		})},
		{Name: "first-public-key", Flaw: "Without a version the first public key is told.", Apply: asks(public, func(body []byte) []byte {
			if strings.Contains(string(body), "keyVersion") {
				return body
			}
			return []byte(`{"keyVersion":1}`)
		})},
	}
}

// firstContext refuses an encryption under another context than a key's first.
func firstContext(o *reference.Options) {
	var first sync.Map
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		other := false
		if at == "POST /{keyTag}/encrypt" {
			r = rewritten(r, members(func(m map[string]any) {
				if context, ok := m["context"].(string); ok {
					known, _ := first.LoadOrStore(keyOf(r), context)
					other = known != context
				}
			}))
		}
		if other {
			refusal(http.StatusBadRequest, "INVALID_REQUEST").send(w)
			return
		}
		next.ServeHTTP(w, r)
	})(o)
}

// answers10 is [answers] for API 1.0.
func answers10(route string, change func(data map[string]any)) func(*reference.Options) {
	return answersOf(reference.API10, route, func(envelope map[string]any) {
		if data, ok := envelope["data"].(map[string]any); ok {
			change(data)
		}
	})
}

// contextsRemembered keeps the context of each ciphertext, for a call that lacks it.
func contextsRemembered(o *reference.Options) {
	var under sync.Map // ciphertext to context
	for _, api := range []string{reference.API20, reference.API10} {
		before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			body, c := heard(next, rewritten(r, members(func(m map[string]any) {
				text, _ := m["ciphertext"].(string)
				if context, ok := under.Load(text); ok && m["context"] == nil {
					m["context"] = context
				}
			})))
			if at == "POST /{keyTag}/encrypt" && c.ok() {
				under.Store(told(c, "ciphertext"), textIn(body, "context"))
			}
			c.send(w)
		})(o)
	}
}

// dataUnread verifies a signature over the data that it was made of, over either API.
func dataUnread(o *reference.Options) {
	var made sync.Map // signature to the data that it is over
	for _, api := range []string{reference.API20, reference.API10} {
		before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if at == "POST /{keyTag}/verify" {
				r = rewritten(r, members(func(m map[string]any) {
					text, _ := m["signature"].(string)
					given, isText := m["data"].(string)
					_, err := base64.StdEncoding.DecodeString(given)
					if data, ok := made.Load(text); ok && isText && err == nil {
						m["data"] = data
					}
				}))
			}
			body, c := heard(next, r)
			if at == "POST /{keyTag}/sign" && c.ok() {
				made.Store(told(c, "signature"), textIn(body, "data"))
			}
			c.send(w)
		})(o)
	}
}

// verifiesForOthers has the key that made a signature verify it, whichever was asked.
func verifiesForOthers(opts *reference.Options) {
	var made sync.Map // signature to the tag of its key
	inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		body, c := heard(next, r)
		switch {
		case at == "POST /{keyTag}/sign" && c.ok():
			made.Store(told(c, "signature"), keyOf(r))
		case at == "POST /{keyTag}/verify" && c.ok():
			if tag, ok := made.Load(textIn(body, "signature")); ok && tag != keyOf(r) {
				c = o.call(next, r, r.Method, fmt.Sprintf("/kms/v1/keys/%s/verify", tag), body)
			}
		}
		c.send(w)
	})(opts)
}

// textIn is the text that a member of a JSON object holds; empty where it holds none.
func textIn(object []byte, member string) string {
	var m map[string]any
	_ = json.Unmarshal(object, &m)
	text, _ := m[member].(string)
	return text
}

// told is the text that an answer tells under a name; empty where it tells none.
func told(c *captured, member string) string {
	var answer struct {
		Data map[string]any `json:"data"`
	}
	_ = json.Unmarshal(c.body.Bytes(), &answer)
	text, _ := answer.Data[member].(string)
	return text
}

// returnsOld returns a flaw that answers a re-encryption with what it was given.
func returnsOld(api, route string) func(*reference.Options) {
	return before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != route {
			next.ServeHTTP(w, r)
			return
		}
		var asked struct {
			Ciphertext any `json:"ciphertext"`
		}
		c := capture(next, rewritten(r, func(body []byte) []byte {
			_ = json.Unmarshal(body, &asked)
			return body
		}))
		if _, list := asked.Ciphertext.([]any); c.ok() && !list {
			success(c, map[string]any{"newCiphertext": asked.Ciphertext})
		}
		c.send(w)
	})
}

// standIn returns a flaw that makes another key when one is asked for what its type does not do, and
// asks that.
func standIn(kind string, routes ...string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if !slices.Contains(routes, at) {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		c := capture(next, r)
		if c.status == http.StatusBadRequest {
			rest := strings.TrimPrefix(at, "POST /{keyTag}")
			c = o.call(next, r, r.Method, "/kms/v1/keys/"+o.make(next, r, kind)+rest, body)
		}
		c.send(w)
	})
}
