package mutant

import (
	"net/http"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func callers() []Mutant {
	const tokenHeader = "X-Ncp-Ocapi-Token"
	carries := func(r *http.Request) bool { return len(r.Header[tokenHeader]) > 0 }
	signs := func(r *http.Request) bool { return len(r.Header["X-Ncp-Iam-Access-Key"]) > 0 }
	empty := map[string]any{}
	return []Mutant{
		{Name: "signed-reads-refused", Flaw: "A rightly signed GET is refused.", Apply: rules(func(r *kms.Rules) {
			right := r.SignedText
			r.SignedText = func(s kms.Signature) string {
				if s.Method == http.MethodGet {
					s.Method = "get"
				}
				return right(s)
			}
		})},
		{Name: "signatures-unread", Flaw: "A call is accepted whatever its signature.", Apply: rules(func(r *kms.Rules) {
			r.SameSignature = func(string, string) bool { return true }
		})},
		{Name: "query-unsigned", Flaw: "The query is left out of what is signed.", Apply: rules(func(r *kms.Rules) {
			right := r.SignedText
			r.SignedText = func(s kms.Signature) string {
				s.URI, _, _ = strings.Cut(s.URI, "?")
				return right(s)
			}
		})},
		{Name: "skew-wide", Flaw: "A signature's timestamp may be seven minutes off.", Apply: skew(7 * time.Minute)},
		{Name: "skew-inclusive", Flaw: "A signature's timestamp may be five minutes off, to the millisecond.", Apply: skew(5*time.Minute + time.Millisecond)},
		{Name: "skew-narrow", Flaw: "A signature's timestamp may be three minutes off and no more.", Apply: skew(3 * time.Minute)},
		{Name: "viewer-blind", Flaw: "An account with the viewer policy may not even look.", Apply: viewer(nil)},
		{Name: "viewer-manages", Flaw: "An account with the viewer policy may do everything.", Apply: viewer(kms.Manager())},
		{Name: "anonymous-encrypts", Flaw: "A cipher call without credentials succeeds.", Apply: pretends(reference.API20,
			func(r *http.Request, at string, _ *captured) bool {
				return at == "POST /{keyTag}/encrypt" && !carries(r) && !signs(r)
			}, map[string]string{"ciphertext": "ncpkms:v1:AAAA"})},
		{Name: "tokens-manage", Flaw: "A token opens the calls that are for accounts.", Apply: pretends(reference.API20,
			func(r *http.Request, at string, _ *captured) bool {
				return carries(r) && !on("POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt", "PUT /{keyTag}/token-set", "POST /{keyTag}/access-token")(r, at, nil)
			}, empty)},
		{Name: "anything-is-a-token", Flaw: "What is no token at all is taken for one.", Apply: pretends(reference.API20,
			func(r *http.Request, at string, c *captured) bool {
				return at == "POST /{keyTag}/encrypt" && carries(r) && strings.Count(r.Header.Get(tokenHeader), ".") != 2 ||
					c.status == http.StatusUnauthorized && len(r.Header.Get(tokenHeader)) < 3
			}, empty)},
		{Name: "published-token", Flaw: "The token that the guide shows is taken.", Apply: pretends(reference.API20,
			func(r *http.Request, at string, _ *captured) bool {
				return at == "POST /{keyTag}/encrypt" && strings.Contains(r.Header.Get(tokenHeader), "eyJzdWIiOiI1YjEyNjg5MC1jMDgx")
			}, empty)},
		{Name: "anonymous-renews", Flaw: "A renewal without a token succeeds.", Apply: pretends(reference.API20,
			func(r *http.Request, at string, _ *captured) bool {
				return !carries(r) && on("PUT /{keyTag}/token-set", "POST /{keyTag}/access-token")(r, at, nil)
			}, empty)},
		{Name: "tokens-on-1.0", Flaw: "API 1.0 takes calls that are not signed.", Apply: pretends(reference.API10,
			func(r *http.Request, _ string, _ *captured) bool { return !signs(r) }, empty)},
		{Name: "no-signature-v1", Flaw: "API 1.0 refuses the older signature.", Apply: before(reference.API10,
			func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				if strings.HasPrefix(r.URL.Path, "/keys/v1/") {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})},
	}
}

func skew(d time.Duration) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Skew = d })
}

func viewer(may []kms.Permission) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Policies[kms.PolicyKMSViewer] = may })
}
