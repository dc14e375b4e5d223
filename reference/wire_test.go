package reference_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
	"github.com/kmsproof/kmsproof/target"
)

// called are the APIs that FuzzCall calls, and credentials how it shows who calls, by their numbers in an input.
var (
	called      = []string{reference.API20, reference.API20KR, reference.API20JP, reference.API10, reference.SubAccount}
	credentials = []string{"signature 2", "signature 1", "access token", "refresh token", "the token of the input", "nobody"}
)

// fuzzKeys are a key of each kind. The creator of "tag" signs with a published key, so the same tokens are
// good in every run.
func fuzzKeys() []reference.Key {
	der, err := x509.MarshalPKCS8PrivateKey(testkeys.RSA(1))
	if err != nil {
		panic(err)
	}
	signs := &reference.Creator{ID: "c", Key: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
	material := []reference.Version{{Material: strings.Repeat("01", 32)}, {Material: strings.Repeat("02", 32), State: kms.Disabled}, {Material: strings.Repeat("03", 32)}}
	return []reference.Key{
		{Name: "abc", Tag: "tag", Creator: signs, Versions: material, AutoRotation: true, RotationPeriod: 1},
		{Name: "con", Tag: "con", Convergent: true}, {Name: "rsa", Tag: "rsa", Type: kms.RSA2048}, {Name: "ecdsa", Tag: "ecdsa", Type: kms.ECDSA},
		{Name: "korean", Tag: "kr", Home: kms.KR}, {Name: "japanese", Tag: "jp", Home: kms.JPN}, {Name: "off", Tag: "off", State: kms.Disabled}, {Name: "gone", Tag: "gone", State: kms.Pending},
	}
}

// FuzzCall sends any method, path and body to any API, under any kind of credential, any time after the
// start, to a reference of its own: it never fails by itself, and answers as its description says.
func FuzzCall(f *testing.F) {
	keys := fuzzKeys()
	tokens := map[string]target.Token{}
	for _, kind := range []string{"ACCESS", "REFRESH"} {
		m := mint{key: testkeys.RSA(1), kind: kind}
		tokens[kind] = target.Token(m.token(jwtHeader, m.claims()))
	}
	const v1 = "/kms/v1/keys"
	for _, seed := range []struct {
		api, by            uint8
		hours              uint16
		method, path, body string
		token              string
	}{
		{0, 0, 0, "POST", v1, `{"keyName":"a-1","keyType":"AES256","protectionType":"BASIC"}`, ""},
		{0, 0, 0, "GET", v1 + "?pageNo=1&pageSize=200", "", ""},
		{0, 0, 1, "POST", v1 + "/tag/encrypt", `{"plaintext":["aGVsbG8="]}`, ""},
		{0, 2, 1, "POST", v1 + "/tag/encrypt", `{"plaintext":"aGVsbG8="}`, ""},
		{0, 4, 0, "POST", v1 + "/tag/decrypt", `{"ciphertext":"ncpkms:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`, "a.b.c"},
		{0, 0, 0, "PUT", v1 + "/tag/token-generator", "", ""},
		{0, 0, 0, "POST", v1 + "/tag/token-set", `{"accessTokenHours":"UL","refreshTokenHours":1}`, ""},
		{0, 3, 100, "PUT", v1 + "/tag/token-set", `{"accessTokenHours":"17520"}`, ""},
		{0, 3, 60000, "POST", v1 + "/tag/access-token", "", ""},
		{0, 0, 0, "DELETE", v1 + "/tag/acl", `{"ipList":["127.0.0.1"]}`, ""},
		{0, 0, 200, "POST", v1 + "/tag/rotate", "", ""},
		{0, 0, 0, "POST", v1 + "/tag/versions/1/disable", "", ""},
		{0, 0, 80, "GET", v1 + "/tag/activities?keyword=e&timestampFrom=0&timestampTo=1&pageNo=1&pageSize=1", "", ""},
		{0, 0, 0, "PUT", v1 + "/tag/rotation-period", `{"rotationPeriod":1}`, ""},
		{0, 0, 0, "POST", v1 + "/con/enable-auto-rotation", "", ""},
		{0, 2, 0, "POST", v1 + "/tag/create-custom-key", `{"requestPlainKey":true,"bits":512,"context":"YQ=="}`, ""},
		{0, 0, 0, "POST", v1 + "/rsa/re-encrypt", `{"ciphertext":["ncpkms:v1:AAAA"]}`, ""},
		{0, 0, 0, "POST", v1 + "/rsa/sign", `{"data":"aGVsbG8="}`, ""},
		{0, 0, 0, "POST", v1 + "/ecdsa/verify", `{"data":"aGVsbG8=","signature":"ncpkms:v1:MAYCAQECAQE="}`, ""},
		{0, 0, 0, "POST", v1 + "/ecdsa/get-pub-key", `{"keyVersion":1}`, ""},
		{0, 4, 0, "PUT", v1 + "/%2e%2e/token-set", `{"a":{"a":[[[[]]]]}}`, "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9..x"},
		{0, 0, 73, "DELETE", v1 + "/gone", "", ""}, {0, 0, 71, "POST", v1 + "/gone/cancel-deletion", "", ""},
		{0, 0, 0, "POST", v1 + "/off/migrate", `{"targetRegion":"JPN"}`, ""},
		{1, 0, 0, "POST", v1 + "/kr/encrypt", `{"plaintext":"aGVsbG8="}`, ""}, {2, 0, 0, "GET", v1 + "/jp", "", ""},
		{3, 1, 0, "POST", "/keys/v1/tag/encrypt", `{"plaintext":"aGVsbG8="}`, ""}, {3, 0, 0, "POST", "/keys/v2/tag/decrypt", `{"ciphertext":["ncpkms:v1:AAAA"]}`, ""},
		{3, 1, 30, "POST", "/keys/v1/con/createCustomKey", `{"requestPlainKey":true,"context":"YQ=="}`, ""}, {3, 0, 0, "POST", "/keys/v2/rsa/sign", `{"data":"aGVsbG8="}`, ""},
		{3, 1, 0, "POST", "/keys/v1/ecdsa/verify", `{"data":"aGVsbG8=","signature":"ncpkms:v1:MAYCAQECAQE="}`, ""}, {3, 2, 0, "POST", "/keys/v2/tag/reencrypt", `{"ciphertext":"ncpkms:v3:AAAA"}`, ""},
		{4, 0, 0, "PUT", "/api/v1/sub-accounts/id-owner/access-rules/api", `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"10.0.0.0/8"}]}`, ""},
		{4, 0, 0, "GET", "/api/v1/sub-accounts/id-owner/access-rules/api", "", ""}, {0, 5, 0, "GET", v1 + "/tag", "", ""},
	} {
		f.Add(seed.api, seed.by, seed.hours, seed.method, seed.path, seed.body, seed.token)
	}
	f.Fuzz(func(t *testing.T, api, by uint8, hours uint16, method, path, body, token string) {
		host := called[int(api)%len(called)] + ".kms.test"
		request, err := http.NewRequest(method, "http://"+host+path, strings.NewReader(body))
		if err != nil || request.URL.Host != host {
			return
		}
		r := newRig(t, reference.Options{Keys: keys, Accounts: []reference.Account{
			{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: kms.PolicyAdministrator},
		}})
		r.clock.Advance(time.Duration(hours) * time.Hour)
		switch credentials[int(by)%len(credentials)] {
		case "signature 2":
			target.SignatureV2{AccessKey: "AO", SecretKey: "SO"}.Authorize(request, r.clock.Now())
		case "signature 1":
			target.SignatureV1{AccessKey: "AO", SecretKey: "SO", APIKey: "PO"}.Authorize(request, r.clock.Now())
		case "access token":
			tokens["ACCESS"].Authorize(request, r.clock.Now())
		case "refresh token":
			tokens["REFRESH"].Authorize(request, r.clock.Now())
		case "the token of the input":
			request.Header.Set(target.HeaderToken, token)
		}
		resp, err := r.send(request)
		if err != nil {
			t.Fatal(err)
		}
		answer := readAll(t, resp)
		if resp.StatusCode >= 500 {
			t.Errorf("%s %s: status %d: %s", method, path, resp.StatusCode, answer)
		}
		if resp.StatusCode != 200 && !strings.Contains(answer, `"errorCode"`) {
			t.Errorf("%s %s: a refusal without a code: %s", method, path, answer)
		}
	})
}
