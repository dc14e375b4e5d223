package reference_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// TestEachMemberOfTheDialectChangesItsAnswer asks twice: the documented guess, and the other reading.
func TestEachMemberOfTheDialectChangesItsAnswer(t *testing.T) {
	readings := readings()
	for member := range reflect.TypeFor[reference.Dialect]().Fields() {
		name := member.Tag.Get("yaml")
		r, ok := readings[name]
		if !ok {
			t.Errorf("nothing shows what %s does", name)
			continue
		}
		d, err := reference.ParseDialect("d.yaml", []byte(name+": "+r.set+"\n"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.ask(plainCaller(t, reference.Options{})); got != r.guess {
			t.Errorf("%s: the guess is answered with %s, want %s", name, got, r.guess)
		}
		if got := r.ask(plainCaller(t, reference.Options{Dialect: d})); got != r.rival {
			t.Errorf("%s: %s is answered with %s, want %s", name, r.set, got, r.rival)
		}
	}
}

func TestADialectFileIsReadStrictly(t *testing.T) {
	if d, err := reference.ParseDialect("d.yaml", nil); err != nil || !reflect.DeepEqual(d, reference.Dialect{}) {
		t.Errorf("an empty file: %+v, %v, want the zero dialect", d, err)
	}
	for text, want := range map[string]string{
		"flatErrors: true\nflatErors: true\n":          "d.yaml:2: ",
		"versionLimit: many\n":                         "d.yaml:1: ",
		"versionLimit: -1\n":                           "d.yaml: versionLimit: it is negative",
		"leeway: -1s\n":                                "d.yaml: leeway: it is negative",
		"answers: {nothing: {status: 400, code: X}}\n": "d.yaml: answers: there is no reason",
		"answers: {no-key: {status: 200, code: X}}\n":  "d.yaml: answers: no-key: it needs a status",
		"answers: {no-key: {status: 404}}\n":           "d.yaml: answers: no-key: it needs a status",
		"answers: {no-key: {stats: 404}}\n":            "d.yaml:1: ",
		"flatErrors: true\nflatErrors: false\n":        "d.yaml:2: ",
		"- flatErrors\n":                               "d.yaml",
		"limited: [create-key]\n":                      `d.yaml: limited: there is no call "create-key" on a key`,
		"states: {OFF: {encrypt: true}}\n":             `d.yaml: states: there is no state "OFF"`,
		"states: {REVOKE: {fly: true}}\n":              `d.yaml: states: REVOKE: there is no call "fly" on a key`,
		"retryAfter: 1\n":                              "d.yaml:1: ",
		"freePendingNames: true\nspentNames: true\n":   "d.yaml: freePendingNames and spentNames exclude each other",
		"limit20: many\n":                              "d.yaml: limit20: want RATE or RATE/BURST",
		"limit10: 0/1\n":                               "d.yaml: limit10: want RATE or RATE/BURST",
		"maxAclItems: -1\n":                            "d.yaml: maxAclItems: it is negative",
		"trustedProxies: [10.0.0.0/33]\n":              `d.yaml: trustedProxies: "10.0.0.0/33": want an address, or a network`,
		"trustedProxies: [\"::ffff:10.0.0.0/104\"]\n":  "d.yaml: trustedProxies: \"(19 bytes)\": want an address, or a network",
	} {
		_, err := reference.ParseDialect("d.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want it to begin with %q", text, err, want)
		}
	}
	if _, err := reference.New(reference.Options{Dialect: reference.Dialect{MaxItems: -1}}); err == nil {
		t.Error("a dialect that no file could hold is taken")
	}
}

// TestAMemberThatIsNullIsMissing: for each member that is optional, unless the dialect refuses null.
func TestAMemberThatIsNullIsMissing(t *testing.T) {
	for _, call := range []struct{ path, needed, optional string }{
		{"", `"keyName":"more","keyType":"AES256","protectionType":"BASIC",`, "memo isConvergent isAutoRotation rotationPeriod"},
		{"{key}/encrypt", `"plaintext":"",`, "context"},
		{"{key}/create-custom-key", "", "requestPlainKey bits context"},
		{"{key}/token-set", "", "accessTokenHours refreshTokenHours"},
	} {
		for member := range strings.FieldsSeq(call.optional) {
			for refused, want := range map[bool]int{false: 200, true: 400} {
				c := plainCaller(t, reference.Options{Dialect: reference.Dialect{RefuseNull: refused}})
				key := c.key("orders", "AES256", "")
				c.token(key)
				r := c.post(strings.ReplaceAll(call.path, "{key}", key), "{"+call.needed+`"`+member+`":null}`)
				if r.status != want {
					t.Errorf("POST %s with %s null, refused %v: %v, want %d", call.path, member, refused, r, want)
				}
			}
		}
	}
}

// TestWhatIsSignedMayBeAHash: the published key confirms the signature of a hash as that of what was hashed.
func TestWhatIsSignedMayBeAHash(t *testing.T) {
	c := plainCaller(t, reference.Options{Dialect: reference.Dialect{Prehashed: true, PKCS1v15: true}})
	hash := sha256.Sum256([]byte("hello"))
	data := base64.StdEncoding.EncodeToString(hash[:])
	for kind, confirms := range map[string]func(key any, signature []byte) bool{
		"RSA2048": func(key any, signature []byte) bool {
			return rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, hash[:], signature) == nil
		},
		"ECDSA": func(key any, signature []byte) bool {
			return ecdsa.VerifyASN1(key.(*ecdsa.PublicKey), hash[:], signature)
		},
	} {
		key := c.key("signer", kind, "")
		signature := c.must(http.MethodPost, key+"/sign", `{"data":"`+data+`"}`).str("signature")
		block, _ := pem.Decode([]byte(c.must(http.MethodPost, key+"/get-pub-key", "").str("publicKey")))
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !confirms(public, []byte(decoded(strings.TrimPrefix(signature, "ncpkms:v1:")))) {
			t.Errorf("%s: the public key does not confirm the signature", kind)
		}
		if r := c.post(key+"/verify", `{"data":"`+data+`","signature":"`+signature+`"}`); r.data["valid"] != true {
			t.Errorf("%s: verify: %v, want valid", kind, r)
		}
		c.must(http.MethodPut, key+"/name", `{"keyName":"`+kind+`"}`)
	}
}

