package mutant

import (
	"net/http"

	"github.com/kmsproof/kmsproof/reference"
)

// stopped breaks what a disabled version does not do any more.
func stopped() []Mutant {
	return []Mutant{
		{Name: "disabled-version-serves", Flaw: "A disabled version decrypts, re-encrypts and verifies; only its public key is kept back.", Apply: firstServes(
			"POST /{keyTag}/decrypt", "POST /{keyTag}/re-encrypt", "POST /{keyTag}/reencrypt", "POST /{keyTag}/verify")},
		{Name: "enabled-version-stays-off", Flaw: "A version that was disabled stays so when it is enabled.", Apply: alsoAfter("POST /{keyTag}/versions/1/enable", http.MethodPost, "/versions/1/disable")},
		{Name: "disabled-public-key", Flaw: "The public key of a disabled version is told.", Apply: firstServes("POST /{keyTag}/get-pub-key")},
	}
}

// firstServes returns a flaw that enables the first version of a key for as long as a call on one of the
// routes takes, over either API.
func firstServes(routes ...string) func(*reference.Options) {
	listed := on(routes...)
	return overEither(func(o owner, manages http.Handler, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		if !listed(route) {
			next.ServeHTTP(w, r)
			return
		}
		versions := "/kms/v1/keys/" + keyOf(r) + "/versions/1"
		enabled := o.call(manages, r, http.MethodPost, versions+"/enable", nil)
		c := capture(next, r)
		if enabled.ok() {
			o.call(manages, r, http.MethodPost, versions+"/disable", nil)
		}
		c.send(w)
	})
}
