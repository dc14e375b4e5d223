package mutant

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference"
)

// bodies break how the body of a call is read.
func bodies() []Mutant {
	const issuing, adding = "POST /{keyTag}/token-set", "POST /{keyTag}/acl"
	return []Mutant{
		{Name: "lenient-json", Flaw: "A key creation that is no JSON object is taken for a usual one.", Apply: asks("POST /", mended(aCreation))},
		{Name: "creation-last-member-taken", Flaw: "Of a member that a key creation has twice the last is taken.", Apply: asks("POST /", lastTaken)},
		{Name: "creation-types-coerced", Flaw: "In a key creation, a new name and a new memo what is no text is taken for one, and what is neither true nor false for either.", Apply: func(o *reference.Options) {
			for _, route := range []string{"POST /", "PUT /{keyTag}/name", "PUT /{keyTag}/memo"} {
				asks(route, members(coerced))(o)
			}
		}},
		{Name: "creation-utf-8-mended", Flaw: "What is not UTF-8 in a key creation is replaced.", Apply: asks("POST /", func(body []byte) []byte {
			return bytes.ToValidUTF8(body, []byte("\uFFFD"))
		})},
		{Name: "last-member-taken", Flaw: "Of a member that a body has twice the last is taken, but in key creations.", Apply: before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if at != "POST /" {
				r = rewritten(r, lastTaken)
			}
			next.ServeHTTP(w, r)
		})},
		{Name: "tail-unread", Flaw: "What follows the JSON object of a body is passed over.", Apply: before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			next.ServeHTTP(w, rewritten(r, withoutTail))
		})},
		{Name: "lenient-token-set", Flaw: "A request for a token set that is no JSON object is taken for one that asks for nothing special.", Apply: asks(issuing, mended(fixed(`{}`)))},
		{Name: "lenient-acl", Flaw: "An IP ACL change that is no JSON object adds a usual address.", Apply: asks(adding, mended(fixed(`{"ipList":["192.0.2.1"]}`)))},
		{Name: "number-for-address", Flaw: "A number is taken for the IP address that it is.", Apply: asks(adding, members(func(m map[string]any) {
			if n, ok := m["ipList"].(float64); ok {
				m["ipList"] = []string{netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(n)))).String()}
			}
		}))},
		{Name: "works-on-anything", Flaw: "Without a ciphertext, a signature or signed data that is a text, a key works on another of its own.", Apply: worksOnAnything(reference.API20)},
		{Name: "lenient-bodies", Flaw: "A body of a use, a change or a renewal that is no JSON object is taken for a usual one.", Apply: lenientBodies},
		{Name: "content-type-believed", Flaw: "A body that does not call itself JSON is refused.", Apply: before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			if kind := r.Header.Get("Content-Type"); kind != "" && !strings.HasPrefix(kind, "application/json") {
				refusal(http.StatusUnsupportedMediaType, "INVALID_REQUEST").send(w)
				return
			}
			next.ServeHTTP(w, r)
		})},
		{Name: "content-type-required", Flaw: "A body without a content type is refused.", Apply: before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			if r.ContentLength > 0 && r.Header.Get("Content-Type") == "" {
				refusal(http.StatusUnsupportedMediaType, "INVALID_REQUEST").send(w)
				return
			}
			next.ServeHTTP(w, r)
		})},
	}
}

func fixed(s string) func([]byte) []byte { return func([]byte) []byte { return []byte(s) } }

// aCreation is a good key creation in place of one that cannot be read.
func aCreation(body []byte) []byte {
	return fmt.Appendf(nil, `{"keyName":"mended%08x","keyType":"AES256","protectionType":"BASIC"}`, crc32.ChecksumIEEE(body))
}

