package reference_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// signed are the calls that FuzzSignature makes: of each version of the signature, at each API that takes it.
var signed = []struct{ api, method, version, prefix string }{
	{reference.API20, http.MethodGet, "2", ""}, {reference.API10, http.MethodPost, "2", "/keys/v2/"}, {reference.API10, http.MethodPost, "1", "/keys/v1/"},
	{reference.SubAccount, http.MethodGet, "2", ""},
}

// FuzzSignature sends any URI and any headers of an account call. It succeeds only with the one signature
// that the documents describe, within five minutes of its time, and never makes the service fail.
func FuzzSignature(f *testing.F) {
	documented := func(method, uri, version, stamp, apiKey, access string) string {
		if version == "1" {
			stamp += "\n" + apiKey
		}
		mac := hmac.New(sha256.New, []byte("SO"))
		mac.Write([]byte(method + " " + uri + "\n" + stamp + "\n" + access))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	const now = "1767603600000"
	for _, uri := range []string{"/kms/v1/keys", "/kms/v1/keys?pageNo=1&pageSize=2", "/kms/v1/keys?a=%2F%2f;b", "/kms/v1/keys?", "//kms/v1/keys"} {
		f.Add(uint8(0), "", uri, now, "AO", documented("GET", uri, "2", now, "", "AO"), false)
	}
	f.Add(uint8(0), "", "/kms/v1/keys", "+"+now, "AO", "", true)
	f.Add(uint8(0), "", "/kms/v1/keys", "-9223372036854775808", "AO", "", true)
	f.Add(uint8(0), "", "/kms/v1/keys", "1767603300000", "AO", "", true)
	f.Add(uint8(0), "", "/kms/v1/keys", now, "", "AAAA", false)
	f.Add(uint8(1), "", "/keys/v2/tag/createCustomKey", now, "AO", "", true)
	f.Add(uint8(2), "PO", "/keys/v1/tag/createCustomKey", now, "AO", "", true)
	f.Add(uint8(2), "PX", "/keys/v1/tag/createCustomKey", now, "AO", "", true)
	f.Add(uint8(3), "", "/api/v1/sub-accounts/id-owner/access-rules/api", now, "AO", "", true)
	f.Fuzz(func(t *testing.T, call uint8, apiKey, uri, stamp, access, signature string, sign bool) {
		c := signed[int(call)%len(signed)]
		request, err := http.NewRequest(c.method, "http://"+c.api+".kms.test"+uri, http.NoBody)
		if err != nil || request.URL.Host != c.api+".kms.test" || !strings.HasPrefix(uri, c.prefix) {
			return
		}
		if sign {
			signature = documented(c.method, uri, c.version, stamp, apiKey, access)
		}
		request.Header.Set("x-ncp-apigw-timestamp", stamp)
		request.Header.Set("x-ncp-iam-access-key", access)
		request.Header.Set("x-ncp-apigw-signature-v"+c.version, signature)
		if c.version == "1" {
			request.Header.Set("x-ncp-apigw-api-key", apiKey)
		}
		r := newRig(t, reference.Options{Journal: -1, Accounts: []reference.Account{{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: "NCP_ADMINISTRATOR"}}})
		resp, err := r.send(request)
		if err != nil {
			t.Fatal(err)
		}
		text := readAll(t, resp)
		if resp.StatusCode >= 500 {
			t.Errorf("%q %q %q %q: %d %s", uri, stamp, access, signature, resp.StatusCode, text)
		}
		apart := len(stamp) == len(now) && stamp > "1767603300000" && stamp < "1767603900000" && strings.Trim(stamp, "0123456789") == ""
		right := access == "AO" && apart && signature == documented(c.method, request.URL.RequestURI(), c.version, stamp, apiKey, access) && (c.version == "2" || apiKey == "PO")
		if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusNotFound && !right {
			t.Errorf("%s %q %q %q %q %q: %d %s, want 401: it is not signed as documented", c.api, uri, apiKey, stamp, access, signature, resp.StatusCode, text)
		}
	})
}

// FuzzDialect reads any text as a dialect file. One that is taken makes a service that answers.
func FuzzDialect(f *testing.F) {
	for _, text := range []string{
		"", "flatErrors: true\nomitNulls: true\nouterCounters: true", "answers: {malformed: {status: 422, code: X, message: m, gateway: true}}", "leeway: 30s\nversionLimit: 1\nmaxItems: 1\nmaxPlaintext: 5",
		"lenientBase64: true\nemptyLists: true\nrefuseUnknown: true\nperItem: true\nrefuseEmpty: true", "leeway: -1s", "answers: &a {x: *a}", "answers: {bad-token: {status: 399}}", "{", "maxItems: 1e9", "pkcs1v15: yes",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dialect, err := reference.ParseDialect("d.yaml", []byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "d.yaml") {
				t.Errorf("the error is no sentence about the file: %v", err)
			}
			return
		}
		r := newRig(t, reference.Options{Dialect: dialect})
		for call, body := range map[string]string{
			"GET ": "", "POST /tag/encrypt": `{"plaintext":["aGVsbG8=",""],"x":1}`, "POST /tag/rotate": "", "POST /tag/decrypt": "{", "POST /nokey/encrypt": hello, "POST /tag/token-generator": "", "POST /tag/token-set": "",
		} {
			method, path, _ := strings.Cut(call, " ")
			if status, answer := r.do(method, path, body); status >= 500 && !setsStatus(dialect, status) {
				t.Errorf("%q: %s gets %d %s", text, call, status, answer)
			}
		}
	})
}

// setsStatus reports whether a dialect sets a status for some refusal.
func setsStatus(d reference.Dialect, status int) bool {
	for _, a := range d.Answers {
		if a.Status == status {
			return true
		}
	}
	return false
}
