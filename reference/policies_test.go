package reference_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/target"
)

// policyRig has two keys and a clerk who may encrypt with "one" and ask for its tokens, and look at "two".
func policyRig(t *testing.T) *rig {
	return newRig(t, reference.Options{
		Accounts: []reference.Account{
			{Name: "owner", AccessKey: "AO", SecretKey: "SO", Policy: kms.PolicyAdministrator},
			{Name: "clerk", AccessKey: "AC", SecretKey: "SC", APIKey: "PC", Policies: []reference.UserPolicy{
				{Name: "first", Actions: []kms.Op{kms.Encrypt, kms.CreateTokenSet, kms.RenewTokenSet, kms.RenewAccessToken}, Keys: []string{"one"}},
				{Name: "second", Actions: []kms.Op{kms.KeyInfo, kms.ListKeys}, Keys: []string{"two"}},
			}},
		},
		Keys: []reference.Key{{Name: "key-one", Tag: "one", Creator: &reference.Creator{}}, {Name: "key-two", Tag: "two", Creator: &reference.Creator{}}},
	})
}

// change is PUT /admin/accounts/clerk.
func (r *rig) change(body string) {
	r.t.Helper()
	if status, text := r.admin(http.MethodPut, "/admin/accounts/clerk", body); status != 200 {
		r.t.Fatalf("%s: %d %s", body, status, text)
	}
}

// as makes a call of API 2.0 and returns its status.
func (r *rig) as(auth target.Auth, method, path, body string) int {
	r.t.Helper()
	status, _ := r.call(auth, reference.API20, method, "/kms/v1/keys"+path, body)
	return status
}

func TestAPolicyPermitsItsActionsOnItsKeys(t *testing.T) {
	r := policyRig(t)
	_, sealed := r.do(http.MethodPost, "/one/encrypt", hello)
	cipher := fmt.Sprintf(`{"ciphertext":%q}`, member(t, sealed, "ciphertext"))
	const create = `{"keyName":"clerks","keyType":"AES256","protectionType":"BASIC"}`
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/one/encrypt", hello, 200}, {"POST", "/one/token-set", "", 200}, {"POST", "/one/decrypt", cipher, 403},
		{"GET", "/one", "", 403}, {"GET", "/two", "", 200}, {"POST", "/two/encrypt", hello, 403}, {"POST", "/two/token-set", "", 403},
		{"DELETE", "/one", "", 403}, {"POST", "", create, 403},
	} {
		if got := r.as(r.signed("clerk"), c.method, c.path, c.body); got != c.want {
			t.Errorf("the clerk's %s %s has status %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if got, _ := r.call(r.signed("clerk"), reference.API10, "POST", "/keys/v2/one/decrypt", cipher); got != 403 {
		t.Errorf("the clerk's decrypt over API 1.0 has status %d, want 403", got)
	}
}

// TestAPolicyMayNameManyKeys: by their tags, which have 64 characters.
func TestAPolicyMayNameManyKeys(t *testing.T) {
	r := policyRig(t)
	var keys strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&keys, `"%064x",`, i)
	}
	r.change(`{"policies":[{"name":"many","actions":["encrypt"],"keys":[` + keys.String() + `"two"]}]}`)
	if one, two := r.as(r.signed("clerk"), "POST", "/one/encrypt", hello), r.as(r.signed("clerk"), "POST", "/two/encrypt", hello); one != 403 || two != 200 {
		t.Errorf("the key that is not named has status %d, want 403, and the last that is %d, want 200", one, two)
	}
}

func TestTheKeyListShowsWhatAnAccountMaySee(t *testing.T) {
	r := policyRig(t)
	list := func() (int, string) { return r.call(r.signed("clerk"), reference.API20, "GET", "/kms/v1/keys", "") }
	if status, text := list(); status != 200 || !strings.Contains(text, `"two"`) || strings.Contains(text, `"one"`) || !strings.Contains(text, `"totalCount":1`) {
		t.Errorf("who may list key two gets %d %s", status, text)
	}
	r.change(`{"policies":[{"name":"all","actions":["list-keys","create-key"]}]}`)
	if status, text := list(); status != 200 || !strings.Contains(text, `"totalCount":2`) {
		t.Errorf("who may list every key gets %d %s", status, text)
	}
	if got := r.as(r.signed("clerk"), "POST", "", `{"keyName":"clerks","keyType":"AES256","protectionType":"BASIC"}`); got != 200 {
		t.Errorf("who may create keys gets %d", got)
	}
	r.change(`{"policies":[{"name":"none","actions":["encrypt"]}]}`)
	if status, text := list(); status != 403 {
		t.Errorf("who may list no key gets %d %s", status, text)
	}
}

