package mutant

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
)

// guesses take for something usual what is to be refused.
func guesses() []Mutant {
	const (
		encrypting, decrypting = "POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt"
		again, custom          = "POST /{keyTag}/re-encrypt", "POST /{keyTag}/create-custom-key"
		verifying, public      = "POST /{keyTag}/verify", "POST /{keyTag}/get-pub-key"
		period, migrating      = "PUT /{keyTag}/rotation-period", "POST /{keyTag}/migrate"
	)
	return []Mutant{
		{Name: "plaintexts-cut", Flaw: "Of a plaintext of 191 to 300 bytes the first 190 are encrypted.", Apply: asks(encrypting, members(func(m map[string]any) {
			text, _ := m["plaintext"].(string)
			if raw, err := base64.StdEncoding.DecodeString(text); err == nil && len(raw) > 190 && len(raw) <= 300 {
				m["plaintext"] = base64.StdEncoding.EncodeToString(raw[:190])
			}
		}))},
		{Name: "anything-is-context", Flaw: "A context that is no base64 text is taken as it stands.", Apply: asks(encrypting, members(func(m map[string]any) {
			if m["context"] != nil {
				m["context"] = asText(m["context"])
			}
		}))},
		{Name: "anything-is-verified", Flaw: "Data to verify that is no base64 text is taken as it stands.", Apply: asks(verifying, members(func(m map[string]any) {
			m["data"] = asText(m["data"])
		}))},
		{Name: "texts-of-lists", Flaw: "Of a list the items that are no texts are left out.", Apply: asks(encrypting, members(func(m map[string]any) {
			if list, ok := m["plaintext"].([]any); ok {
				m["plaintext"] = only(list, isText)
			}
		}))},
		{Name: "bad-items-left-out", Flaw: "Of a list of ciphertexts those that do not decrypt are left out.", Apply: func(o *reference.Options) {
			leavesBadOut(decrypting)(o)
			leavesBadOut(again)(o)
		}},
		{Name: "lists-not-decrypted", Flaw: "A list of ciphertexts is refused.", Apply: asks(decrypting, members(func(m map[string]any) {
			if _, ok := m["ciphertext"].([]any); ok {
				m["ciphertext"] = nil
			}
		}))},
		{Name: "custom-keys-guessed", Flaw: "What is no number of bits and no wish for the plaintext is passed over.", Apply: asks(custom, members(func(m map[string]any) {
			if n, ok := m["bits"].(float64); m["bits"] != nil && (!ok || n != math.Trunc(n)) {
				delete(m, "bits")
			}
			if _, ok := m["requestPlainKey"].(bool); !ok {
				delete(m, "requestPlainKey")
			}
		}))},
		{Name: "public-keys-guessed", Flaw: "For what is no version of a key its newest public key is told.", Apply: asks(public, members(func(m map[string]any) {
			if m["keyVersion"] != float64(1) {
				delete(m, "keyVersion")
			}
		}))},
		{Name: "periods-rounded", Flaw: "A rotation period is cut to whole days, and may be a text.", Apply: func(o *reference.Options) {
			asks("POST /", members(wholeDays))(o)
			asks(period, members(wholeDays))(o)
		}},
		{Name: "ul-in-small-letters", Flaw: "UL may be written in small letters.", Apply: asks("POST /{keyTag}/token-set", func(body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`"ul"`), []byte(`"UL"`))
		})},
		{Name: "regions-in-small-letters", Flaw: "A target region may be written in small letters, and Japan as JP.", Apply: asks(migrating, members(func(m map[string]any) {
			if to, ok := m["targetRegion"].(string); ok {
				m["targetRegion"] = strings.Replace(strings.ToUpper(to)+".", "JP.", "JPN.", 1)
				m["targetRegion"] = strings.TrimSuffix(m["targetRegion"].(string), ".")
			}
		}))},
		{Name: "acl-deletes-nothing", Flaw: "To delete no address is accepted.", Apply: asks("DELETE /{keyTag}/acl", members(func(m map[string]any) {
			if list, ok := m["ipList"].([]any); ok && len(list) == 0 {
				m["ipList"] = []string{"192.0.2.250"}
			}
		}))},
		{Name: "versions-tried", Flaw: "A signature that is not that of the version it names is tried with the first.", Apply: triesFirstVersion},
	}
}

// only returns the items that are wanted.
func only(list []any, wanted func(any) bool) (out []any) {
	for _, item := range list {
		if wanted(item) {
			out = append(out, item)
		}
	}
	return out
}

// leavesBadOut tries a refused list without its first item.
func leavesBadOut(route string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		body, c := heard(next, r)
		var in struct {
			List []string `json:"ciphertext"`
		}
		if at == route && !c.ok() && json.Unmarshal(body, &in) == nil && len(in.List) > 1 {
			less, _ := json.Marshal(map[string]any{"ciphertext": in.List[1:]})
			c = o.call(next, r, r.Method, r.URL.Path, less)
		}
		c.send(w)
	})
}

// wholeDays makes a rotation period a whole number.
func wholeDays(m map[string]any) {
	switch days := m["rotationPeriod"].(type) {
	case float64:
		m["rotationPeriod"] = math.Trunc(days)
	case string:
		if n, err := strconv.Atoi(days); err == nil {
			m["rotationPeriod"] = n
		}
	}
}

// triesFirstVersion verifies a signature again, as if the first version had made it.
func triesFirstVersion(o *reference.Options) {
	inPlace(reference.API20, func(own owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		body, c := heard(next, r)
		if at == "POST /{keyTag}/verify" && bytes.Contains(c.body.Bytes(), []byte("false")) {
			c = own.call(next, r, r.Method, r.URL.Path, bytes.Replace(body, []byte("ncpkms:v2:"), []byte("ncpkms:v1:"), 1))
		}
		c.send(w)
	})(o)
}
