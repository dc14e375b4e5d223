package reference_test

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/target"
)

// FuzzCall sends any method, path, body and token to a reference: it never fails by itself.
func FuzzCall(f *testing.F) {
	service, err := reference.New(reference.Options{Seed: 1, Clock: clock.NewManual(start), Keys: []reference.Key{
		{Name: "abc", Tag: "tag"}, {Name: "rsa", Tag: "rsa", Type: "RSA2048"}, {Name: "ecdsa", Tag: "ecdsa", Type: "ECDSA"},
	}})
	if err != nil {
		f.Fatal(err)
	}
	owner := service.Accounts()[0]
	auth := target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}
	send := service.RoundTripper(netip.MustParseAddr("127.0.0.1"))
	for _, seed := range [][4]string{
		{"POST", "/kms/v1/keys", `{"keyName":"a-1","keyType":"AES256","protectionType":"BASIC"}`, ""},
		{"GET", "/kms/v1/keys?pageNo=1&pageSize=200", "", ""},
		{"POST", "/kms/v1/keys/tag/encrypt", `{"plaintext":["aGVsbG8="]}`, ""},
		{"POST", "/kms/v1/keys/tag/decrypt", `{"ciphertext":"ncpkms:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`, "a.b.c"},
		{"POST", "/kms/v1/keys/tag/token-generator", "", ""},
		{"POST", "/kms/v1/keys/tag/token-set", `{"accessTokenHours":"UL","refreshTokenHours":1}`, ""},
		{"DELETE", "/kms/v1/keys/tag/acl", `{"ipList":["127.0.0.1"]}`, ""},
		{"POST", "/kms/v1/keys/tag/rotate", "", ""},
		{"POST", "/kms/v1/keys/tag/versions/1/disable", "", ""},
		{"GET", "/kms/v1/keys/tag/activities?keyword=e&timestampFrom=0&timestampTo=1&pageNo=1&pageSize=1", "", ""},
		{"PUT", "/kms/v1/keys/tag/rotation-period", `{"rotationPeriod":1}`, ""},
		{"POST", "/kms/v1/keys/tag/enable-auto-rotation", "", ""},
		{"POST", "/kms/v1/keys/tag/create-custom-key", `{"requestPlainKey":true,"bits":512,"context":"YQ=="}`, ""},
		{"POST", "/kms/v1/keys/rsa/re-encrypt", `{"ciphertext":["ncpkms:v1:AAAA"]}`, ""},
		{"POST", "/kms/v1/keys/rsa/sign", `{"data":"aGVsbG8="}`, ""},
		{"POST", "/kms/v1/keys/ecdsa/verify", `{"data":"aGVsbG8=","signature":"ncpkms:v1:MAYCAQECAQE="}`, ""},
		{"POST", "/kms/v1/keys/ecdsa/get-pub-key", `{"keyVersion":1}`, ""},
		{"PUT", "/kms/v1/keys/%2e%2e/token-set", `{"a":{"a":[[[[]]]]}}`, "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9..x"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, method, path, body, token string) {
		r, err := http.NewRequest(method, "http://api20.kms.test"+path, strings.NewReader(body))
		if err != nil || r.URL.Host != "api20.kms.test" {
			return
		}
		if token != "" {
			r.Header.Set(target.HeaderToken, token)
		} else {
			auth.Authorize(r, start)
		}
		resp, err := send.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, _ := io.ReadAll(resp.Body)
		if resp.StatusCode >= 500 {
			t.Errorf("%s %s: status %d: %s", method, path, resp.StatusCode, answer)
		}
		if resp.StatusCode != 200 && !bytes.Contains(answer, []byte(`"errorCode"`)) {
			t.Errorf("%s %s: a refusal without a code: %s", method, path, answer)
		}
	})
}