// lenientBodies takes whatever a body is for a usual one of its call.
func lenientBodies(o *reference.Options) {
	for route, usual := range map[string]func([]byte) []byte{
		"POST /{keyTag}/encrypt":        fixed(`{"plaintext":"AAAA"}`),
		"PUT /{keyTag}/name":            func([]byte) []byte { return fmt.Appendf(nil, `{"keyName":"mended-%s"}`, rand.Text()[:8]) },
		"PUT /{keyTag}/memo":            fixed(`{"memo":"mended"}`),
		"PUT /{keyTag}/rotation-period": fixed(`{"rotationPeriod":90}`),
		"POST /{keyTag}/migrate":        fixed(`{"targetRegion":"KR"}`),
		"PUT /{keyTag}/token-set":       fixed(`{}`),
		"POST /{keyTag}/access-token":   fixed(`{}`),
	} {
		asks(route, mended(usual))(o)
	}
}

// mended returns a change of bodies that puts another in place of one that does not begin with a JSON object.
func mended(instead func([]byte) []byte) func([]byte) []byte {
	return func(body []byte) []byte {
		if objectOf(body) == nil {
			return instead(body)
		}
		return body
	}
}

// objectOf returns the JSON object that a body begins with; nil where it begins with none.
func objectOf(body []byte) []byte {
	if head, err := jsontext.NewDecoder(bytes.NewReader(body), lax).ReadValue(); err == nil && head.Kind() == '{' {
		return head
	}
	return nil
}

// lax reads what is JSON but for members that occur twice and bytes that are not UTF-8.
var lax = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// lastTaken drops all but the last of members of the same name.
func lastTaken(body []byte) []byte {
	var m map[string]jsontext.Value
	if json.Unmarshal(body, &m, jsontext.AllowDuplicateNames(true)) != nil {
		return body
	}
	out, _ := json.Marshal(m)
	return out
}

// withoutTail is the JSON object that a body begins with, or the body where there is none.
func withoutTail(body []byte) []byte {
	if object := objectOf(body); object != nil {
		return object
	}
	return body
}

// coerced makes what key creations and changes should have of what they have in place of it.
func coerced(m map[string]any) {
	for _, name := range []string{"keyName", "keyType", "memo"} {
		switch v := m[name].(type) {
		case []any:
			if len(v) == 1 {
				m[name] = v[0]
			}
		case float64, bool:
			m[name] = fmt.Sprint(v)
		}
	}
	for _, name := range []string{"isAutoRotation", "isConvergent"} {
		switch v := m[name].(type) {
		case string:
			m[name] = v == "true"
		case float64:
			m[name] = v != 0
		}
	}
}

// worksOnAnything gives calls what they lack.
func worksOnAnything(api string) func(*reference.Options) {
	made := map[string]struct{ by, of, member string }{
		"POST /{keyTag}/decrypt":    {"/encrypt", "plaintext", "ciphertext"},
		"POST /{keyTag}/re-encrypt": {"/encrypt", "plaintext", "ciphertext"},
		"POST /{keyTag}/reencrypt":  {"/encrypt", "plaintext", "ciphertext"},
		"POST /{keyTag}/verify":     {"/sign", "data", "signature"},
	}
	return inPlace(api, func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		from, ok := made[route]
		if ok {
			r = rewritten(r, members(func(m map[string]any) {
				if route == "POST /{keyTag}/verify" {
					m["data"] = text64(m["data"])
				}
				if isText(m[from.member]) || from.member == "ciphertext" && isTexts(m[from.member]) {
					return
				}
				var answer struct {
					Data map[string]any `json:"data"`
				}
				body, _ := json.Marshal(map[string]any{from.of: text64(m["data"])})
				_ = json.Unmarshal(o.call(next, r, http.MethodPost, path.Dir(r.URL.Path)+from.by, body).body.Bytes(), &answer)
				m[from.member] = answer.Data[from.member]
			}))
		}
		next.ServeHTTP(w, r)
	})
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

func isTexts(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(item any) bool { return !isText(item) })
}

// text64 is v where it is a text, and else another text in base64.
func text64(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return "AAAA"
}