// TestARefusalIsAnsweredByItsCase: each case of a reason may be answered for itself, and else as what it is a case of.
func TestARefusalIsAnsweredByItsCase(t *testing.T) {
	provoked := map[kms.Reason]func(c *caller, key string) reply{
		kms.BadJSON:   func(c *caller, key string) reply { return c.post(key+"/encrypt", `{"plaintext":`) },
		kms.Missing:   func(c *caller, key string) reply { return c.post(key+"/encrypt", `{}`) },
		kms.BadBase64: func(c *caller, key string) reply { return c.post(key+"/encrypt", `{"plaintext":"*"}`) },
		kms.Malformed: func(c *caller, key string) reply { return c.post(key+"/encrypt", `{"plaintext":1}`) },
		kms.TooLong: func(c *caller, key string) reply {
			return c.post(key+"/encrypt", `{"plaintext":"`+strings.Repeat("AAAA", 11000)+`"}`)
		},
		kms.OutOfRange: func(c *caller, key string) reply { return c.get(key + "/activities?pageSize=201") },
		kms.NoContext: func(c *caller, key string) reply {
			return c.post(c.key("convergent", "AES256", `,"isConvergent":true`)+"/encrypt", `{"plaintext":"AAAA"}`)
		},
		kms.VersionState: func(c *caller, key string) reply { return c.post(key+"/versions/1/disable", "") },
		kms.RotationOff:  func(c *caller, key string) reply { return c.put(key+"/rotation-period", `{"rotationPeriod":90}`) },
		kms.ACLState:     func(c *caller, key string) reply { return c.post(key+"/acl", `{"ipList":["192.0.2.1"]}`) },
		kms.WrongState:   func(c *caller, key string) reply { return c.post(key+"/enable", "") },
	}
	const general, own = 460, 461
	for _, reason := range slices.Concat(kms.Cases(), []kms.Reason{kms.Malformed, kms.WrongState}) {
		for _, narrow := range []bool{false, true} {
			answers := map[kms.Reason]reference.Answer{reason.General(): {Status: general, Code: "G"}}
			status := general
			if narrow {
				answers[reason], status = reference.Answer{Status: own, Code: "O"}, own
			}
			c := plainCaller(t, reference.Options{Dialect: reference.Dialect{Answers: answers, RefuseOffACL: true}})
			key := c.key("orders", "AES256", "")
			if r := provoked[reason](c, key); r.status != status {
				t.Errorf("%s, with an answer of its own %t: %v, want %d", reason, narrow, r, status)
			}
		}
	}
}

