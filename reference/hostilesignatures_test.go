package reference_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
)

// A signing is a request under an account signature, before anybody spoils it.
type signing struct {
	api, method, uri    string // as sent
	signedMethod, signs string // method and URI that are signed
	stamp, access       string
	signedStamp         string
	secret, version     string // of the signature: "1" or "2"
	apiKey              string // that version 1 signs and sends
	hash                func() hash.Hash
	spoil               func(h http.Header)
	value               func(mac []byte) string
}

// rightly is a request that is signed as documented.
func (r *rig) rightly(method, uri string) signing {
	now := strconv.FormatInt(r.clock.Now().UnixMilli(), 10)
	return signing{
		api: reference.API20, method: method, uri: uri, signedMethod: method, signs: uri, stamp: now, signedStamp: now,
		access: "AO", secret: "SO", version: "2", apiKey: "PO", hash: sha256.New, value: base64.StdEncoding.EncodeToString, spoil: func(http.Header) {},
	}
}

// sends sends the request as it is put together, through memory: not even what a socket would not carry
// is lost on the way.
func (r *rig) sends(s signing) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest(s.method, "http://"+s.api+".kms.test"+s.uri, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	text := s.signedMethod + " " + s.signs + "\n" + s.signedStamp + "\n"
	h := request.Header
	if s.version == "1" {
		text += s.apiKey + "\n"
		h.Set("x-ncp-apigw-api-key", s.apiKey)
	}
	mac := hmac.New(s.hash, []byte(s.secret))
	mac.Write([]byte(text + s.access))
	h.Set("x-ncp-apigw-timestamp", s.stamp)
	h.Set("x-ncp-iam-access-key", s.access)
	h.Set("x-ncp-apigw-signature-v"+s.version, s.value(mac.Sum(nil)))
	s.spoil(h)
	resp, err := r.send(request)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, readAll(r.t, resp)
}

// A spoiling is one thing that is wrong with a signed request.
type spoiling struct {
	name, defends string
	by            func(s *signing)
}

const listed = "/kms/v1/keys?pageNo=1&pageSize=2"

// uris are requests that are not what was signed.
func uris() []spoiling {
	var all []spoiling
	sent := func(uri, defends string) {
		all = append(all, spoiling{"sent " + uri, defends, func(s *signing) { s.uri = uri }})
	}
	signs := func(uri, defends string) {
		all = append(all, spoiling{fmt.Sprintf("signed %q", uri), defends, func(s *signing) { s.signs = uri }})
	}
	const query = "a query is signed as it is sent, in its order and its spelling"
	for _, uri := range []string{
		"/kms/v1/keys?pageSize=2&pageNo=1", "/kms/v1/keys?pageNo=1&pageSize=2&", "/kms/v1/keys?&pageNo=1&pageSize=2", "/kms/v1/keys?pageNo=%31&pageSize=2", "/kms/v1/keys?pageNo=1&pageSize=200",
		"/kms/v1/keys?pageNo=1&pageNo=1&pageSize=2", "/kms/v1/keys?pageno=1&pageSize=2", "/kms/v1/keys", "/kms/v1/keys?", "/kms/v1/keys?pageNo=1&pageSize=2&keyword=", "/kms/v1/keys?pageNo=1;pageSize=2",
	} {
		sent(uri, query)
	}
	for _, uri := range []string{
		"/kms/v1/keys", "/kms/v1/keys?", "/kms/v1/keys?pageSize=2&pageNo=1", "/kms/v1/keys?pageNo=1&pageSize=2#", "http://api20.kms.test" + listed, "api20.kms.test" + listed, listed[1:], "/" + listed,
		"/v1/keys?pageNo=1&pageSize=2", "/kms/v1/keys/?pageNo=1&pageSize=2", "/KMS/v1/keys?pageNo=1&pageSize=2", "/kms/v1/keys%3FpageNo=1&pageSize=2", " " + listed, listed + " ", listed + "\n", "",
	} {
		signs(uri, "what is signed is path and query and nothing else")
	}
	for _, method := range []string{"POST", "get", "HEAD", "", "GET "} {
		all = append(all, spoiling{"signed as " + method, "a signature holds for its method", func(s *signing) { s.signedMethod = method }})
	}
	return all
}

