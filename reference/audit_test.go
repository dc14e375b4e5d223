package reference_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
)

// answered is what the page of each route lists below data, - for null. Members that a list has are in
// TestListsHaveTheDocumentedMembers.
var answered = map[string]string{
	"POST /kms/v1/keys": "isAutoRotation isConvergent keyId keyName keyTag keyType keystoreId memo nextRotationDate protectionType registerDate rotationPeriod status",
	"GET /kms/v1/keys":  "currentPageNo keyList totalCount totalPageNo",
	"GET /kms/v1/keys/{keyTag}": "baseUrl currentVersion isAutoRotation isConvergent keyId keyName keyTag keyType keystoreId memo nextRotationDate nrn protectionType registerDate " +
		"rotationPeriod status",
	"POST /kms/v1/keys/{keyTag}/enable":                     "keyTag status statusDate",
	"POST /kms/v1/keys/{keyTag}/disable":                    "keyTag status statusDate",
	"PUT /kms/v1/keys/{keyTag}/name":                        "keyName keyTag",
	"PUT /kms/v1/keys/{keyTag}/memo":                        "keyTag memo",
	"POST /kms/v1/keys/{keyTag}/rotate":                     "keyTag rotatedDate version",
	"PUT /kms/v1/keys/{keyTag}/rotation-period":             "keyTag nextRotationDate rotationPeriod",
	"POST /kms/v1/keys/{keyTag}/enable-auto-rotation":       "isAutoRotation keyTag nextRotationDate rotationPeriod",
	"POST /kms/v1/keys/{keyTag}/disable-auto-rotation":      "isAutoRotation keyTag",
	"GET /kms/v1/keys/{keyTag}/versions":                    "currentVersion keyTag versionList",
	"POST /kms/v1/keys/{keyTag}/versions/{version}/enable":  "status statusDate version",
	"POST /kms/v1/keys/{keyTag}/versions/{version}/disable": "status statusDate version",
	"POST /kms/v1/keys/{keyTag}/request-deletion":           "keyTag status statusDate",
	"POST /kms/v1/keys/{keyTag}/cancel-deletion":            "keyTag status statusDate",
	"DELETE /kms/v1/keys/{keyTag}":                          "-",
	"POST /kms/v1/keys/{keyTag}/migrate":                    "keyTag targetRegion",
	"GET /kms/v1/keys/{keyTag}/activities":                  "activityLogList currentPageNo pageSize totalCount totalPageNo",
	"GET /kms/v1/keys/{keyTag}/last-use-info":               "data message timestamp",
	"POST /kms/v1/keys/{keyTag}/encrypt":                    "ciphertext",
	"POST /kms/v1/keys/{keyTag}/decrypt":                    "plaintext",
	"POST /kms/v1/keys/{keyTag}/create-custom-key":          "ciphertext plaintext",
	"POST /kms/v1/keys/{keyTag}/re-encrypt":                 "newCiphertext",
	"POST /kms/v1/keys/{keyTag}/reencrypt":                  "newCiphertext",
	"POST /kms/v1/keys/{keyTag}/sign":                       "signature",
	"POST /kms/v1/keys/{keyTag}/verify":                     "valid",
	"POST /kms/v1/keys/{keyTag}/get-pub-key":                "publicKey",
	"POST /kms/v1/keys/{keyTag}/token-generator":            "-",
	"GET /kms/v1/keys/{keyTag}/token-generator":             "disabledDate enabledDate issuedTokenCount status tokenGeneratorId",
	"PUT /kms/v1/keys/{keyTag}/token-generator":             "-",
	"DELETE /kms/v1/keys/{keyTag}/token-generator":          "-",
	"POST /kms/v1/keys/{keyTag}/token-set":                  "accessToken refreshToken",
	"PUT /kms/v1/keys/{keyTag}/token-set":                   "accessToken refreshToken",
	"POST /kms/v1/keys/{keyTag}/access-token":               "accessToken",
	"POST /kms/v1/keys/{keyTag}/acl/enable":                 "isAclEnabled keyTag",
	"POST /kms/v1/keys/{keyTag}/acl/disable":                "isAclEnabled keyTag",
	"GET /kms/v1/keys/{keyTag}/acl":                         "allowedIpList isAclEnabled keyTag",
	"POST /kms/v1/keys/{keyTag}/acl":                        "allowedIpList keyTag",
	"DELETE /kms/v1/keys/{keyTag}/acl":                      "allowedIpList keyTag",
	"POST encrypt":                                          "ciphertext",
	"POST decrypt":                                          "plaintext",
	"POST createCustomKey":                                  "ciphertext key_version plaintext",
	"POST reencrypt":                                        "newCiphertext",
	"POST sign":                                             "signature",
	"POST verify":                                           "valid",
}