// TestATokenCarriesWhatWasHeldWhenItWasAskedFor follows rights that are withdrawn and given.
func TestATokenCarriesWhatWasHeldWhenItWasAskedFor(t *testing.T) {
	r := policyRig(t)
	_, sealed := r.do(http.MethodPost, "/one/encrypt", hello)
	cipher := fmt.Sprintf(`{"ciphertext":%q}`, member(t, sealed, "ciphertext"))
	issue := func(auth target.Auth, method string) (access, refresh target.Token) {
		status, text := r.call(auth, reference.API20, method, "/kms/v1/keys/one/token-set", "")
		if status != 200 {
			t.Fatalf("%s token-set: %d %s", method, status, text)
		}
		return tokenIn(t, text), target.Token(member(t, text, "refreshToken"))
	}
	opens := func(when string, by target.Auth, encrypts, decrypts int) {
		t.Helper()
		e, d := r.as(by, "POST", "/one/encrypt", hello), r.as(by, "POST", "/one/decrypt", cipher)
		if e != encrypts || d != decrypts {
			t.Errorf("%s: encrypt has status %d, want %d, and decrypt %d, want %d", when, e, encrypts, d, decrypts)
		}
	}
	old, refresh := issue(r.signed("clerk"), "POST")
	opens("as of issue", old, 200, 403)

	r.change(`{"policies":[{"name":"now","actions":["decrypt","create-token-set"]}]}`)
	opens("by account, after the change", r.signed("clerk"), 403, 200)
	opens("by a token from before", old, 200, 403)
	renewed, _ := issue(refresh, "PUT")
	opens("by a set renewed from before", renewed, 200, 403)
	fresh, _ := issue(r.signed("clerk"), "POST")
	opens("by a token from after", fresh, 403, 200)

	r.change(`{"policies":[]}`)
	if got := r.as(r.signed("clerk"), "POST", "/one/token-set", ""); got != 403 {
		t.Errorf("who may do nothing gets tokens: %d", got)
	}
	opens("by a token of who may do nothing now", old, 200, 403)
}

// TestLiveTokensFollowTheirRequester: the rival reading, in which a token is judged when it is used.
func TestLiveTokensFollowTheirRequester(t *testing.T) {
	r := newRig(t, reference.Options{Dialect: reference.Dialect{LivePermissions: true}})
	r.do("POST", "/tag/token-generator", "")
	_, text := r.call(r.signed("encryptor"), reference.API20, "POST", "/kms/v1/keys/tag/token-set", "")
	token := tokenIn(t, text)
	use := func() int { return r.as(token, "POST", "/tag/encrypt", hello) }
	if got := use(); got != 200 {
		t.Errorf("while the requester may encrypt: %d", got)
	}
	r.admin("PUT", "/admin/accounts/encryptor", `{"policies":[]}`)
	if got := use(); got != 403 {
		t.Errorf("once it may not: %d", got)
	}
}

func TestWhoHasNoGatewayAccessMakesNoCall(t *testing.T) {
	r := policyRig(t)
	_, text := r.call(r.signed("clerk"), reference.API20, "POST", "/kms/v1/keys/one/token-set", "")
	token := tokenIn(t, text)
	r.change(`{"canAPIGatewayAccess":false}`)
	for api, path := range map[string]string{reference.API20: "/kms/v1/keys/one/encrypt", reference.API10: "/keys/v2/one/encrypt"} {
		if got, text := r.call(r.signed("clerk"), api, "POST", path, hello); got != 401 || !strings.Contains(text, `"210"`) {
			t.Errorf("%s: %d %s, want 401 with code 210", api, got, text)
		}
	}
	if got := r.as(token, "POST", "/one/encrypt", hello); got != 200 {
		t.Errorf("a token that it asked for before: %d", got)
	}
	if got := r.as(r.signed("owner"), "POST", "/one/encrypt", hello); got != 200 {
		t.Errorf("another account: %d", got)
	}
	r.change(`{"canAPIGatewayAccess":true}`)
	if got := r.as(r.signed("clerk"), "POST", "/one/encrypt", hello); got != 200 {
		t.Errorf("once it has access again: %d", got)
	}
}

// TestAnAccountHasTwoKeyPairs: each signs for it, and one that is disabled no longer does (common-ncpapi).
func TestAnAccountHasTwoKeyPairs(t *testing.T) {
	r := newRig(t, reference.Options{Accounts: []reference.Account{{Name: "owner", Policy: kms.PolicyAdministrator, KeyPairs: []reference.KeyPair{
		{AccessKey: "A1", SecretKey: "S1"}, {AccessKey: "A2", SecretKey: "S2"},
	}}}})
	first, second := target.SignatureV2{AccessKey: "A1", SecretKey: "S1"}, target.SignatureV2{AccessKey: "A2", SecretKey: "S2"}
	serves := func(when string, one, two int) {
		t.Helper()
		a, b := r.as(first, "GET", "/tag", ""), r.as(second, "GET", "/tag", "")
		if a != one || b != two {
			t.Errorf("%s: the pairs get %d and %d, want %d and %d", when, a, b, one, two)
		}
	}
	serves("at first", 200, 200)
	if got := r.as(target.SignatureV2{AccessKey: "A1", SecretKey: "S2"}, "GET", "/tag", ""); got != 401 {
		t.Errorf("the key of one pair with the secret of the other: %d", got)
	}
	r.admin("PUT", "/admin/accounts/owner", `{"keyPairs":[{"accessKey":"A1","disabled":true}]}`)
	serves("the first is disabled", 401, 200)
	if got := r.service.Accounts()[0].Pair().AccessKey; got != "A2" {
		t.Errorf("the pair to call with is %s, want A2", got)
	}
	state := r.service.State()
	if err := r.service.SetState(state); err != nil {
		t.Fatal(err)
	}
	serves("exported and imported", 401, 200)
	r.admin("PUT", "/admin/accounts/owner", `{"keyPairs":[{"accessKey":"A1","disabled":false},{"accessKey":"A2","disabled":true}]}`)
	serves("the other way round", 200, 401)
	r.admin("POST", "/admin/reset", "")
	serves("after a reset", 200, 200)
}