// values are signatures and credentials of a version that are nearly right.
func values(version string) []spoiling {
	var all []spoiling
	value := func(name string, of func(mac []byte) string) {
		all = append(all, spoiling{"a signature " + name, "a signature has one spelling", func(s *signing) { s.value = of }})
	}
	std := base64.StdEncoding.EncodeToString
	value("in hex", hex.EncodeToString)
	value("in capital hex", func(m []byte) string { return strings.ToUpper(hex.EncodeToString(m)) })
	value("without padding", base64.RawStdEncoding.EncodeToString)
	value("with more padding", func(m []byte) string { return std(m) + "=" })
	value("encoded twice", func(m []byte) string { return std([]byte(std(m))) })
	value("in small letters", func(m []byte) string { return strings.ToLower(std(m)) })
	value("with a space before", func(m []byte) string { return " " + std(m) })
	value("with a line break", func(m []byte) string { return std(m) + "\n" })
	value("of its first half", func(m []byte) string { return std(m[:16]) })
	value("with a byte more", func(m []byte) string { return std(append(m, 0)) })
	value("with one bit off", func(m []byte) string { m[31] ^= 1; return std(m) })
	value("that is empty", func([]byte) string { return "" })
	value("that is long", func([]byte) string { return strings.Repeat("A", 1<<20) })
	for name, by := range map[string]func(*signing){
		"SHA-1":                          func(s *signing) { s.hash = sha1.New },
		"another secret":                 func(s *signing) { s.secret = "SX" },
		"no secret":                      func(s *signing) { s.secret = "" },
		"the access key as secret":       func(s *signing) { s.secret = "AO" },
		"an unknown account, no secret":  func(s *signing) { s.access, s.secret = "AX", "" },
		"no account, no secret":          func(s *signing) { s.access, s.secret = "", "" },
		"an access key in small letters": func(s *signing) { s.access = "ao" },
		"an access key with a space":     func(s *signing) { s.access = "AO " },
		"another's access key":           func(s *signing) { s.spoil = func(h http.Header) { h.Set("x-ncp-iam-access-key", "AV") } },
		"the viewer's secret":            func(s *signing) { s.secret = "SV" },
		"the text of another version": func(s *signing) {
			if s.version == "2" {
				s.signedStamp += "\nPO"
			} else {
				s.apiKey, s.spoil = "", func(h http.Header) { h.Set("x-ncp-apigw-api-key", "PO") }
			}
		},
		"the other version where this is due": func(s *signing) { s.version = map[string]string{"1": "2", "2": "1"}[s.version] },
		"no timestamp in the text":            func(s *signing) { s.signedStamp = "" },
		"another timestamp sent":              func(s *signing) { s.stamp = s.stamp[:len(s.stamp)-1] + "9" },
	} {
		all = append(all, spoiling{name, "who signs holds the secret of the account that is named", by})
	}
	headers := []string{"x-ncp-apigw-timestamp", "x-ncp-iam-access-key", "x-ncp-apigw-signature-v" + version}
	if version == "1" {
		headers = append(headers, "x-ncp-apigw-api-key")
	}
	for _, name := range headers {
		const once = "of a header that occurs twice none counts"
		key := http.CanonicalHeaderKey(name)
		for how, of := range map[string]func(v string) []string{
			"twice": func(v string) []string { return []string{v, v} }, "and an empty one": func(v string) []string { return []string{v, ""} }, "after an empty one": func(v string) []string { return []string{"", v} },
			"after a wrong one": func(v string) []string { return []string{"x", v} }, "joined with itself": func(v string) []string { return []string{v + "," + v} }, "joined, with a space": func(v string) []string { return []string{v + ", " + v} },
			"never": func(string) []string { return nil }, "with a null byte": func(v string) []string { return []string{v + "\x00"} },
		} {
			all = append(all, spoiling{name + " " + how, once, func(s *signing) { s.spoil = func(h http.Header) { h[key] = of(h.Get(name)) } }})
		}
	}
	return all
}

