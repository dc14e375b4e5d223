package reference_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/target"
)

// A route is a call of the OpenAPI files with a request that succeeds.
type route struct {
	api, method, path string // path as in the OpenAPI file
	tag               string // for {keyTag}
	body              string // empty: the call is documented without one
	by                string // account, access or refresh
}

// right lists every route once. CIPHERTEXT and SIGNATURE stand for texts of the key, EQUAL for a
// ciphertext of the convergent one.
func right() []route {
	const keys = "/kms/v1/keys"
	row := func(method, path, tag, body string) route {
		return route{reference.API20, method, keys + path, tag, body, "account"}
	}
	renewal := func(method, path string, body string) route {
		return route{reference.API20, method, keys + path, "aes", body, "refresh"}
	}
	all := []route{
		row("POST", "", "", `{"keyName":"new-key","keyType":"AES256","protectionType":"BASIC","isAutoRotation":true,"rotationPeriod":30,"memo":"m","isConvergent":false}`),
		row("GET", "", "", ""),
		row("GET", "/{keyTag}", "aes", ""),
		row("POST", "/{keyTag}/enable", "off", ""),
		row("POST", "/{keyTag}/disable", "aes", ""),
		row("PUT", "/{keyTag}/name", "aes", `{"keyName":"renamed"}`),
		row("PUT", "/{keyTag}/memo", "aes", `{"memo":"m"}`),
		row("POST", "/{keyTag}/rotate", "aes", ""),
		row("PUT", "/{keyTag}/rotation-period", "aes", `{"rotationPeriod":7}`),
		row("POST", "/{keyTag}/enable-auto-rotation", "con", ""),
		row("POST", "/{keyTag}/disable-auto-rotation", "aes", ""),
		row("GET", "/{keyTag}/versions", "aes", ""),
		row("POST", "/{keyTag}/versions/{version}/enable", "con", ""),
		row("POST", "/{keyTag}/versions/{version}/disable", "aes", ""),
		row("POST", "/{keyTag}/request-deletion", "aes", ""),
		row("POST", "/{keyTag}/cancel-deletion", "gone", ""),
		row("DELETE", "/{keyTag}", "gone", ""),
		row("POST", "/{keyTag}/migrate", "off", `{"targetRegion":"KR"}`),
		row("GET", "/{keyTag}/activities", "aes", ""),
		row("GET", "/{keyTag}/last-use-info", "aes", ""),
		row("POST", "/{keyTag}/encrypt", "con", `{"plaintext":"aGVsbG8=","context":"YWJj"}`),
		row("POST", "/{keyTag}/decrypt", "con", `{"ciphertext":"EQUAL","context":"YWJj"}`),
		row("POST", "/{keyTag}/create-custom-key", "con", `{"requestPlainKey":true,"bits":128,"context":"YWJj"}`),
		row("POST", "/{keyTag}/re-encrypt", "con", `{"ciphertext":"EQUAL","context":"YWJj"}`),
		row("POST", "/{keyTag}/reencrypt", "con", `{"ciphertext":"EQUAL","context":"YWJj"}`),
		row("POST", "/{keyTag}/sign", "ec", `{"data":"aGVsbG8="}`),
		row("POST", "/{keyTag}/verify", "ec", `{"data":"aGVsbG8=","signature":"SIGNATURE"}`),
		row("POST", "/{keyTag}/get-pub-key", "ec", `{"keyVersion":1}`),
		row("POST", "/{keyTag}/token-generator", "con", ""),
		row("GET", "/{keyTag}/token-generator", "aes", ""),
		row("PUT", "/{keyTag}/token-generator", "aes", ""),
		row("DELETE", "/{keyTag}/token-generator", "aes", ""),
		row("POST", "/{keyTag}/token-set", "aes", `{"accessTokenHours":1,"refreshTokenHours":2}`),
		renewal("PUT", "/{keyTag}/token-set", `{"accessTokenHours":1,"refreshTokenHours":2}`),
		renewal("POST", "/{keyTag}/access-token", `{"accessTokenHours":1}`),
		row("POST", "/{keyTag}/acl/enable", "aes", ""),
		row("POST", "/{keyTag}/acl/disable", "aes", ""),
		row("GET", "/{keyTag}/acl", "aes", ""),
		row("POST", "/{keyTag}/acl", "aes", `{"ipList":["192.0.2.1"]}`),
		row("DELETE", "/{keyTag}/acl", "aes", `{"ipList":["192.0.2.1"]}`),
		{reference.SubAccount, "GET", "/api/v1/sub-accounts/{subAccountId}/access-rules/api", "", "", "account"},
		{reference.SubAccount, "PUT", "/api/v1/sub-accounts/{subAccountId}/access-rules/api", "", `{"useApiAllowSource":false,"apiAllowSources":[]}`, "account"},
	}
	for action, r := range map[string]route{
		"encrypt": {tag: "con", body: `{"plaintext":"aGVsbG8=","context":"YWJj"}`}, "decrypt": {tag: "con", body: `{"ciphertext":"EQUAL","context":"YWJj"}`},
		"createCustomKey": {tag: "con", body: `{"requestPlainKey":true,"bits":128,"context":"YWJj"}`}, "reencrypt": {tag: "con", body: `{"ciphertext":"EQUAL","context":"YWJj"}`},
		"sign": {tag: "ec", body: `{"data":"aGVsbG8="}`}, "verify": {tag: "ec", body: `{"data":"aGVsbG8=","signature":"SIGNATURE"}`},
	} {
		for _, generation := range []string{"v1", "v2"} {
			all = append(all, route{reference.API10, "POST", "/keys/" + generation + "/{keyTag}/" + action, r.tag, r.body, "account"})
		}
	}
	return all
}

