package reference_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/target"
)

// accessRig has an administrator, a sub account "sub" that manages keys, and a viewer.
func accessRig(t *testing.T) *rig {
	r := newRig(t, reference.Options{Accounts: []reference.Account{
		{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: "so", Policy: kms.PolicyAdministrator},
		{Name: "sub", ID: "id-sub", AccessKey: "AS", SecretKey: "ss"},
		{Name: "viewer", ID: "id-viewer", AccessKey: "AV", SecretKey: "sv", Policy: kms.PolicyKMSViewer},
	}})
	return r
}

// rule asks for or sets the access rule of an account as another.
func (r *rig) rule(as, method, id, body string) (int, string) {
	r.t.Helper()
	return r.call(r.signed(as), reference.SubAccount, method, "/api/v1/sub-accounts/"+id+"/access-rules/api", body)
}

func TestAnAccessRuleGovernsAccountCallsOfThatAccount(t *testing.T) {
	r := accessRig(t)
	encrypt := func(as, from string) (status20, status10 int) {
		r.from = from
		defer func() { r.from = "127.0.0.1" }()
		status20, _ = r.call(r.signed(as), reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
		status10, _ = r.call(r.signed(as), reference.API10, http.MethodPost, "/keys/v2/tag/encrypt", hello)
		return status20, status10
	}
	for _, step := range []struct {
		rule, as, from string
		want           int
	}{
		{``, "sub", "192.0.2.1", 200},
		{`{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"192.0.2.1"}]}`, "sub", "192.0.2.1", 200},
		{``, "sub", "192.0.2.2", 401},
		{``, "sub", "::ffff:192.0.2.1", 200},
		{``, "owner", "192.0.2.2", 200},
		{`{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"10.1.2.3/8"},{"type":"IP","source":"2001:db8::/32"}]}`, "sub", "10.255.0.1", 200},
		{``, "sub", "11.0.0.1", 401},
		{``, "sub", "192.0.2.1", 401},
		{``, "sub", "2001:db8::5", 200},
		{`{"useApiAllowSource":true,"apiAllowSources":[{"type":"VPC","source":"123"}]}`, "sub", "10.0.0.1", 401},
		{`{"useApiAllowSource":false}`, "sub", "192.0.2.9", 200},
	} {
		if step.rule != "" {
			if status, text := r.rule("owner", http.MethodPut, "id-sub", step.rule); status != 200 {
				t.Fatalf("%s: %d %s", step.rule, status, text)
			}
		}
		if s20, s10 := encrypt(step.as, step.from); s20 != step.want || s10 != step.want {
			t.Errorf("after %s: %s from %s gets %d and %d, want %d", step.rule, step.as, step.from, s20, s10, step.want)
		}
	}
}

// TestAnAccessRuleHoldsForBothKeyPairs: it is set for the account (management-subaccount-putapiaccessrule).
func TestAnAccessRuleHoldsForBothKeyPairs(t *testing.T) {
	r := newRig(t, reference.Options{Accounts: []reference.Account{
		{Name: "owner", AccessKey: "AO", SecretKey: "SO", Policy: kms.PolicyAdministrator},
		{Name: "sub", ID: "id-sub", Policy: kms.PolicyAdministrator, KeyPairs: []reference.KeyPair{
			{AccessKey: "A1", SecretKey: "S1"}, {AccessKey: "A2", SecretKey: "S2"},
		}},
	}})
	for _, step := range []struct {
		rule string
		want int
	}{
		{`{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"192.0.2.1"}]}`, 401},
		{`{"useApiAllowSource":false}`, 200},
	} {
		if status, text := r.rule("owner", http.MethodPut, "id-sub", step.rule); status != 200 {
			t.Fatalf("%s: %d %s", step.rule, status, text)
		}
		for _, pair := range []target.SignatureV2{{AccessKey: "A1", SecretKey: "S1"}, {AccessKey: "A2", SecretKey: "S2"}} {
			if got := r.as(pair, "GET", "/tag", ""); got != step.want {
				t.Errorf("after %s: %s gets %d, want %d", step.rule, pair.AccessKey, got, step.want)
			}
		}
	}
}

func TestARefusedSourceGetsTheGatewaysAnswer(t *testing.T) {
	r := accessRig(t)
	r.rule("owner", http.MethodPut, "id-sub", `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"192.0.2.1"}]}`)
	status, text := r.call(r.signed("sub"), reference.API20, http.MethodGet, "/kms/v1/keys", "")
	if status != 401 || !strings.HasPrefix(text, `{"error":{"errorCode":"210","message":"Permission Denied"`) {
		t.Errorf("%d %s, want 401 and code 210", status, text)
	}
}

func TestAccessRuleAndKeyACLDoNotMix(t *testing.T) {
	r := accessRig(t)
	if status, text := r.call(r.signed("sub"), reference.API20, http.MethodPost, "/kms/v1/keys/tag/token-generator", ""); status != 200 {
		t.Fatal(status, text)
	}
	_, text := r.call(r.signed("sub"), reference.API20, http.MethodPost, "/kms/v1/keys/tag/token-set", "")
	access := tokenIn(t, text)
	byToken := func() int {
		status, _ := r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
		return status
	}
	byAccount := func() int {
		status, _ := r.call(r.signed("sub"), reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
		return status
	}
	r.rule("owner", http.MethodPut, "id-sub", `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"192.0.2.1"}]}`)
	if a, b := byAccount(), byToken(); a != 401 || b != 200 {
		t.Errorf("with an access rule: account %d, token %d; want 401 and 200", a, b)
	}
	r.rule("owner", http.MethodPut, "id-sub", `{"useApiAllowSource":false}`)
	r.do(http.MethodPost, "/tag/acl/enable", "")
	if a, b := byAccount(), byToken(); a != 200 || b != 403 {
		t.Errorf("with the key's ACL: account %d, token %d; want 200 and 403", a, b)
	}
}

func TestTheAccessRuleAPI(t *testing.T) {
	r := accessRig(t)
	const one = `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"192.0.2.1"}]}`
	const none = `{"useApiAllowSource":false,"apiAllowSources":[]}`
	if status, text := r.rule("owner", http.MethodGet, "id-sub", ""); status != 200 || text != none {
		t.Errorf("before the first: %d %s, want %s", status, text, none)
	}
	for _, tt := range []struct {
		as, method, id, body string
		status               int
		want                 string
	}{
		{"owner", "PUT", "id-sub", one, 200, one},
		{"owner", "GET", "id-sub", "", 200, one},
		{"owner", "PUT", "id-sub", `{"useApiAllowSource":true}`, 400, "apiAllowSources"},
		{"owner", "PUT", "id-sub", `{}`, 400, "useApiAllowSource"},
		{"owner", "PUT", "id-sub", `{"useApiAllowSource":"true"}`, 400, "useApiAllowSource"},
		{"owner", "PUT", "id-sub", strings.Replace(one, "192.0.2.1", "192.0.2.1/33", 1), 400, "apiAllowSources/0"},
		{"owner", "PUT", "id-sub", strings.Replace(one, "192.0.2.1", "192.0.2.01", 1), 400, "apiAllowSources/0"},
		{"owner", "PUT", "id-sub", strings.Replace(one, "192.0.2.1", "", 1), 400, "apiAllowSources/0"},
		{"owner", "PUT", "id-sub", strings.Replace(one, "IP", "HOST", 1), 400, "apiAllowSources/0"},
		{"owner", "PUT", "id-none", one, 404, `"30"`},
		{"owner", "POST", "id-sub", one, 404, `"300"`},
		{"viewer", "PUT", "id-viewer", one, 403, "FORBIDDEN"},
		{"sub", "GET", "id-sub", "", 403, "FORBIDDEN"},
		{"owner", "GET", "id-sub", "", 200, one},
	} {
		status, text := r.rule(tt.as, tt.method, tt.id, tt.body)
		if status != tt.status || !strings.Contains(text, tt.want) {
			t.Errorf("%s %s of %s by %s %s: %d %s, want %d and %s", tt.method, "rule", tt.id, tt.as, tt.body, status, text, tt.status, tt.want)
		}
	}
	if status, _ := r.call(nil, reference.SubAccount, http.MethodGet, "/api/v1/sub-accounts/id-sub/access-rules/api", ""); status != 401 {
		t.Errorf("without a signature: %d, want 401", status)
	}
}

// TestARuleThatWasClearedStaysSo: an account that began with a rule is exported as it stands.
func TestARuleThatWasClearedStaysSo(t *testing.T) {
	elsewhere := &reference.AccessRule{Use: new(true), Sources: []reference.AccessSource{{Type: "IP", Source: "10.0.0.0/8"}}}
	r := newRig(t, reference.Options{Accounts: []reference.Account{
		{Name: "owner", AccessKey: "AO", SecretKey: "SO", Policy: kms.PolicyAdministrator},
		{Name: "clerk", ID: "clerk", AccessKey: "AC", SecretKey: "SC", Access: elsewhere},
	}})
	served := func(when string, want int) {
		t.Helper()
		if got := r.as(r.signed("clerk"), http.MethodGet, "", ""); got != want {
			t.Errorf("%s: status %d, want %d", when, got, want)
		}
	}
	served("shut out at first", http.StatusUnauthorized)
	status, text := r.call(r.signed("owner"), reference.SubAccount, http.MethodPut, "/api/v1/sub-accounts/clerk/access-rules/api", `{"useApiAllowSource":false}`)
	if status != 200 {
		t.Fatal(status, text)
	}
	served("the rule is cleared", 200)
	if err := r.service.SetState(r.service.State()); err != nil {
		t.Fatal(err)
	}
	served("exported and imported", 200)
}