// apiKeys are API keys of version 1 that are not the account's, each signed as it is sent.
func apiKeys() []spoiling {
	var all []spoiling
	for _, key := range []string{"", "po", "PO ", " PO", "PV", "AO", "SO", "PO\nPO", "PO,PO", "P", "POO", "PO\x00", strings.Repeat("P", 1<<16)} {
		all = append(all, spoiling{fmt.Sprintf("the API key %q", short(key)), "version 1 is good with the account's API key alone", func(s *signing) { s.apiKey = key }})
	}
	return all
}

// stamps are timestamps that are written otherwise, each signed as it is sent.
func stamps(now time.Time) []spoiling {
	var all []spoiling
	ms := now.UnixMilli()
	for _, text := range []string{
		fmt.Sprintf("+%d", ms), fmt.Sprintf("0%d", ms), fmt.Sprintf(" %d", ms), fmt.Sprintf("%d ", ms), fmt.Sprintf("%d.0", ms), fmt.Sprintf("%d.5", ms), fmt.Sprintf("%de0", ms), fmt.Sprintf("0x%x", ms), fmt.Sprintf("%x", ms),
		fmt.Sprintf("%d", ms/1000), fmt.Sprintf("%d", ms*1000), fmt.Sprintf("%d", -ms), fmt.Sprintf("%d\n", ms), fmt.Sprintf("%d;", ms), fmt.Sprintf("%q", fmt.Sprint(ms)), now.Format(time.RFC3339), now.Format(http.TimeFormat),
		"0", "-0", "-1", "now", "NaN", "Infinity", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "1e308", "１７６７６００００００００", strings.Repeat("9", 1<<16), fmt.Sprintf("%d_000", ms/1000),
	} {
		all = append(all, spoiling{fmt.Sprintf("timestamp %q", short(text)), "a timestamp is milliseconds, in decimal digits, near the clock", func(s *signing) { s.stamp, s.signedStamp = text, text }})
	}
	return all
}

// TestHostileSignatures sends account calls that are nearly signed as documented, by each version.
func TestHostileSignatures(t *testing.T) {
	for name, tt := range map[string]struct {
		version, api, method, uri string
		corpus                    [][]spoiling
	}{
		"version 2":            {"2", reference.API20, http.MethodGet, listed, [][]spoiling{uris(), values("2"), stamps(start)}},
		"version 1":            {"1", reference.API10, http.MethodPost, "/keys/v1/tag/createCustomKey", [][]spoiling{values("1"), stamps(start), apiKeys()}},
		"Sub Account API":      {"2", reference.SubAccount, http.MethodGet, "/api/v1/sub-accounts/id-viewer/access-rules/api", [][]spoiling{values("2"), stamps(start)}},
		"version 2 on API 1.0": {"2", reference.API10, http.MethodPost, "/keys/v2/tag/createCustomKey", [][]spoiling{values("2"), stamps(start)}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, reference.Options{Accounts: []reference.Account{
				{Name: "owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: "NCP_ADMINISTRATOR"},
				{Name: "viewer", ID: "id-viewer", AccessKey: "AV", SecretKey: "SV", APIKey: "PV", Policy: "NCP_KMS_VIEWER"},
			}})
			right := func() signing {
				s := r.rightly(tt.method, tt.uri)
				s.api, s.version = tt.api, tt.version
				return s
			}
			if status, text := r.sends(right()); status != 200 {
				t.Fatalf("the right request gets %d %s: the others would be refused for a wrong reason", status, text)
			}
			state := r.exported()
			for _, s := range slices.Concat(tt.corpus...) {
				t.Run(s.defends+"/"+s.name, func(t *testing.T) {
					request := right()
					s.by(&request)
					if status, text := r.in(t).sends(request); status != 401 {
						t.Errorf("%d %s, want 401", status, text)
					}
					state = r.in(t).unchanged(state)
				})
			}
		})
	}
}