// TestEveryRouteAnswersTheDocumentedMembers holds the whole answer of each call against its page: the
// envelope, and what is below data.
func TestEveryRouteAnswersTheDocumentedMembers(t *testing.T) {
	for _, r := range routes(t) {
		if r.api == reference.SubAccount {
			continue // it has no envelope; the OpenAPI file has its members
		}
		b := newBoard(t, reference.Options{})
		b.do(http.MethodPost, "/aes/encrypt", hello) // so that there is a last use
		_, text := b.request(r, r.method, r.at(), r.body)
		var whole, data map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &whole); err != nil {
			t.Fatalf("%s: %v in %s", r, err, text)
		}
		call, envelope := r.method+" "+r.path, "code data"
		if r.api == reference.API10 {
			call, envelope = r.method+" "+r.path[strings.LastIndex(r.path, "/")+1:], "code data msg"
		}
		if got := strings.Join(slices.Sorted(maps.Keys(whole)), " "); got != envelope || string(whole["code"]) != `"SUCCESS"` {
			t.Errorf("%s: the envelope is %s, want %s", r, text, envelope)
		}
		got := "-"
		if string(whole["data"]) != "null" {
			if err := json.Unmarshal(whole["data"], &data); err != nil {
				t.Errorf("%s: data %v in %s", r, err, text)
			}
			got = strings.Join(slices.Sorted(maps.Keys(data)), " ")
		}
		if want, ok := answered[call]; !ok || got != want {
			t.Errorf("%s: members %q, want %q", r, got, want)
		}
	}
}