// TestStandingIsExported: what an account may do goes through a state file, whatever changed it.
func TestStandingIsExported(t *testing.T) {
	r := policyRig(t)
	r.change(`{"policy":"NCP_KMS_VIEWER","policies":[{"name":"p","actions":["sign","encrypt"],"keys":["one"]}],"canAPIGatewayAccess":false,"keyPairs":[{"accessKey":"AC","disabled":true}]}`)
	_, file := r.admin(http.MethodGet, "/admin/state", "")
	_, told := r.admin(http.MethodGet, "/admin/accounts", "")
	for _, secret := range []string{"SC", "SO", "PC"} {
		if strings.Contains(told, secret) {
			t.Errorf("the list of accounts tells a secret: %s", told)
		}
	}
	if status, text := r.admin(http.MethodPut, "/admin/state", file); status != 200 {
		t.Fatal(status, text)
	}
	if _, again := r.admin(http.MethodGet, "/admin/accounts", ""); again != told {
		t.Errorf("after export and import the accounts are\n%s, were\n%s", again, told)
	}
	r.change(`{"policy":"NONE","policies":[]}`)
	_, file = r.admin(http.MethodGet, "/admin/state", "")
	r.admin(http.MethodPut, "/admin/state", file)
	if _, text := r.admin(http.MethodGet, "/admin/accounts", ""); !strings.Contains(text, `"policy":"NONE","policies":[]`) {
		t.Errorf("who may do nothing may do more after export and import: %s", text)
	}
}

func TestAWrongStandingChangesNothing(t *testing.T) {
	r := policyRig(t)
	_, before := r.admin(http.MethodGet, "/admin/accounts", "")
	for body, why := range map[string]string{
		`{}`:                                "the body is not an object with",
		`null`:                              "the body is not an object with",
		`{"polcy":"NONE"}`:                  "the body: polcy: there is no such member",
		`{"canAPIGatewayAccess":"no"}`:      "the body: canAPIGatewayAccess: a JSON string does not belong here",
		`{"policy":"NONE","policy":"NONE"}`: "the body: policy: the member occurs twice",
		`{"keyPairs":[{"accessKey":"AC","disabled":"yes"}]}`: "the body: keyPairs/0/disabled: a JSON string does not belong here",
		`{"` + strings.Repeat("s", 30) + `":1}`:              "the body: (30 bytes): there is no such member",
		`{"policy":"NONE"`:                                   "the body: it is not well-formed JSON, at byte 16",
		`["policy"]`:                                         "the body: a JSON [ does not belong here",
		``:                                                   "the body: it is not",
		`{"policy":"NCP_NOTHING"}`:                           "there is no policy (11 bytes); there are NCP_ADMINISTRATOR, ",
		`{"policy":"NONE","policies":[{"name":"p","actions":["melt"]}]}`:                                                  `there is no operation \"melt\"`,
		`{"policies":[{"name":"p","actions":["encrypt"],"keys":[]}]}`:                                                     "keys: it lists none",
		`{"policies":[{"name":"p","actions":["encrypt"],"keys":["one",""]}]}`:                                             "keys: a tag is empty",
		`{"policies":[{"name":"p","actions":["encrypt"],"keys":["` + strings.Repeat("t", 1<<20) + `"]}]}`:                 "a change of an account has at most 1 MB",
		`{"policies":[{"name":"","actions":["encrypt"]}]}`:                                                                "name: it is missing",
		`{"policies":[{"name":"p","actions":[]}]}`:                                                                        "actions: it names none",
		`{"policy":"NCP_KMS_MANAGER","keyPairs":[{"accessKey":"AC","disabled":true},{"accessKey":"AO","disabled":true}]}`: "the account has no access key AO",
	} {
		if status, text := r.admin(http.MethodPut, "/admin/accounts/clerk", body); status != 400 || !strings.Contains(text, why) {
			t.Errorf("%.100s: %d %s, want 400 and %q", body, status, text, why)
		}
	}
	if status, text := r.admin(http.MethodPut, "/admin/accounts/nobody", `{"policy":"NONE"}`); status != 404 || !strings.Contains(text, "there is no account nobody") {
		t.Errorf("nobody: %d %s", status, text)
	}
	if _, after := r.admin(http.MethodGet, "/admin/accounts", ""); after != before {
		t.Errorf("the accounts are\n%s, were\n%s", after, before)
	}
}
