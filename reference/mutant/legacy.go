package mutant

import (
	"net/http"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
)

// legacy breaks what holds of API 1.0 alone, or of it too.
func legacy() []Mutant {
	const (
		encrypting, custom = "POST /{keyTag}/encrypt", "POST /{keyTag}/createCustomKey"
		signing, verifying = "POST /{keyTag}/sign", "POST /{keyTag}/verify"
	)
	return []Mutant{
		{Name: "tokens-on-1.0", Flaw: "API 1.0 carries out calls that are not signed.", Apply: asOwner(reference.API10,
			func(r *http.Request, _ string) bool { return !isSigned(r) })},
		{Name: "no-signature-v1", Flaw: "API 1.0 refuses the older signature.", Apply: before(reference.API10,
			func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				if strings.HasPrefix(r.URL.Path, "/keys/v1/") {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})},
		{Name: "signatures-unread-1.0", Flaw: "API 1.0 does not look at signatures.", Apply: asOwner(reference.API10,
			func(_ *http.Request, at string) bool { return at == encrypting })},
		{Name: "older-signatures-unread", Flaw: "API 1.0 takes an older signature as it comes.", Apply: onPath2(
			func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/keys/v1/") })},
		{Name: "generations-mixed", Flaw: "API 1.0 takes either signature on either path.", Apply: onPath2(
			func(r *http.Request) bool {
				_, older := r.Header["X-Ncp-Apigw-Signature-V1"]
				return older != strings.HasPrefix(r.URL.Path, "/keys/v1/")
			})},
		{Name: "any-type-1.0", Flaw: "On API 1.0 another key does what a key's type does not.", Apply: standsIn(
			http.StatusBadRequest, []string{reference.API10}, signing, encrypting, custom)},
		{Name: "all-calls-on-1.0", Flaw: "API 1.0 offers the calls of API 2.0 as well.", Apply: overEither(
			func(o owner, manages http.Handler, w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				body, c := heard(next, r)
				if rest, ok := strings.CutPrefix(r.URL.Path, "/keys/v2"); ok && c.status == http.StatusNotFound {
					c = o.call(manages, r, r.Method, "/kms/v1/keys"+rest, body)
				}
				c.send(w)
			})},
		{Name: "any-method-1.0", Flaw: "API 1.0 takes its calls by PUT as well.", Apply: inPlace(reference.API10,
			func(o owner, w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				body, c := heard(next, r)
				if r.Method == http.MethodPut && c.status == http.StatusNotFound {
					c = o.call(next, r, http.MethodPost, r.URL.Path, body)
				}
				c.send(w)
			})},
		{Name: "anything-is-plaintext-1.0", Flaw: "On API 1.0 a plaintext that is no base64 text is encrypted as it stands.", Apply: asksOf(reference.API10, encrypting, members(func(m map[string]any) {
			m["plaintext"] = asText(m["plaintext"])
		}))},
		{Name: "no-signature-v1-but-for-encrypting", Flaw: "API 1.0 takes the older signature for encrypting alone.", Apply: before(reference.API10,
			func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
				if strings.HasPrefix(r.URL.Path, "/keys/v1/") && at != encrypting {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})},
		{Name: "anything-is-data-1.0", Flaw: "On API 1.0 data that is no base64 text is signed and verified as it stands.", Apply: func(o *reference.Options) {
			for _, route := range []string{signing, verifying} {
				asksOf(reference.API10, route, members(func(m map[string]any) {
					if m["data"] != nil {
						m["data"] = asText(m["data"])
					}
				}))(o)
			}
		}},
		{Name: "works-on-anything-1.0", Flaw: "On API 1.0, without a ciphertext or a signature that is one, a key works on another of its own.", Apply: worksOnAnything(reference.API10)},
		{Name: "missing-is-empty-1.0", Flaw: "On API 1.0 a text that is missing is taken for an empty one.", Apply: func(o *reference.Options) {
			for route, name := range map[string]string{encrypting: "plaintext", signing: "data", verifying: "data"} {
				asksOf(reference.API10, route, members(func(m map[string]any) {
					if _, ok := m[name]; !ok {
						m[name] = ""
					}
				}))(o)
			}
		}},
	}
}

// onPath2 returns a flaw by which some calls of API 1.0 count as signed by their owner.
func onPath2(when func(*http.Request) bool) func(*reference.Options) {
	return inPlace(reference.API10, func(o owner, w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		if when(r) && isSigned(r) {
			r = r.Clone(r.Context())
			r.URL.Path, r.RequestURI = strings.Replace(r.URL.Path, "/keys/v1/", "/keys/v2/", 1), ""
			r = o.sign(r)
		}
		next.ServeHTTP(w, r)
	})
}
