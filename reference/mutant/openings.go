package mutant

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// openings break, each for one use of a key alone, what holds for all of them.
func openings() []Mutant {
	const (
		signing, verifying = "POST /{keyTag}/sign", "POST /{keyTag}/verify"
		custom, public     = "POST /{keyTag}/create-custom-key", "POST /{keyTag}/get-pub-key"
		again              = "POST /{keyTag}/reencrypt"
	)
	own := func(o owner, r *http.Request, t loose) bool {
		return t.claims.Kind == kms.Access && t.claims.KeyTag == keyOf(r) && !ended(o, t)
	}
	return []Mutant{
		{Name: "access-does-not-sign", Flaw: "An access token is refused for signing.", Apply: rules(func(r *kms.Rules) {
			r.Opens[kms.Access] = slices.DeleteFunc(kms.Uses(), func(op kms.Op) bool { return op == kms.Sign })
		})},
		{Name: "foreign-token-signs", Flaw: "Another key's token is taken for signing.", Apply: refusedTokens(signing,
			func(_ owner, r *http.Request, t loose) bool { return t.claims.KeyTag != keyOf(r) })},
		{Name: "refresh-tells-public-key", Flaw: "A refresh token is taken for the public key.", Apply: rules(func(r *kms.Rules) {
			r.Opens[kms.Refresh] = append(r.Opens[kms.Refresh], kms.GetPublicKey)
		})},
		{Name: "anonymous-verifies", Flaw: "Verifying needs no credentials.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool { return at == verifying && !carriesToken(r) && !isSigned(r) })},
		{Name: "dead-token-verifies", Flaw: "For verifying nobody looks who signed a token.", Apply: refusedTokens(verifying, own)},
		{Name: "expired-token-makes-custom-keys", Flaw: "For custom keys nobody looks whether a token has ended.", Apply: refusedTokens(custom,
			func(o owner, _ *http.Request, t loose) bool { return ended(o, t) })},
		{Name: "acl-spares-reencrypt", Flaw: "The IP ACL does not guard the second path of re-encrypt.", Apply: refusedTokens(again, own)},
		{Name: "disabled-verifies", Flaw: "A disabled key verifies.", Apply: state(kms.Disabled, kms.Verify)},
		{Name: "pending-makes-custom-keys", Flaw: "A key whose deletion is pending makes custom keys.", Apply: state(kms.Pending, kms.CreateCustomKey)},
		{Name: "disabled-tells-public-key", Flaw: "A disabled key tells its public key.", Apply: state(kms.Disabled, kms.GetPublicKey)},
		{Name: "pending-tells-public-key", Flaw: "A key whose deletion is pending tells its public key.", Apply: state(kms.Pending, kms.GetPublicKey)},
		{Name: "disabled-renews", Flaw: "Refresh tokens of a disabled key renew.", Apply: state(kms.Disabled, kms.RenewTokenSet, kms.RenewAccessToken)},
		{Name: "pending-renews", Flaw: "Refresh tokens of a key whose deletion is pending renew.", Apply: state(kms.Pending, kms.RenewTokenSet, kms.RenewAccessToken)},
		{Name: "pending-takes-more", Flaw: "A key whose deletion is pending takes changes of its rotation, its versions and its creator.", Apply: state(kms.Pending,
			kms.UpdatePeriod, kms.EnableAuto, kms.DisableAuto, kms.EnableVersion, kms.DisableVersion, kms.EnableCreator, kms.ReplaceCreator, kms.CreateTokenSet)},
		{Name: "key-that-stands-in", Flaw: "For a key that does not exist another signs, over either API, and is shown and changed.", Apply: standsIn(http.StatusNotFound, []string{reference.API20, reference.API10},
			signing, "GET /{keyTag}", "GET /{keyTag}/versions", "GET /{keyTag}/activities", "GET /{keyTag}/last-use-info",
			"GET /{keyTag}/acl", "GET /{keyTag}/token-generator", "POST /{keyTag}/acl", "DELETE /{keyTag}/acl",
			"PUT /{keyTag}/memo", "POST /{keyTag}/rotate")},
		{Name: "no-verifying-1.0", Flaw: "API 1.0 does not verify.", Apply: before(reference.API10,
			func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
				if at == verifying {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})},
	}
}

// ended reports whether a token's time is over.
func ended(o owner, t loose) bool {
	return !t.claims.Expires.IsZero() && !o.clock.Now().Before(t.claims.Expires)
}

// refusedTokens returns a flaw that carries out what was refused to a token that it spares.
func refusedTokens(route string, spares func(o owner, r *http.Request, t loose) bool) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		t, ok := read(r.Header.Get(tokenHeader))
		if at != route || !ok || !spares(o, r, t) {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		c := capture(next, r)
		if c.status == http.StatusUnauthorized || c.status == http.StatusForbidden {
			c = o.call(next, r, r.Method, r.URL.EscapedPath(), body)
		}
		c.send(w)
	})
}

// standsIn returns a flaw by which an RSA key that is there from the start stands in for a key, on some
// routes, where the answer would be a refusal of the given status.
func standsIn(refusal int, apis []string, routes ...string) func(*reference.Options) {
	const tag = "standin"
	return func(opts *reference.Options) {
		opts.Keys = append(slices.Clone(opts.Keys), reference.Key{Name: tag, Tag: tag, Type: kms.RSA2048})
		instead := func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			c := capture(next, r)
			if missing := keyOf(r); c.status == refusal && missing != "" && slices.Contains(routes, at) {
				c = o.call(next, r, r.Method, strings.Replace(r.URL.Path, missing, tag, 1), body)
			}
			c.send(w)
		}
		for _, api := range apis {
			inPlace(api, instead)(opts)
		}
	}
}
