package reference

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// Header names (security-kms2-token-*, common-ncpapi), in Go's canonical form.
const (
	headerToken      = "X-Ncp-Ocapi-Token"
	headerTimestamp  = "X-Ncp-Apigw-Timestamp"
	headerAccessKey  = "X-Ncp-Iam-Access-Key"
	headerSignature1 = "X-Ncp-Apigw-Signature-V1"
	headerSignature2 = "X-Ncp-Apigw-Signature-V2"
	headerAPIKey     = "X-Ncp-Apigw-Api-Key"
	collection       = "" // the tag of a call on no single key
)

// identify finds out who calls, and then on which key.
func (c *call) identify(tag string) error {
	c.from()
	key, missing := c.store.Key(tag)
	if _, carries := c.request.Header[headerToken]; carries && c.op.auth != byAccount || c.op.auth == byToken {
		if err := c.bearer(key); err != nil {
			return err
		}
	} else if bad := c.account(); bad != nil {
		return bad
	}
	if tag == collection || c.api == SubAccount {
		return nil
	}
	if missing != nil {
		return missing
	}
	c.key = key
	return nil
}

// bearer identifies a call by its token.
func (c *call) bearer(key *kms.Key) error {
	tokens := c.request.Header[headerToken]
	if len(tokens) != 1 || tokens[0] == "" {
		return &kms.Refusal{Reason: kms.BadToken, Detail: "the call carries no token"}
	}
	claims, err := c.store.Bearer(tokens[0], key, c.now)
	if err != nil {
		return err
	}
	if d := c.dialect(); d.LivePermissions || d.RenewCurrent && claims.Kind == kms.Refresh {
		claims.Permissions = c.permitted(claims.Subject)
	}
	c.caller.Claims = claims
	return nil
}

// permitted returns what tokens for an account carry now; nothing if the account is gone.
func (c *call) permitted(id string) []kms.Permission {
	for _, a := range c.accounts {
		if a.ID == id {
			return kms.Carried(a.Permissions)
		}
	}
	return nil
}

// account identifies a call by its signature.
func (c *call) account() *kms.Refusal {
	s, bad := c.signature()
	if bad != nil {
		return bad
	}
	a := c.accounts[s.AccessKey]
	now := c.service.judging(c.now)
	if bad := c.service.rules.CheckSignature(s, a, now); bad != nil {
		return bad
	}
	c.caller.Account = a
	if c.api == SubAccount { // who shut an account out can let it in again
		return nil
	}
	return c.service.rules.CheckSource(a, c.from())
}

// judging returns the time by which signatures are judged while the service's clock shows now.
func (s *Service) judging(now time.Time) time.Time {
	if s.options.MachineSignatures {
		return time.Now()
	}
	return now
}

// signature collects what an account call must carry. A header that occurs twice is refused: which
// of the two would count?
func (c *call) signature() (kms.Signature, *kms.Refusal) {
	h := c.request.Header
	s := kms.Signature{Method: c.request.Method, URI: requestURI(c.request), Version: c.op.signature}
	name := headerSignature2
	if s.Version == 1 {
		name = headerSignature1
		if bad := single(h, headerAPIKey, &s.APIKey); bad != nil {
			return s, bad
		}
	}
	return s, cmp.Or(
		single(h, headerTimestamp, &s.Timestamp),
		single(h, headerAccessKey, &s.AccessKey),
		single(h, name, &s.Value),
	)
}

func single(h http.Header, name string, into *string) *kms.Refusal {
	values := h[name]
	if len(values) != 1 || values[0] == "" {
		return &kms.Refusal{Reason: kms.BadSignature, Field: strings.ToLower(name), Detail: "it is needed once"}
	}
	*into = values[0]
	return nil
}

// requestURI returns path and query as they were sent, which is what is signed.
func requestURI(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}
