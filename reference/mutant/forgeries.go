package mutant

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// forgeries believe tokens that nobody issued, each for one thing that is wrong with them.
func forgeries() []Mutant {
	const encrypting = "POST /{keyTag}/encrypt"
	narrow := func(_ owner, _ *http.Request, t loose) bool { return len(t.claims.Permissions) < 5 }
	return []Mutant{
		{Name: "key-claim-unread", Flaw: "A token encrypts with whatever key it is presented for.", Apply: refusedTokens(encrypting,
			func(_ owner, r *http.Request, t loose) bool { return t.claims.KeyTag != keyOf(r) })},
		{Name: "permission-claim-unread", Flaw: "A token whose permissions somebody cut down encrypts and renews.", Apply: func(o *reference.Options) {
			refusedTokens(encrypting, narrow)(o)
			inPlace(reference.API20, func(own owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
				body, c := heard(next, r)
				t, ok := read(r.Header.Get(tokenHeader))
				if renewing(at) && ok && narrow(own, r, t) && !c.ok() {
					c = own.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+"/token-set", body)
				}
				c.send(w)
			})(o)
		}},
		{Name: "claims-added", Flaw: "A token to which a claim was added is believed.", Apply: refusedTokens(encrypting,
			func(_ owner, _ *http.Request, t loose) bool { return t.more })},
		{Name: "payload-optional", Flaw: "A token without a payload is taken for the owner's.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool {
				return at == encrypting && strings.Contains(r.Header.Get(tokenHeader), "..")
			})},
		{Name: "scheme-words-passed-over", Flaw: "A scheme word before a token is passed over.", Apply: before(reference.API20,
			func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				if token, ok := strings.CutPrefix(r.Header.Get(tokenHeader), "Bearer "); ok {
					r = r.Clone(r.Context())
					r.Header.Set(tokenHeader, token)
				}
				next.ServeHTTP(w, r)
			})},
		{Name: "permission-left-out", Flaw: "Tokens do not carry the last of the published permissions.", Apply: authority(func(a kms.Authority) kms.Authority {
			return stingy{a}
		})},
	}
}

var renewing = on("PUT /{keyTag}/token-set", "POST /{keyTag}/access-token")

// stingy issues tokens without the last permission of a full manager.
type stingy struct{ kms.Authority }

func (f stingy) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	c.Permissions = slices.DeleteFunc(slices.Clone(c.Permissions), func(p kms.Permission) bool { return p == 38 })
	return f.Authority.Issue(by, c)
}