// described are the calls of an OpenAPI file, as method and path.
func described(t *testing.T, api string) map[string]bool {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(features.OpenAPI(documents[api]))
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			calls[method+" "+path] = true
		}
	}
	return calls
}

// routes lists the routes that the OpenAPI files have. Each must be in the table.
func routes(t *testing.T) []route {
	t.Helper()
	var all []route
	for _, api := range []string{reference.API20, reference.API10, reference.SubAccount} {
		calls := described(t, api)
		for _, r := range right() {
			if r.api == api && calls[r.method+" "+r.path] {
				all = append(all, r)
				delete(calls, r.method+" "+r.path)
			}
		}
		for call := range calls {
			t.Errorf("%s: the table of routes lacks %s", api, call)
		}
	}
	return all
}

// A board is a rig on which the request of every route succeeds.
type board struct {
	*rig
	texts  *strings.Replacer
	tokens map[string]target.Auth
}

func newBoard(t *testing.T, o reference.Options) *board {
	o.Limit20, o.Limit10 = limit.Off{}, limit.Off{}
	o.Accounts = []reference.Account{
		{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: "NCP_ADMINISTRATOR"},
		{Name: "viewer", ID: "id-viewer", AccessKey: "AV", SecretKey: "SV", Policy: "NCP_KMS_VIEWER"},
	}
	material := []reference.Version{{Material: strings.Repeat("01", 32)}, {Material: strings.Repeat("02", 32)}}
	o.Keys = []reference.Key{
		{Name: "aes", Tag: "aes", Versions: material, AutoRotation: true, Creator: &reference.Creator{}, ACL: &reference.ACL{Allowed: []string{"192.0.2.1"}}},
		{Name: "con", Tag: "con", Versions: material, Convergent: true}, {Name: "sig", Tag: "ec", Type: "ECDSA"},
		{Name: "off", Tag: "off", State: "DISABLE"}, {Name: "gone", Tag: "gone", State: "REVOKE"},
	}
	b := &board{rig: newRig(t, o)}
	get := func(path, body, name string) string {
		_, text := b.do(http.MethodPost, path, body)
		return member(t, text, name)
	}
	b.do(http.MethodPost, "/con/versions/1/disable", "")
	b.texts = strings.NewReplacer("EQUAL", get("/con/encrypt", `{"plaintext":"aGVsbG8=","context":"YWJj"}`, "ciphertext"), "SIGNATURE", get("/ec/sign", `{"data":"aGVsbG8="}`, "signature"))
	_, set := b.do(http.MethodPost, "/aes/token-set", "")
	b.tokens = map[string]target.Auth{"refresh": target.Token(member(t, set, "refreshToken")), "access": tokenIn(t, set)}
	return b
}

// path is where the route's request goes.
func (r route) at() string {
	return strings.NewReplacer("{keyTag}", r.tag, "{version}", "1", "{subAccountId}", "id-viewer").Replace(r.path)
}

// request sends the route's request with another path or body.
func (b *board) request(r route, method, path, body string) (int, string) {
	b.t.Helper()
	auth := b.tokens[r.by]
	if auth == nil {
		auth = target.SignatureV2{AccessKey: "AO", SecretKey: "SO"}
	}
	if strings.HasPrefix(r.path, "/keys/v1/") {
		auth = target.SignatureV1{AccessKey: "AO", SecretKey: "SO", APIKey: "PO"}
	}
	return b.call(auth, r.api, method, path, b.texts.Replace(body))
}

func (r route) String() string { return r.api + " " + r.method + " " + r.path }
