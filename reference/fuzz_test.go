package reference_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
)

// FuzzSignature sends any URI and any headers of an account call. It succeeds only with the one signature
// that the documents describe, within five minutes of its time, and never makes the service fail.
func FuzzSignature(f *testing.F) {
	service, err := reference.New(reference.Options{
		Seed: 1, Clock: clock.NewManual(start), Journal: -1, Accounts: []reference.Account{{Name: "owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: "NCP_ADMINISTRATOR"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	send := service.RoundTripper(netip.MustParseAddr("127.0.0.1"))
	documented := func(uri, stamp, access string) string {
		mac := hmac.New(sha256.New, []byte("SO"))
		mac.Write([]byte("GET " + uri + "\n" + stamp + "\n" + access))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	const now = "1767603600000"
	for _, uri := range []string{"/kms/v1/keys", "/kms/v1/keys?pageNo=1&pageSize=2", "/kms/v1/keys?a=%2F%2f;b", "/kms/v1/keys?", "//kms/v1/keys"} {
		f.Add(uri, now, "AO", documented(uri, now, "AO"), false)
	}
	f.Add("/kms/v1/keys", "+"+now, "AO", documented("/kms/v1/keys", "+"+now, "AO"), true)
	f.Add("/kms/v1/keys", "-9223372036854775808", "AO", "", true)
	f.Add("/kms/v1/keys", "1767603300000", "AO", "", true)
	f.Add("/kms/v1/keys", now, "", "AAAA", false)
	f.Fuzz(func(t *testing.T, uri, stamp, access, signature string, sign bool) {
		if sign {
			signature = documented(uri, stamp, access)
		}
		r, err := http.NewRequest(http.MethodGet, "http://api20.kms.test"+uri, http.NoBody)
		if err != nil || r.URL.Host != "api20.kms.test" {
			return
		}
		r.Header.Set("x-ncp-apigw-timestamp", stamp)
		r.Header.Set("x-ncp-iam-access-key", access)
		r.Header.Set("x-ncp-apigw-signature-v2", signature)
		resp, err := send.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		text := readAll(t, resp)
		if resp.StatusCode >= 500 {
			t.Errorf("%q %q %q %q: %d %s", uri, stamp, access, signature, resp.StatusCode, text)
		}
		apart := len(stamp) == len(now) && stamp > "1767603300000" && stamp < "1767603900000" && strings.Trim(stamp, "0123456789") == ""
		right := access == "AO" && apart && signature == documented(r.URL.RequestURI(), stamp, access)
		if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusNotFound && !right {
			t.Errorf("%q %q %q %q: %d %s, want 401: it is not signed as documented", uri, stamp, access, signature, resp.StatusCode, text)
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
			if status, answer := r.do(method, path, body); status >= 500 && !strings.Contains(text, "50") && !strings.Contains(text, "status") {
				t.Errorf("%q: %s gets %d %s", text, call, status, answer)
			}
		}
	})
}