// TestASignatureMovesToNoOtherCall takes a signature off one call and puts it on another that does more.
func TestASignatureMovesToNoOtherCall(t *testing.T) {
	r := hostileRig(t)
	state := r.exported()
	const path = "/kms/v1/keys/tag/token-generator"
	for name, by := range map[string]func(*signing){
		"DELETE instead of GET":          func(s *signing) { s.method = http.MethodDelete },
		"PUT instead of GET":             func(s *signing) { s.method = http.MethodPut },
		"a method in a header":           func(s *signing) { s.spoil = func(h http.Header) { h.Set("X-HTTP-Method-Override", "DELETE") } },
		"another key":                    func(s *signing) { s.uri = "/kms/v1/keys/other/token-generator" },
		"the tag with a percent escape":  func(s *signing) { s.uri = "/kms/v1/keys/%74ag/token-generator" },
		"the call with a percent escape": func(s *signing) { s.uri = "/kms/v1/keys/tag/token%2dgenerator" },
		"a path that leads back":         func(s *signing) { s.uri = "/kms/v1/keys/tag/../tag/token-generator" },
		"a double slash":                 func(s *signing) { s.uri = "/kms/v1/keys//tag/token-generator" },
		"a slash behind":                 func(s *signing) { s.uri = path + "/" },
		"a parameter in the path":        func(s *signing) { s.uri = path + ";x=1" },
		"the path in a header": func(s *signing) {
			s.uri, s.spoil = "/kms/v1/keys/x", func(h http.Header) { h.Set("X-Original-URL", path) }
		},
		"a signature of 2.0 on 1.0": func(s *signing) { s.api, s.method, s.uri = reference.API10, "POST", "/keys/v2/tag/encrypt" },
		"version 2 on a path of version 1": func(s *signing) {
			s.api, s.method, s.signedMethod, s.uri, s.signs = reference.API10, "POST", "POST", "/keys/v1/tag/encrypt", "/keys/v1/tag/encrypt"
		},
		"version 1 on a path of version 2": func(s *signing) {
			s.api, s.method, s.signedMethod, s.uri, s.signs, s.version = reference.API10, "POST", "POST", "/keys/v2/tag/encrypt", "/keys/v2/tag/encrypt", "1"
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := r.rightly(http.MethodGet, path)
			by(&request)
			status, text := r.in(t).sends(request)
			if harmless := name == "a method in a header" && status == 200; !harmless && status != 401 && status != 404 {
				t.Errorf("%d %s, want 401 or 404: a signature holds for one method, path and version", status, text)
			}
			state = r.in(t).unchanged(state)
		})
	}
}

// TestASignatureIsGoodForLessThanFiveMinutes sends one and the same request again and again, as
// somebody would who has overheard it: there is no nonce, so only time stops him.
func TestASignatureIsGoodForLessThanFiveMinutes(t *testing.T) {
	r := hostileRig(t)
	overheard := r.rightly(http.MethodGet, listed)
	for _, step := range []struct {
		at     time.Duration // from when it was signed
		status int
	}{
		{0, 200}, {0, 200}, {4*time.Minute + 59*time.Second, 200}, {5*time.Minute - time.Millisecond, 200}, {5 * time.Minute, 401}, {5*time.Minute + time.Millisecond, 401},
		{24 * time.Hour, 401}, {-5*time.Minute + time.Millisecond, 200}, {-5 * time.Minute, 401}, {-24 * time.Hour, 401}, {0, 200},
	} {
		r.clock.Set(start.Add(step.at))
		if status, text := r.sends(overheard); status != step.status {
			t.Errorf("a signature is good for less than five minutes either way: at %v it gets %d %s, want %d", step.at, status, text, step.status)
		}
	}
}
