package mutant

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func callers() []Mutant {
	forTokens := on("POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt", "PUT /{keyTag}/token-set", "POST /{keyTag}/access-token")
	cipher := on("POST /{keyTag}/encrypt", "POST /{keyTag}/decrypt")
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
		{Name: "body-signed", Flaw: "To encrypt, an account must sign the body too.", Apply: bodySigned},
		{Name: "signatures-of-one-body", Flaw: "A signature that came with one body is refused with another.", Apply: remembersSignatures(bytes.Equal)},
		{Name: "signatures-count-once", Flaw: "A signature is good for one call.", Apply: remembersSignatures(func(_, _ []byte) bool { return false })},
		{Name: "skew-wide", Flaw: "A signature's timestamp may be seven minutes off.", Apply: skew(7 * time.Minute)},
		{Name: "skew-inclusive", Flaw: "A signature's timestamp may be five minutes off, to the millisecond.", Apply: skew(5*time.Minute + time.Millisecond)},
		{Name: "skew-narrow", Flaw: "A signature's timestamp may be three minutes off and no more.", Apply: skew(3 * time.Minute)},
		{Name: "viewer-blind", Flaw: "An account with the viewer policy may not even look.", Apply: viewer(nil)},
		{Name: "viewer-manages", Flaw: "An account with the viewer policy may do everything.", Apply: viewer(kms.Manager())},
		{Name: "viewer-issues-tokens", Flaw: "An account with the viewer policy may ask for tokens.", Apply: viewerAlso(kms.CreateTokenSet)},
		{Name: "viewer-disables", Flaw: "An account with the viewer policy may disable keys.", Apply: viewerAlso(kms.DisableKey)},
		{Name: "viewer-deletes", Flaw: "An account with the viewer policy may delete keys whose deletion was requested.", Apply: viewerAlso(kms.DeleteKey)},
		{Name: "viewer-edits-acl", Flaw: "An account with the viewer policy may add addresses to an IP ACL.", Apply: viewerAlso(kms.AddACL)},
		{Name: "viewer-replaces-creator", Flaw: "An account with the viewer policy may replace a token creator.", Apply: viewerAlso(kms.ReplaceCreator)},
		{Name: "viewer-creates", Flaw: "An account with the viewer policy may create keys.", Apply: viewerAlso(kms.CreateKey)},
		{Name: "viewer-decrypts", Flaw: "An account with the viewer policy may decrypt.", Apply: viewerAlso(kms.Decrypt)},
		{Name: "viewer-rotates", Flaw: "An account with the viewer policy may rotate keys.", Apply: viewerAlso(kms.RotateKey)},
		{Name: "viewer-migrates", Flaw: "An account with the viewer policy may migrate keys.", Apply: viewerAlso(kms.MigrateKey)},
		{Name: "viewer-stops-versions", Flaw: "An account with the viewer policy may disable versions.", Apply: viewerAlso(kms.DisableVersion)},
		{Name: "viewer-signs", Flaw: "An account with the viewer policy may sign.", Apply: viewerAlso(kms.Sign)},
		{Name: "viewer-reads-no-log", Flaw: "An account with the viewer policy may not read activity logs.", Apply: viewer(slices.DeleteFunc(kms.Viewer(), func(p kms.Permission) bool {
			return kms.Permits([]kms.Permission{p}, kms.ListActivities)
		}))},
		{Name: "anonymous-encrypts", Flaw: "A cipher call without credentials is carried out for the owner.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return cipher(at) && !carriesToken(r) && !isSigned(r) })},
		{Name: "tokens-manage", Flaw: "A token, of whatever kind, opens the calls that are for accounts.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return carriesToken(r) && !forTokens(at) })},
		{Name: "refresh-tokens-manage", Flaw: "A refresh token opens the calls that are for accounts.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return isRefresh(r) && !forTokens(at) })},
		{Name: "tokens-read", Flaw: "A token opens the calls that only look at a key.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return carriesToken(r) && r.Method == http.MethodGet })},
		{Name: "anything-is-a-token", Flaw: "What has not the form of a token opens ciphers.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool {
				text := r.Header.Get(tokenHeader)
				return cipher(at) && carriesToken(r) && (strings.Count(text, ".") != 2 || len(text) < 3)
			})},
		{Name: "published-token", Flaw: "The token that the guide shows opens ciphers.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool {
				return cipher(at) && strings.Contains(r.Header.Get(tokenHeader), "eyJzdWIiOiI1YjEyNjg5MC1jMDgx")
			})},
		{Name: "anonymous-renews", Flaw: "A renewal without a token yields tokens.", Apply: inPlace(reference.API20, tokensForNobody)},
		{Name: "encryption-unsigned", Flaw: "For encrypting nobody looks at the signature.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return at == "POST /{keyTag}/encrypt" && isSigned(r) })},
	}
}

// bodySigned takes an encryption that is signed only if the signature is the owner's and over the body too.
func bodySigned(o *reference.Options) {
	for _, api := range []string{reference.API20, reference.API10} {
		inPlace(api, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if signature := r.Header.Get(signature2Header); at == "POST /{keyTag}/encrypt" && signature != "" {
				var body []byte
				r = rewritten(r, func(sent []byte) []byte { body = sent; return sent })
				text := o.text(kms.Signature{
					Method: r.Method, URI: r.RequestURI, AccessKey: o.account.AccessKey, Timestamp: r.Header.Get(timeHeader), Version: 2,
				})
				r.Header.Del(signature2Header)
				if o.mac(fmt.Sprintf("%s\n%x", text, sha256.Sum256(body))) == signature {
					r = o.sign(r)
				}
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}

// remembersSignatures returns a flaw by which a signature that was seen before is good only if the body it came
// with and the one it comes with are.
func remembersSignatures(good func(before, now []byte) bool) func(*reference.Options) {
	return func(o *reference.Options) {
		var mu sync.Mutex
		seen := map[string][]byte{}
		for _, api := range []string{reference.API20, reference.API10} {
			before(api, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				body, _ := io.ReadAll(r.Body)
				r = rewritten(r, func([]byte) []byte { return body })
				signature := r.Header.Get(signature2Header)
				mu.Lock()
				first, again := seen[signature]
				if !again {
					seen[signature] = body
				}
				mu.Unlock()
				if again && signature != "" && !good(first, body) {
					r.Header.Del(signature2Header)
				}
				next.ServeHTTP(w, r)
			})(o)
		}
	}
}

func skew(d time.Duration) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Skew = d })
}

func viewer(may []kms.Permission) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Policies[kms.PolicyKMSViewer] = may })
}

// viewerAlso lets the viewer policy do one thing more.
func viewerAlso(op kms.Op) func(*reference.Options) {
	return rules(func(r *kms.Rules) {
		for _, p := range kms.Manager() {
			if kms.Permits([]kms.Permission{p}, op) {
				r.Policies[kms.PolicyKMSViewer] = append(r.Policies[kms.PolicyKMSViewer], p)
			}
		}
	})
}

// isRefresh reports whether a call carries what calls itself a refresh token.
func isRefresh(r *http.Request) bool {
	t, ok := read(r.Header.Get(tokenHeader))
	return ok && t.claims.Kind == kms.Refresh
}
