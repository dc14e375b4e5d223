package mutant

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
)

// bodies break how the body of a call is read.
func bodies() []Mutant {
	const issuing, adding = "POST /{keyTag}/token-set", "POST /{keyTag}/acl"
	return []Mutant{
		{Name: "lenient-json", Flaw: "A malformed key creation is mended: duplicate members, what follows, wrong types.", Apply: asks("POST /", mended(aCreation))},
		{Name: "lenient-token-set", Flaw: "A malformed request for a token set is taken for one that asks for nothing special.", Apply: asks(issuing, mended(fixed(`{}`)))},
		{Name: "lenient-acl", Flaw: "An IP ACL change that cannot be read adds a usual address.", Apply: asks(adding, mended(fixed(`{"ipList":["192.0.2.1"]}`)))},
		{Name: "works-on-anything", Flaw: "Without a ciphertext or a signature that is one, a key works on another of its own.", Apply: worksOnAnything},
		{Name: "lenient-bodies", Flaw: "A malformed body of a use, a change or a renewal is taken for a usual one.", Apply: lenientBodies},
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

// mended returns a change of bodies that makes a good one of whatever came: of members that occur twice it
// takes the last, a text for a number, and what it cannot read at all it takes for another body.
func mended(instead func([]byte) []byte) func([]byte) []byte {
	return func(body []byte) []byte {
		var m map[string]any
		if json.Unmarshal(body, &m) != nil || !right(m) {
			return instead(body)
		}
		again, _ := json.Marshal(m)
		return again
	}
}

// right reports whether the members of a body that have a type of their own have it.
func right(m map[string]any) bool {
	for _, name := range []string{"keyName", "keyType", "memo"} {
		if _, ok := m[name].(string); m[name] != nil && !ok {
			return false
		}
	}
	_, ok := m["ipList"].([]any)
	return m["ipList"] == nil || ok
}

// worksOnAnything gives calls what they lack.
func worksOnAnything(o *reference.Options) {
	made := map[string]struct{ by, of, member string }{
		"POST /{keyTag}/decrypt":    {"/encrypt", "plaintext", "ciphertext"},
		"POST /{keyTag}/re-encrypt": {"/encrypt", "plaintext", "ciphertext"},
		"POST /{keyTag}/verify":     {"/sign", "data", "signature"},
	}
	inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		from, ok := made[route]
		if ok {
			r = rewritten(r, members(func(m map[string]any) {
				if isText(m[from.member]) || from.member == "ciphertext" && isTexts(m[from.member]) {
					return
				}
				var answer struct {
					Data map[string]any `json:"data"`
				}
				body, _ := json.Marshal(map[string]any{from.of: text64(m["data"])})
				_ = json.Unmarshal(o.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+from.by, body).body.Bytes(), &answer)
				m[from.member] = answer.Data[from.member]
			}))
		}
		next.ServeHTTP(w, r)
	})(o)
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
