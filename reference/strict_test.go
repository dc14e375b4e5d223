package reference_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/target"
)

func perKey(n int) limit.Limiter { return limit.PerKey(n, n) }

// snapshot is all that the service tells of a key, apart from its activities.
func (c *caller) snapshot(key string) string {
	c.t.Helper()
	return c.get(key).text + c.get(key+"/versions").text + c.get(key+"/token-generator").text + c.get(key+"/acl").text
}

// TestMalformedCallsChangeNothing sends each operation with a body what its body must not be.
func TestMalformedCallsChangeNothing(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	aes, rsa := c.key("orders", "AES256", `,"isAutoRotation":true`), c.key("signer", "RSA2048", "")
	con := c.key("equal", "AES256", `,"isConvergent":true`)
	text := c.must(http.MethodPost, aes+"/encrypt", `{"plaintext":"aGVsbG8="}`).str("ciphertext")
	signature := c.must(http.MethodPost, rsa+"/sign", `{"data":"aGVsbG8="}`).str("signature")
	before := c.snapshot(aes) + c.snapshot(rsa) + c.snapshot(con)
	for call, bodies := range map[string][]string{
		"PUT " + aes + "/rotation-period": {
			``, `{}`, `{"rotationPeriod":null}`, `{"rotationPeriod":"30"}`, `{"rotationPeriod":30.5}`, `{"rotationPeriod":0}`, `{"rotationPeriod":731}`,
			`{"rotationPeriod":1e400}`, `{"rotationPeriod":99999999999999999999}`, `{"rotationPeriod":30,"rotationPeriod":31}`, `{"rotationPeriod":30}}`, `[30]`, `30`,
		},
		"POST " + aes + "/create-custom-key": {
			`{"bits":"256"}`, `{"bits":0}`, `{"bits":257}`, `{"bits":-256}`, `{"bits":256.5}`, `{"requestPlainKey":"true"}`, `{"requestPlainKey":1}`,
			`{"bits":128,"bits":256}`, `{"context":7}`, `{"bits":128}{"bits":128}`, `null`, "{\"bits\":128,\"x\":\"\xff\"}",
		},
		"POST " + aes + "/re-encrypt": {
			``, `{"ciphertext":null}`, `{"ciphertext":[]}`, `{"ciphertext":""}`, `{"ciphertext":["` + text + `",""]}`, `{"ciphertext":["` + text + `",7]}`,
			`{"ciphertext":"` + text + `","ciphertext":"` + text + `"}`, `{"ciphertext":"` + text + ` "}`, `{"ciphertext":"` + strings.Replace(text, ":v1:", ":v2:", 1) + `"}`,
			`{"ciphertext":"` + strings.Replace(text, ":v1:", ":v01:", 1) + `"}`, `{"ciphertext":{"a":"b"}}`, `{"ciphertext":[["` + text + `"]]}`,
		},
		"POST " + aes + "/encrypt": {`{"plaintext":"aGVsbG8"}`, `{"plaintext":"aGVsbG9="}`, `{"plaintext":"aGVs\nbG8="}`, `{"plaintext":"-_-_"}`},
		"POST " + con + "/encrypt": {
			`{"plaintext":""}`, `{"plaintext":"","context":""}`, `{"plaintext":"","context":null}`, `{"plaintext":"","context":"?"}`,
			`{"plaintext":"","context":["YQ=="]}`, `{"plaintext":"","context":"` + strings.Repeat("YWFh", 17) + `"}`,
		},
		"POST " + rsa + "/sign": {
			``, `{"data":null}`, `{"data":["aGVsbG8="]}`, `{"data":"aGVsbG8"}`, `{"data":7}`, `{"data":"` + strings.Repeat("YWFh", 2731) + `"}`, `{"data":"","data":""}`,
		},
		"POST " + rsa + "/verify": {
			``, `{"data":""}`, `{"signature":"` + signature + `"}`, `{"data":"","signature":""}`, `{"data":"","signature":null}`, `{"data":"","signature":7}`,
			`{"data":"","signature":"ncpkms:v2:AA=="}`, `{"data":"?","signature":"` + signature + `"}`, `{"data":"","signature":"` + signature + `=="}`,
		},
		"POST " + rsa + "/get-pub-key": {
			`{"keyVersion":"1"}`, `{"keyVersion":0}`, `{"keyVersion":-1}`, `{"keyVersion":1.5}`, `{"keyVersion":1,"keyVersion":1}`, `[]`, `{"keyVersion":1`,
		},
		"POST " + aes + "/versions/0/disable": {``}, "POST " + aes + "/versions/01/disable": {``}, "POST " + aes + "/versions/+1/disable": {``},
		"POST " + aes + "/versions/one/disable": {``}, "POST " + aes + "/versions/%31/disable": {``}, "POST " + aes + "/versions/99999999999999999999/disable": {``},
	} {
		method, path, _ := strings.Cut(call, " ")
		for _, body := range bodies {
			want := "INVALID_REQUEST"
			if !utf8.ValidString(body) {
				want = "100"
			}
			if r := c.call(method, path, body); r.status != http.StatusBadRequest || r.code != want {
				t.Errorf("%s %.80s: %v, want 400 %s", call, body, r, want)
			}
		}
	}
	if after := c.snapshot(aes) + c.snapshot(rsa) + c.snapshot(con); after != before {
		t.Errorf("something changed: %s, want %s", after, before)
	}
}