// TestANameThatWasTakenIsNotTakenBack: a deletion is not cancelled while another key has the name.
func TestANameThatWasTakenIsNotTakenBack(t *testing.T) {
	c := plainCaller(t, reference.Options{Dialect: reference.Dialect{FreePendingNames: true}})
	first := c.key("orders", "AES256", "")
	c.must(http.MethodPost, first+"/request-deletion", "")
	second := c.key("orders", "AES256", "")
	if r := c.post(first+"/cancel-deletion", ""); r.status != 422 {
		t.Errorf("while another key has the name: %v, want 422", r)
	}
	c.must(http.MethodPost, second+"/request-deletion", "")
	c.must(http.MethodPost, first+"/cancel-deletion", "")
	if r := c.post(second+"/cancel-deletion", ""); r.status != 422 {
		t.Errorf("after it was taken back: %v, want 422", r)
	}
	if status := creates(`"keyType":"AES256","protectionType":"BASIC"`)(c); status != "422" {
		t.Errorf("a third key of the name: %s, want 422", status)
	}
}

// TestAStateFileMayHoldWhatTheDialectLists: what is exported of an IP ACL can be imported.
func TestAStateFileMayHoldWhatTheDialectLists(t *testing.T) {
	keys := []reference.Key{{Name: "orders", ACL: &reference.ACL{Allowed: []string{"10.0.0.0/8", "2001:db8::1"}}}}
	if _, err := reference.New(reference.Options{Seed: 1, Keys: keys}); err == nil {
		t.Error("a network is taken without the dialect")
	}
	s, err := reference.New(reference.Options{Seed: 1, Keys: keys, Dialect: reference.Dialect{ACLNetworks: true, ACLIPv6: true}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.State().Keys[0].ACL.Allowed; !slices.Equal(got, keys[0].ACL.Allowed) {
		t.Errorf("exported as %v", got)
	}
}

// TestAnAddressThatIsRefusedLearnsWhatIsTaken by the dialect, and an item is listed in its one spelling.
func TestAnAddressThatIsRefusedLearnsWhatIsTaken(t *testing.T) {
	for _, tt := range []struct{ dialect, item, want string }{
		{"", "10.0.0.0/8", "ipList/0: it is not a single IPv4 address"},
		{"aclIpv6: true", "10.0.0.0/8", "ipList/0: it is not a single IPv4 or IPv6 address"},
		{"aclIpv6: true", "fe80::1%eth0", "ipList/0: it is not a single IPv4 or IPv6 address"},
		{"aclIpv6: true", "2001:DB8:0::1", `["2001:db8::1"]`},
		{"aclNetworks: true", "any", "ipList/0: it is not a single IPv4 address or a network such as 10.0.0.0/8"},
		{"aclNetworks: true", "2001:db8::/32", "ipList/0: it is not a single IPv4 address or a network such as 10.0.0.0/8"},
		{"aclNetworks: true", "10.0.0.1/8", "ipList/0: it has bits beyond its network, which is 10.0.0.0/8"},
		{"aclNetworks: true", "10.0.0.7/32", `["10.0.0.7"]`},
		{"aclNetworks: true\naclIpv6: true", "::ffff:10.0.0.0/104", "ipList/0: it is not a single IPv4 or IPv6 address or a network such as 10.0.0.0/8"},
	} {
		d, err := reference.ParseDialect("d.yaml", []byte(tt.dialect))
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, reference.Options{Dialect: d})
		if _, text := r.do(http.MethodPost, "/tag/acl", `{"ipList":["`+tt.item+`"]}`); !strings.Contains(text, tt.want) {
			t.Errorf("%s: %s is answered with %s, want %s", tt.dialect, tt.item, text, tt.want)
		}
	}
}

// TestAPageIsClampedHoweverFarItIsOut, if it is a whole number in its one spelling.
func TestAPageIsClampedHoweverFarItIsOut(t *testing.T) {
	c := plainCaller(t, reference.Options{Dialect: reference.Dialect{ClampPages: true}})
	for page, want := range map[string]int{
		"9223372036854775807": 200, "9223372036854775808": 200, "-9223372036854775809": 200, "99999999999999999999": 200, "1073741825": 200,
		"09999999999999999999999": 400, "+9999999999999999999999": 400, "-099999999999999999999": 400, "9999999999999999999x": 400, "1e99": 400, "-": 400,
	} {
		if r := c.get("?pageSize=1&pageNo=" + url.QueryEscape(page)); r.status != want {
			t.Errorf("page %s: %v, want %d", page, r, want)
		}
	}
	c.key("orders", "AES256", "")
	if r := c.get("?pageNo=-99999999999999999999"); !strings.Contains(r.text, "orders") {
		t.Errorf("far below the first page there is not what that has: %v", r)
	}
}

// TestABadItemIsPassedOverWhateverIsBadAboutIt: the others are answered, but for an array of one or items that are
// too long all together.
func TestABadItemIsPassedOverWhateverIsBadAboutIt(t *testing.T) {
	long, over := base64.StdEncoding.EncodeToString(make([]byte, 191)), base64.StdEncoding.EncodeToString(make([]byte, 32769))
	for _, tt := range []struct{ dialect, of, items, want string }{
		{"", "AES256", `"QUJD","!"`, "200 [QUJD <nil>]"},
		{"refuseEmpty: true", "AES256", `"QUJD",""`, "200 [QUJD <nil>]"},
		{"refuseEmpty: true", "AES256", `"","!"`, "200 [<nil> <nil>]"},
		{"refuseEmpty: true", "AES256", `""`, "400 <nil>"},
		{"", "AES256", `"QUJD",""`, "200 [QUJD ]"},
		{"", "RSA2048", `"QUJD","` + long + `"`, "200 [QUJD <nil>]"},
		{"", "RSA2048", `"` + long + `"`, "400 <nil>"},
		{"perItem: true", "AES256", `"` + over + `","QUJD"`, "200 [<nil> QUJD]"},
		{"", "AES256", `"` + over + `","QUJD"`, "400 <nil>"},
	} {
		d, err := reference.ParseDialect("d.yaml", []byte("partialBatches: true\n"+tt.dialect))
		if err != nil {
			t.Fatal(err)
		}
		c := plainCaller(t, reference.Options{Dialect: d})
		key := c.key("orders", tt.of, "")
		r := c.post(key+"/encrypt", `{"plaintext":[`+tt.items+`]}`)
		if sealed, ok := r.data["ciphertext"].([]any); ok {
			text, err := json.Marshal(map[string]any{"ciphertext": sealed})
			if err != nil {
				t.Fatal(err)
			}
			r = c.post(key+"/decrypt", strings.ReplaceAll(string(text), "null", `"none"`))
		}
		if got := fmt.Sprint(r.status, " ", r.data["plaintext"]); got != tt.want {
			t.Errorf("%s, %s: %.60s are %s, want %s", tt.dialect, tt.of, tt.items, got, tt.want)
		}
	}
}

// TestANetworkOfMappedAddressesIsRefused: no caller has an IPv4 address in IPv6 form, so it would match nobody.
func TestANetworkOfMappedAddressesIsRefused(t *testing.T) {
	r := newRig(t, reference.Options{Dialect: reference.Dialect{ACLIPv6: true, ACLNetworks: true}})
	for item, want := range map[string]int{"::ffff:10.0.0.0/104": 400, "::ffff:10.0.0.1": 400, "10.0.0.0/8": 200, "2001:db8::/32": 200} {
		if status, text := r.do(http.MethodPost, "/tag/acl", `{"ipList":["`+item+`"]}`); status != want {
			t.Errorf("%s: %d %s, want %d", item, status, text, want)
		}
	}
}

// TestALimitOfTheOptionsWins over that of the dialect.
func TestALimitOfTheOptionsWins(t *testing.T) {
	d := reference.Dialect{Limit20: "1", Limit10: "1"}
	for name, tt := range map[string]struct {
		options reference.Options
		want    string
	}{
		"neither":     {reference.Options{}, "300/300 200/200"},
		"the dialect": {reference.Options{Dialect: d}, "1/1 1/1"},
		"both":        {reference.Options{Dialect: d, Limit20: limit.PerKey(7, 8), Limit10: limit.Off{}}, "7/8 off"},
	} {
		r := newRig(t, tt.options)
		var limits struct{ API20, API10 string }
		_, text := r.admin(http.MethodGet, "/admin/limits", "")
		if err := json.Unmarshal([]byte(text), &limits); err != nil || limits.API20+" "+limits.API10 != tt.want {
			t.Errorf("%s: %s, want %s", name, text, tt.want)
		}
	}
}
