package reference

import (
	"net/http"
	"strings"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// auth says which credentials a call takes.
type auth int

const (
	byAccount auth = iota // a signature
	byEither              // a signature or a token
	byToken               // a token
)

// An operation is a row of an API's table of calls.
type operation struct {
	op        kms.Op
	auth      auth
	signature int  // version of the account signature
	limited   bool // counts against the rate limit
	envelope  func(data any) any
	do        func(*call) (any, error) // reads the body and acts; a *kms.Refusal refuses
	tally     tally
}

// routes maps the shapes of calls to operations.
type routes map[shape]*operation

// A shape is what the calls of an operation have in common.
type shape struct {
	method string
	prefix string // of the path
	onKey  bool   // a key tag follows
	action string // what follows that, with {version} for a version; may be empty
}

const versionPlace = "{version}"

// match finds the operation of a request, and the key tag and the version in its path.
func (r routes) match(method, path string) (op *operation, tag, version string) {
	if strings.Contains(path, "{") {
		return nil, "", ""
	}
	for _, prefix := range prefixes {
		rest, ok := strings.CutPrefix(path, prefix)
		if !ok {
			continue
		}
		if rest == "" {
			return r[shape{method: method, prefix: prefix}], collection, ""
		}
		tag, action, more := strings.Cut(rest[1:], "/")
		if more {
			action, version = cutVersion(action)
		}
		if rest[0] != '/' || tag == "" || more && action == "" {
			return nil, "", ""
		}
		if op := r[shape{method, prefix, true, action}]; op != nil {
			return op, tag, version
		}
	}
	return nil, "", ""
}

// cutVersion takes the version out of versions/{version}/enable and the like.
func cutVersion(action string) (shape, version string) {
	rest, ok := strings.CutPrefix(action, "versions/")
	version, what, deeper := strings.Cut(rest, "/")
	if !ok || !deeper || version == "" {
		return action, ""
	}
	return "versions/" + versionPlace + "/" + what, version
}

// Path prefixes of the two APIs. In 1.0 the number is the generation of the signature.
const (
	keys20   = "/kms/v1/keys"
	keys10v1 = "/keys/v1"
	keys10v2 = "/keys/v2"
)

var prefixes = []string{keys20, keys10v2, keys10v1}

// success20 and success10 are the envelopes of the two APIs (security-kms2-*, security-kms-overview).
func success20(data any) any {
	if list, ok := data.(outerKeyList); ok {
		return struct {
			Code string `json:"code"`
			Data struct {
				Keys []any `json:"KeyList"`
			} `json:"data"`
			Page  int `json:"currentPageNo"`
			Pages int `json:"totalPageNo"`
			Total int `json:"totalCount"`
		}{"SUCCESS", struct {
			Keys []any `json:"KeyList"`
		}{list.Keys}, list.Page, list.Pages, list.Total}
	}
	return &done20{"SUCCESS", data}
}

// done20 is the envelope of one datum.
type done20 struct {
	Code string `json:"code"`
	Data any    `json:"data"`
}

func success10(data any) any {
	return struct {
		Code    string `json:"code"`
		Message string `json:"msg"`
		Data    any    `json:"data"`
	}{"SUCCESS", "", data}
}

// routes20 is API 2.0, in the order of spec and OpenAPI file.
func (s *Service) routes20() routes {
	r := make(routes, 64) // a few more than there are, so that it need not grow
	add := func(method string, onKey bool, action string, op kms.Op, a auth, do func(*call) (any, error)) {
		r[shape{method, keys20, onKey, action}] = &operation{
			op: op, auth: a, signature: 2, limited: s.options.Dialect.limits(op), envelope: success20, do: do,
		}
	}
	const all, key = false, true
	add(http.MethodPost, all, "", kms.CreateKey, byAccount, createKey)
	add(http.MethodGet, all, "", kms.ListKeys, byAccount, bodyless(listKeys))
	add(http.MethodGet, key, "", kms.KeyInfo, byAccount, bodyless(keyInfo))
	add(http.MethodPost, key, "enable", kms.EnableKey, byAccount, bodyless(moveKey))
	add(http.MethodPost, key, "disable", kms.DisableKey, byAccount, bodyless(moveKey))
	add(http.MethodPut, key, "name", kms.RenameKey, byAccount, renameKey)
	add(http.MethodPut, key, "memo", kms.UpdateMemo, byAccount, updateMemo)
	add(http.MethodPost, key, "rotate", kms.RotateKey, byAccount, bodyless(rotateKey))
	add(http.MethodPut, key, "rotation-period", kms.UpdatePeriod, byAccount, updatePeriod)
	add(http.MethodPost, key, "enable-auto-rotation", kms.EnableAuto, byAccount, bodyless(enableAuto))
	add(http.MethodPost, key, "disable-auto-rotation", kms.DisableAuto, byAccount, bodyless(disableAuto))
	add(http.MethodGet, key, "versions", kms.ListVersions, byAccount, bodyless(listVersions))
	add(http.MethodPost, key, "versions/"+versionPlace+"/enable", kms.EnableVersion, byAccount, bodyless(moveVersion))
	add(http.MethodPost, key, "versions/"+versionPlace+"/disable", kms.DisableVersion, byAccount, bodyless(moveVersion))
	add(http.MethodPost, key, "request-deletion", kms.RequestDeletion, byAccount, bodyless(moveKey))
	add(http.MethodPost, key, "cancel-deletion", kms.CancelDeletion, byAccount, bodyless(moveKey))
	add(http.MethodDelete, key, "", kms.DeleteKey, byAccount, bodyless(deleteKey))
	add(http.MethodPost, key, "migrate", kms.MigrateKey, byAccount, migrateKey)
	add(http.MethodGet, key, "activities", kms.ListActivities, byAccount, bodyless(listActivities))
	add(http.MethodGet, key, "last-use-info", kms.LastUse, byAccount, bodyless(lastUse))
	add(http.MethodPost, key, "encrypt", kms.Encrypt, byEither, encrypt)
	add(http.MethodPost, key, "decrypt", kms.Decrypt, byEither, decrypt)
	add(http.MethodPost, key, "create-custom-key", kms.CreateCustomKey, byEither, createCustomKey)
	add(http.MethodPost, key, "re-encrypt", kms.Reencrypt, byEither, reencrypt)
	add(http.MethodPost, key, "reencrypt", kms.ReencryptUnhyphen, byEither, reencrypt)
	add(http.MethodPost, key, "sign", kms.Sign, byEither, sign)
	add(http.MethodPost, key, "verify", kms.Verify, byEither, verify)
	add(http.MethodPost, key, "get-pub-key", kms.GetPublicKey, byEither, publicKey)
	add(http.MethodPost, key, "token-generator", kms.EnableCreator, byAccount, bodyless(enableCreator))
	add(http.MethodGet, key, "token-generator", kms.GetCreator, byAccount, bodyless(getCreator))
	add(http.MethodPut, key, "token-generator", kms.ReplaceCreator, byAccount, bodyless(replaceCreator))
	add(http.MethodDelete, key, "token-generator", kms.DisableCreator, byAccount, bodyless(disableCreator))
	add(http.MethodPost, key, "token-set", kms.CreateTokenSet, byAccount, issueTokens)
	add(http.MethodPut, key, "token-set", kms.RenewTokenSet, byToken, issueTokens)
	add(http.MethodPost, key, "access-token", kms.RenewAccessToken, byToken, issueTokens)
	add(http.MethodPost, key, "acl/enable", kms.EnableACL, byAccount, bodyless(switchACL))
	add(http.MethodPost, key, "acl/disable", kms.DisableACL, byAccount, bodyless(switchACL))
	add(http.MethodGet, key, "acl", kms.ListACL, byAccount, bodyless(listACL))
	add(http.MethodPost, key, "acl", kms.AddACL, byAccount, editACL)
	add(http.MethodDelete, key, "acl", kms.DeleteACL, byAccount, editACL)
	return r
}

// routes10 is API 1.0 under both generations of the signature.
func (s *Service) routes10() routes {
	r := routes{}
	add := func(action string, op kms.Op, do func(*call) (any, error)) {
		for signature, prefix := range map[int]string{1: keys10v1, 2: keys10v2} {
			r[shape{http.MethodPost, prefix, true, action}] = &operation{
				op: op, auth: byAccount, signature: signature, limited: s.options.Dialect.limits(op), envelope: success10, do: do,
			}
		}
	}
	add("encrypt", kms.Encrypt, s.encrypt10)
	add("decrypt", kms.Decrypt, s.decrypt10)
	add("createCustomKey", kms.CreateCustomKey, createCustomKey10)
	add("reencrypt", kms.Reencrypt, s.reencrypt10)
	add("sign", kms.Sign, sign)
	add("verify", kms.Verify, verify)
	return r
}

// bodyless is a call that is documented without a body. One that comes with a body all the same has it
// read like any other: what is no JSON object is refused, and whatever it says is an unknown member.
func bodyless(do func(*call) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		if bad := c.decode(&struct{}{}); bad != nil {
			return nil, bad
		}
		return do(c)
	}
}