// TestOtherSpellingsAreNoCalls sends other methods and other paths: each is answered as no route.
func TestOtherSpellingsAreNoCalls(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "RSA2048", "")
	paths := map[string]string{
		"/rotate": "POST", "/rotation-period": "PUT", "/enable-auto-rotation": "POST", "/disable-auto-rotation": "POST", "/versions": "GET",
		"/versions/1/enable": "POST", "/versions/1/disable": "POST", "/activities": "GET", "/last-use-info": "GET", "/create-custom-key": "POST",
		"/re-encrypt": "POST", "/reencrypt": "POST", "/sign": "POST", "/verify": "POST", "/get-pub-key": "POST",
	}
	before := c.snapshot(key)
	for path, right := range paths {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			if method != right {
				c.noRoute(method, "/kms/v1/keys"+key+path)
			}
		}
		for _, other := range []string{
			"/kms/v1/keys" + key + path + "/", "/kms/v1/keys/" + key + path, "/kms/v1/keys" + key + strings.ToUpper(path), "/keys" + key + path,
			"/keys/v2" + key + path, "/kms/v2/keys" + key + path, "/kms/v1/keys" + key + "/" + path, "/kms/v1/keys" + key + "/%2e" + path, "/kms/v1/keys" + path,
		} {
			c.noRoute(right, other)
		}
	}
	for _, path := range []string{
		"/public-key", "/createCustomKey", "/custom-key", "/update-name", "/tokens", "/ip-acl/rules", "/latest-use-info", "/versions/1", "/versions/1/enable/x",
		"/versions//enable", "/versions/enable",
	} {
		c.noRoute("POST", "/kms/v1/keys"+key+path)
		c.noRoute("GET", "/kms/v1/keys"+key+path)
	}
	for _, action := range []string{"re-encrypt", "create-custom-key", "get-pub-key", "createcustomkey", "rotate"} {
		if r := c.old(2, key, action, ""); r.status != http.StatusNotFound || r.code != "300" {
			t.Errorf("1.0, %s: %v, want 404", action, r)
		}
	}
	if after := c.snapshot(key); after != before {
		t.Errorf("something changed: %s, want %s", after, before)
	}
}

func (c *caller) noRoute(method, path string) {
	c.t.Helper()
	r := c.as(target.SignatureV2(c.owner), target.API20, method, path, "")
	// A path that is short of the key tag has the action for one: what it asks for is an unknown key.
	if r.status != http.StatusNotFound || r.code != "300" && r.code != "NOT_FOUND" {
		c.t.Errorf("%s %s: %v, want 404", method, path, r)
	}
}
