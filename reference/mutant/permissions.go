package mutant

import (
	"bytes"
	"io"
	"net/http"
	"slices"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func permissions() []Mutant {
	return []Mutant{
		{Name: "policy-permits-all", Flaw: "A user-defined policy permits everything on its keys, whatever its actions.", Apply: granted(func(right grants) grants {
			return func(g kms.Grant, tag string) []kms.Permission {
				if right(g, tag) == nil {
					return nil
				}
				return kms.Manager()
			}
		})},
		{Name: "policy-permits-nothing", Flaw: "A user-defined policy permits nothing.", Apply: granted(func(grants) grants {
			return func(kms.Grant, string) []kms.Permission { return nil }
		})},
		{Name: "policy-of-every-key", Flaw: "A policy for one key permits the same on every other.", Apply: granted(func(grants) grants {
			return func(g kms.Grant, _ string) []kms.Permission { return g.Permissions }
		})},
		{Name: "list-shows-all", Flaw: "Who may list one key is shown all of them.", Apply: granted(func(right grants) grants {
			return func(g kms.Grant, tag string) []kms.Permission {
				if right(g, tag) == nil && kms.Permits(g.Permissions, kms.ListKeys) {
					return kms.PermissionsFor(kms.ListKeys)
				}
				return right(g, tag)
			}
		})},
		{Name: "tokens-carry-all", Flaw: "A token opens every use of its key, whoever asked for it.", Apply: carries(func([]kms.Permission) []kms.Permission {
			return kms.Manager()[:fullToken]
		})},
		{Name: "tokens-of-managers-alone", Flaw: "A token of who may not do everything opens nothing.", Apply: carries(func(held []kms.Permission) []kms.Permission {
			if len(held) < fullToken {
				return kms.PermissionsFor(kms.RenewTokenSet, kms.RenewAccessToken)
			}
			return held
		})},
		{Name: "tokens-never-decrypt", Flaw: "A token of who may not do everything does not decrypt.", Apply: carries(func(held []kms.Permission) []kms.Permission {
			if len(held) < fullToken {
				return slices.DeleteFunc(slices.Clone(held), func(p kms.Permission) bool { return kms.Permits([]kms.Permission{p}, kms.Decrypt) })
			}
			return held
		})},
		{Name: "permissions-read-live", Flaw: "A token may do what its requester may do when it is used.", Apply: func(o *reference.Options) { o.Dialect.LivePermissions = true }},
		{Name: "renewal-in-the-owners-name", Flaw: "Renewing a set yields one of the owner.", Apply: inPlace(reference.API20, renewsAsOwner)},
		{Name: "gateway-access-ignored", Flaw: "An account without access by API Gateway is let in.", Apply: rules(func(r *kms.Rules) {
			r.ByGateway = func(kms.Standing) bool { return true }
		})},
		{Name: "disabled-pairs-serve", Flaw: "A key pair that was disabled still authenticates.", Apply: rules(func(r *kms.Rules) {
			r.Authenticates = func(*kms.KeyPair) bool { return true }
		})},
	}
}

// grants is what a user-defined policy permits on a key.
type grants = func(kms.Grant, string) []kms.Permission

// granted returns a flaw in how user-defined policies are read.
func granted(flaw func(right grants) grants) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Granted = flaw(r.Granted) })
}

// fullToken is how many permissions the token of a full manager carries.
const fullToken = 38

// carries returns a flaw in which permissions go into tokens.
func carries(flaw func(held []kms.Permission) []kms.Permission) func(*reference.Options) {
	return authority(func(a kms.Authority) kms.Authority { return carrying{a, flaw} })
}

type carrying struct {
	kms.Authority
	flaw func([]kms.Permission) []kms.Permission
}

func (c carrying) Issue(by *kms.Creator, claims kms.Claims) (string, error) {
	claims.Permissions = c.flaw(claims.Permissions)
	return c.Authority.Issue(by, claims)
}

// renewsAsOwner issues a set of the owner in place of one that is renewed.
func renewsAsOwner(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "PUT /{keyTag}/token-set" {
		next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := capture(next, r)
	if c.status == http.StatusOK {
		c = o.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+"/token-set", body)
	}
	c.send(w)
}