func TestListsHaveTheDocumentedMembers(t *testing.T) {
	b := newBoard(t, reference.Options{})
	b.do(http.MethodPost, "/aes/encrypt", hello)
	for path, want := range map[string]string{
		"":                "destroyDate isConvergent keyId keyName keyTag keyType protectionType registerDate status",
		"/aes/versions":   "rotatedDate status statusDate version",
		"/aes/activities": "data message timestamp",
	} {
		_, text := b.do(http.MethodGet, path, "")
		var envelope struct {
			Data map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &envelope); err != nil {
			t.Fatal(err)
		}
		var items []map[string]json.RawMessage
		for _, name := range []string{"keyList", "versionList", "activityLogList"} {
			if list, ok := envelope.Data[name]; ok {
				if err := json.Unmarshal(list, &items); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(items) == 0 {
			t.Fatalf("%s: an empty list: %s", path, text)
		}
		for _, item := range items {
			if got := strings.Join(slices.Sorted(maps.Keys(item)), " "); got != want {
				t.Errorf("%s: an item has %q, want %q", path, got, want)
			}
		}
	}
}

// bytes64 is the base64 of so many bytes.
func bytes64(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }

// TestBoundsAreWhereTheyAreDocumented takes of each bound the last that is allowed and the first that is
// refused.
func TestBoundsAreWhereTheyAreDocumented(t *testing.T) {
	const create = `{"keyName":"%s","keyType":"%s","protectionType":"%s","isAutoRotation":true,"rotationPeriod":%d,"memo":"%s","isConvergent":%t}`
	keys := func(name, kind, protection string, days int, memo string, convergent bool) string {
		return fmt.Sprintf(create, name, kind, protection, days, memo, convergent)
	}
	fine := func(name string) string { return keys(name, "AES256", "BASIC", 90, "", false) }
	memo := func(n int) string { return keys("named", "AES256", "BASIC", 90, strings.Repeat("가", n), false) }
	text := func(field string, n int) string { return fmt.Sprintf(`{%q:%q}`, field, bytes64(n)) }
	for _, row := range []struct {
		call          string
		taken, refuse []string
	}{
		{"POST ", []string{fine("abc"), fine("A23456789012345"), fine("a-_")}, []string{fine("ab"), fine("A234567890123456"), fine("1bc"), fine("-bc"), fine("_bc"), fine("a.c"), fine("a c"), fine("가나다"), fine("")}},
		{"POST ", []string{memo(100)}, []string{memo(101)}},
		{"POST ", []string{keys("abc", "RSA2048", "COMMON_HSM", 1, "", false)}, []string{keys("abc", "RSA2048", "COMMON_HSM", 0, "", false)}},
		{"POST ", []string{keys("abc", "ECDSA", "BASIC", 730, "", false)}, []string{keys("abc", "ECDSA", "BASIC", 731, "", false)}},
		{"POST ", []string{keys("abc", "AES256", "BASIC", 90, "", true)}, []string{
			keys("abc", "RSA2048", "BASIC", 90, "", true), keys("abc", "ECDSA", "BASIC", 90, "", true), keys("abc", "AES128", "BASIC", 90, "", false), keys("abc", "aes256", "BASIC", 90, "", false),
			keys("abc", "AES256", "HSM", 90, "", false), keys("abc", "AES256", "", 90, "", false), keys("abc", "", "BASIC", 90, "", false),
		}},
		{"PUT /aes/memo", []string{`{"memo":""}`, `{"memo":"` + strings.Repeat("x", 100) + `"}`}, []string{`{}`, `{"memo":null}`, `{"memo":"` + strings.Repeat("x", 101) + `"}`}},
		{"PUT /aes/rotation-period", []string{`{"rotationPeriod":1}`, `{"rotationPeriod":730}`}, []string{`{"rotationPeriod":0}`, `{"rotationPeriod":731}`, `{}`}},
		{"POST /aes/encrypt", []string{text("plaintext", 0), text("plaintext", 32768)}, []string{text("plaintext", 32769), `{}`}},
		{"POST /aes/encrypt", []string{`{"plaintext":["` + bytes64(16384) + `","` + bytes64(16384) + `"]}`}, []string{`{"plaintext":["` + bytes64(16384) + `","` + bytes64(16385) + `"]}`}},
		{"POST /con/encrypt", []string{`{"plaintext":"","context":"` + bytes64(50) + `"}`, `{"plaintext":"","context":"` + bytes64(1) + `"}`}, []string{`{"plaintext":"","context":"` + bytes64(51) + `"}`, `{"plaintext":"","context":""}`, `{"plaintext":""}`}},
		{"POST /rsa/encrypt", []string{text("plaintext", 190)}, []string{text("plaintext", 191)}},
		{"POST /rsa/create-custom-key", []string{`{"bits":128}`, `{"bits":256}`, `{"bits":512}`, `{}`}, []string{`{"bits":0}`, `{"bits":127}`, `{"bits":129}`, `{"bits":192}`, `{"bits":1024}`}},
		{"POST /ec/sign", []string{text("data", 0), text("data", 8192)}, []string{text("data", 8193), `{}`}},
		{"POST /rsa/sign", []string{text("data", 8192)}, []string{text("data", 8193)}},
		{"POST /ec/get-pub-key", []string{`{}`, `{"keyVersion":1}`}, []string{`{"keyVersion":0}`}},
		{"POST /aes/token-set", []string{`{}`, `{"accessTokenHours":1,"refreshTokenHours":1}`, `{"accessTokenHours":17520,"refreshTokenHours":"17520"}`, `{"accessTokenHours":"UL","refreshTokenHours":"UL"}`, `{"accessTokenHours":9,"refreshTokenHours":8}`}, []string{
			`{"accessTokenHours":0}`, `{"accessTokenHours":17521}`, `{"accessTokenHours":"17521"}`, `{"refreshTokenHours":0}`, `{"refreshTokenHours":17521}`, `{"refreshTokenHours":"ul"}`,
		}},
		{"POST /aes/acl", []string{`{"ipList":["0.0.0.0","255.255.255.255"]}`}, []string{`{"ipList":[]}`, `{}`, `{"ipList":null}`, `{"ipList":["10.0.0.0/8"]}`, `{"ipList":["::1"]}`}},
	} {
		method, path, _ := strings.Cut(row.call, " ")
		for want, bodies := range map[int][]string{200: row.taken, 400: row.refuse} {
			for _, body := range bodies {
				b := newBoard(t, reference.Options{})
				b.do(http.MethodPost, "", `{"keyName":"rsa","keyType":"RSA2048","protectionType":"BASIC"}`)
				if status, text := b.do(method, strings.Replace(path, "/rsa", "/"+b.tagOf("rsa"), 1), body); status != want {
					t.Errorf("%s with %s: %d %.200s, want %d", row.call, short(body), status, text, want)
				}
			}
		}
	}
}

// tagOf returns the tag of the key with a name.
func (b *board) tagOf(name string) string {
	for _, k := range b.service.State().Keys {
		if k.Name == name {
			return k.Tag
		}
	}
	b.t.Fatalf("no key %s", name)
	return ""
}

// TestPagesAreWhereTheyAreDocumented takes the bounds of the queries.
func TestPagesAreWhereTheyAreDocumented(t *testing.T) {
	b := newBoard(t, reference.Options{})
	for _, path := range []string{"", "/aes/activities"} {
		for query, want := range map[string]int{
			"": 200, "pageSize=1": 200, "pageSize=200": 200, "pageNo=1": 200, "pageNo=1000000": 200, "pageNo=": 200, "unknown=1": 200,
			"pageSize=0": 400, "pageSize=201": 400, "pageSize=-1": 400, "pageNo=0": 400, "pageNo=-1": 400, "pageNo=1.0": 400, "pageNo=%2B1": 400, "pageNo=01": 400, "pageNo=1e1": 400, "pageNo=%201": 400,
			"pageNo=9223372036854775808": 400, "pageNo=1&pageNo=2": 400, "pageNo=1&pageNo=1": 400, "pageNo=%zz": 400, "pageNo=1;pageSize=1": 400, "pageSize=ten": 400,
		} {
			if status, text := b.do(http.MethodGet, path+"?"+query, ""); status != want {
				t.Errorf("%s?%s: %d %s, want %d", path, query, status, text, want)
			}
		}
	}
	now := start.UnixMilli()
	for query, want := range map[string]int{
		fmt.Sprintf("timestampFrom=%d&timestampTo=%d", now, now): 200, "timestampFrom=0": 200, "timestampTo=9223372036854775807": 200,
		fmt.Sprintf("timestampFrom=%d&timestampTo=%d", now+1, now): 400, "timestampFrom=-1": 400, "timestampTo=%2B1": 400, "timestampTo=01": 400, "timestampTo=9223372036854775808": 400, "timestampFrom=2026-01-01": 400,
		"timestampFrom=1&timestampFrom=1": 400,
	} {
		if status, text := b.do(http.MethodGet, "/aes/activities?"+query, ""); status != want {
			t.Errorf("activities?%s: %d %s, want %d", query, status, text, want)
		}
	}
}

// TestDefaultsAreTheDocumentedOnes leaves out what may be left out.
func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	b := newBoard(t, reference.Options{})
	_, text := b.do(http.MethodPost, "", `{"keyName":"least","keyType":"AES256","protectionType":"BASIC"}`)
	for _, part := range []string{`"status":"ENABLE"`, `"memo":""`, `"isConvergent":false`, `"isAutoRotation":false`, `"rotationPeriod":null`, `"nextRotationDate":null`} {
		if !strings.Contains(text, part) {
			t.Errorf("a key of the least: %s lacks %s", text, part)
		}
	}
	_, text = b.do(http.MethodPost, "", `{"keyName":"turning","keyType":"AES256","protectionType":"BASIC","isAutoRotation":true}`)
	if want := fmt.Sprintf(`"rotationPeriod":90,"nextRotationDate":%d`, start.AddDate(0, 0, 90).UnixMilli()); !strings.Contains(text, want) {
		t.Errorf("automatic rotation: %s lacks %s", text, want)
	}
	_, text = b.do(http.MethodPost, "/aes/token-set", "")
	for name, hours := range map[string]int{"accessToken": 72, "refreshToken": 2160} {
		claims := decoded(strings.Split(member(t, text, name), ".")[1])
		if want := fmt.Sprintf(`"iat":%d,"exp":%d,`, start.Unix(), start.Add(time.Duration(hours)*time.Hour).Unix()); !strings.Contains(claims, want) {
			t.Errorf("%s: %s lacks %s", name, claims, want)
		}
	}
	_, text = b.do(http.MethodPost, "/aes/create-custom-key", "")
	if strings.Contains(text, "plaintext") {
		t.Errorf("a custom key that nobody asked to see: %s", text)
	}
}

// TestAList10DecryptsTo32KilobytesInAll sends API 1.0 lists of ciphertexts that were made one by one.
func TestAList10DecryptsTo32KilobytesInAll(t *testing.T) {
	b := newBoard(t, reference.Options{})
	sealed := func(n int) string {
		_, text := b.do(http.MethodPost, "/aes/encrypt", fmt.Sprintf(`{"plaintext":%q}`, bytes64(n)))
		return member(t, text, "ciphertext")
	}
	half, more, whole := sealed(16384), sealed(16385), sealed(32768)
	for _, row := range []struct {
		api, path, body string
		want            int
	}{
		{reference.API10, "/keys/v2/aes/decrypt", `["` + half + `","` + half + `"]`, 200},
		{reference.API10, "/keys/v2/aes/decrypt", `["` + half + `","` + more + `"]`, 400},
		{reference.API10, "/keys/v2/aes/decrypt", `["` + whole + `"]`, 200},
		{reference.API10, "/keys/v2/aes/decrypt", `"` + whole + `"`, 200},
		{reference.API20, "/kms/v1/keys/aes/decrypt", `["` + half + `","` + more + `"]`, 200}, // 2.0 names no bound
	} {
		if status, text := b.call(b.signed("owner"), row.api, http.MethodPost, row.path, `{"ciphertext":`+row.body+`}`); status != row.want {
			t.Errorf("%s with %d bytes: %d %.200s, want %d", row.path, len(row.body), status, text, row.want)
		}
	}
}
