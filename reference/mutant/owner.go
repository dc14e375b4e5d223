package mutant

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// owner is a flaw's access to the account that owns the keys: what it lets through, it really does.
type owner struct {
	account reference.Account
	clock   clock.Clock
	text    func(kms.Signature) string
}

// ownerOf sees to it that the options name their accounts and their clock, and returns the owner.
func ownerOf(o *reference.Options) owner {
	if len(o.Accounts) == 0 {
		o.Accounts = []reference.Account{
			{Name: "owner", AccessKey: "MUTANTOWNERACCESSKEY", SecretKey: "mutant owner secret key", APIKey: "mutant owner API key", Policy: kms.PolicyAdministrator},
			{Name: "viewer", AccessKey: "MUTANTVIEWERACCESSKEY", SecretKey: "mutant viewer secret key", Policy: kms.PolicyKMSViewer},
			{Name: "manager", AccessKey: "MUTANTMANAGERACCESSKEY", SecretKey: "mutant manager secret key", Policy: kms.PolicyKMSManager},
			{Name: "infra", AccessKey: "MUTANTINFRAACCESSKEY", SecretKey: "mutant infra secret key", Policy: kms.PolicyInfraManager},
			{Name: "finance", AccessKey: "MUTANTFINANCEACCESSKEY", SecretKey: "mutant finance secret key", Policy: kms.PolicyFinanceManager},
			{Name: "encryptor", AccessKey: "MUTANTENCRYPTORACCESSKEY", SecretKey: "mutant encryptor secret key", Policies: reference.Encryptor()},
			{Name: "administrator", AccessKey: "MUTANTADMINISTRATORACCESSKEY", SecretKey: "mutant administrator secret key", Policy: kms.PolicyAdministrator},
		}
	}
	if o.Clock == nil {
		o.Clock = clock.NewMachine()
	}
	return owner{account: o.Accounts[0], clock: o.Clock, text: kms.Documented().SignedText}
}

// sign returns r as the owner would have sent it.
func (o owner) sign(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	uri := r.RequestURI
	if !strings.HasPrefix(uri, "/") {
		uri = r.URL.RequestURI()
	}
	s := kms.Signature{
		Method: r.Method, URI: uri, AccessKey: o.account.AccessKey, Version: 2,
		Timestamp: strconv.FormatInt(o.clock.Now().UnixMilli(), 10),
	}
	r.Header.Del(tokenHeader)
	r.Header.Set(timeHeader, s.Timestamp)
	r.Header.Set(accessKeyHeader, s.AccessKey)
	r.Header.Set(signature2Header, o.mac(o.text(s)))
	return r
}

func (o owner) mac(text string) string {
	mac := hmac.New(sha256.New, []byte(o.account.SecretKey))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// call makes a call of the owner in place of r. Of r it keeps the body and the address.
func (o owner) call(next http.Handler, r *http.Request, method, path string, body []byte) *captured {
	own, err := http.NewRequestWithContext(r.Context(), method, "http://mutant"+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // the paths are ours
	}
	own.RemoteAddr = r.RemoteAddr
	return capture(next, o.sign(own))
}

// about makes a call of the owner about the key of r in place of r, without a body.
func (o owner) about(next http.Handler, r *http.Request, method, rest string) *captured {
	return o.call(next, r, method, "/kms/v1/keys/"+keyOf(r)+rest, nil)
}

// make creates a key under a name of its own and returns its tag.
func (o owner) make(next http.Handler, r *http.Request, kind string) string {
	made := o.call(next, r, http.MethodPost, "/kms/v1/keys", fmt.Appendf(nil, `{"keyName":"demand-%s","keyType":%q,"protectionType":"BASIC"}`, rand.Text()[:8], kind))
	var answer struct {
		Data struct {
			Tag string `json:"keyTag"`
		} `json:"data"`
	}
	_ = json.Unmarshal(made.body.Bytes(), &answer)
	return answer.Data.Tag
}

// asOwner returns a flaw that carries out a call as if the owner had made it.
func asOwner(api string, when func(r *http.Request, route string) bool) func(*reference.Options) {
	return inPlace(api, func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		if when(r, route) {
			r = o.sign(r)
		}
		next.ServeHTTP(w, r)
	})
}

// inPlace returns a flaw that may do something else in the owner's name in place of a call.
func inPlace(api string, do func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler)) func(*reference.Options) {
	return func(opts *reference.Options) {
		o := ownerOf(opts)
		before(api, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			do(o, w, r, route, next)
		})(opts)
	}
}

// overEither is [inPlace] for API 2.0 and API 1.0 at once. manages is API 2.0, which alone manages keys.
func overEither(do func(o owner, manages http.Handler, w http.ResponseWriter, r *http.Request, route string, next http.Handler)) func(*reference.Options) {
	return func(opts *reference.Options) {
		o, inner := ownerOf(opts), opts.Wrap
		var manages http.Handler
		opts.Wrap = func(api string, next http.Handler) http.Handler {
			if inner != nil {
				next = inner(api, next)
			}
			switch api {
			case reference.API20:
				manages = next
			case reference.API10:
			default:
				return next
			}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { do(o, manages, w, r, routeOf(r), next) })
		}
	}
}

// tokensForNobody issues tokens to a call for renewal that carries no token.
func tokensForNobody(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if carriesToken(r) || route != "PUT /{keyTag}/token-set" && route != "POST /{keyTag}/access-token" {
		next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	o.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+"/token-set", body).send(w)
}

// creatorOnDemand puts a creator into office when tokens are asked for without one.
func creatorOnDemand(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "POST /{keyTag}/token-set" {
		next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := capture(next, r)
	if c.status == http.StatusUnprocessableEntity {
		o.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+"/token-generator", nil)
		r.Body = io.NopCloser(bytes.NewReader(body))
		c = capture(next, r)
	}
	c.send(w)
}

// keyOnDemand makes a key when one that does not exist is asked about.
func keyOnDemand(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	c := capture(next, r)
	if route == "GET /{keyTag}" && c.status == http.StatusNotFound {
		c = o.call(next, r, http.MethodGet, "/kms/v1/keys/"+o.make(next, r, "AES256"), nil)
	}
	c.send(w)
}

// deletionCancels takes the deletion of a key for the cancelling of its deletion.
func deletionCancels(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "DELETE /{keyTag}" {
		next.ServeHTTP(w, r)
		return
	}
	o.call(next, r, http.MethodPost, "/kms/v1/keys/"+keyOf(r)+"/cancel-deletion", nil).send(w)
}

const (
	tokenHeader      = "X-Ncp-Ocapi-Token"
	accessKeyHeader  = "X-Ncp-Iam-Access-Key"
	timeHeader       = "X-Ncp-Apigw-Timestamp"
	signature2Header = "X-Ncp-Apigw-Signature-V2"
)

func carriesToken(r *http.Request) bool { return len(r.Header[tokenHeader]) > 0 }
func isSigned(r *http.Request) bool     { return len(r.Header[accessKeyHeader]) > 0 }
