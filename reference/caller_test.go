package reference_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// A caller makes calls on a reference in memory, each held against the OpenAPI files.
type caller struct {
	t     *testing.T
	tg    *target.Target
	owner target.Credential
}

// newCaller opens a reference. v may be nil.
func newCaller(t *testing.T, o reference.Options, v *validator) *caller {
	t.Helper()
	if v == nil {
		v = newValidator(t)
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	tg, err := v.around(proof.Reference(o))(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t: t, tg: tg, owner: tg.Credentials["owner"]}
}

// plainCaller opens a reference whose exchanges nobody looks at: a dialect may leave the description.
func plainCaller(t *testing.T, o reference.Options) *caller {
	t.Helper()
	o.Seed = 1
	tg, err := proof.Reference(o)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t: t, tg: tg, owner: tg.Credentials["owner"]}
}

// outer returns the names of the members of an answer, in order.
func outer(r reply) string {
	var body map[string]any
	_ = json.Unmarshal([]byte(r.text), &body) // it was read before
	return strings.Join(slices.Sorted(maps.Keys(body)), " ")
}

// decoded returns what base64 up to the next point stands for, of either alphabet.
func decoded(text string) string {
	text, _, _ = strings.Cut(text, ".")
	raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(text))
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// reply is an answer, read for tests.
type reply struct {
	status int
	code   string         // of a success or a refusal
	data   map[string]any // nil for a refusal, and for null
	text   string
}

func (r reply) String() string { return fmt.Sprintf("%d %.300s", r.status, r.text) }

func (r reply) ok() bool { return r.status == http.StatusOK && r.code == "SUCCESS" }

// str returns a member of the data that is a text.
func (r reply) str(member string) string { text, _ := r.data[member].(string); return text }

// num returns a member of the data that is a number; -1 if it is none.
func (r reply) num(member string) int {
	n, ok := r.data[member].(float64)
	if !ok {
		return -1
	}
	return int(n)
}

// as makes a call with the given credentials.
func (c *caller) as(auth target.Auth, api target.API, method, path, body string) reply {
	c.t.Helper()
	a, err := c.tg.Do(c.t.Context(), target.Request{API: api, Method: method, Path: path, Body: []byte(body), Auth: auth})
	if err != nil {
		c.t.Fatal(err)
	}
	var envelope struct {
		Code  string
		Data  map[string]any
		Error struct{ ErrorCode string }
	}
	if err := json.Unmarshal(a.Body, &envelope); err != nil {
		c.t.Fatalf("%s %s: %v in %s", method, path, err, a.Body)
	}
	r := reply{status: a.Status, code: envelope.Code, data: envelope.Data, text: string(a.Body)}
	if envelope.Error.ErrorCode != "" {
		r.code = envelope.Error.ErrorCode
	}
	return r
}

// call calls API 2.0 as the owner. path follows /kms/v1/keys.
func (c *caller) call(method, path, body string) reply {
	c.t.Helper()
	return c.as(target.SignatureV2(c.owner), target.API20, method, "/kms/v1/keys"+path, body)
}

func (c *caller) post(path, body string) reply {
	c.t.Helper()
	return c.call(http.MethodPost, path, body)
}
func (c *caller) put(path, body string) reply {
	c.t.Helper()
	return c.call(http.MethodPut, path, body)
}
func (c *caller) get(path string) reply { c.t.Helper(); return c.call(http.MethodGet, path, "") }

// must is call for a call that has to succeed.
func (c *caller) must(method, path, body string) reply {
	c.t.Helper()
	r := c.call(method, path, body)
	if !r.ok() {
		c.t.Fatalf("%s %s %s: %v, want a success", method, path, body, r)
	}
	return r
}

// key creates a key and returns /{keyTag}.
func (c *caller) key(name, kind string, more string) string {
	c.t.Helper()
	return "/" + c.must(http.MethodPost, "", `{"keyName":"`+name+`","keyType":"`+kind+`","protectionType":"BASIC"`+more+`}`).str("keyTag")
}

// old calls API 1.0 by one generation of the signature.
func (c *caller) old(signature int, key, action, body string) reply {
	c.t.Helper()
	auth := target.Auth(target.SignatureV2(c.owner))
	if signature == 1 {
		auth = target.SignatureV1(c.owner)
	}
	return c.as(auth, target.API10, http.MethodPost, fmt.Sprintf("/keys/v%d%s/%s", signature, key, action), body)
}

func (c *caller) advance(d time.Duration) {
	c.t.Helper()
	if err := c.tg.Advance(c.t.Context(), d); err != nil {
		c.t.Fatal(err)
	}
}

// token enables the key's creator and returns an access token.
func (c *caller) token(key string) target.Token {
	c.t.Helper()
	c.must(http.MethodPost, key+"/token-generator", "")
	return target.Token(c.must(http.MethodPost, key+"/token-set", "").str("accessToken"))
}

// tour makes every call once that no scenario makes.
func (c *caller) tour() {
	c.t.Helper()
	aes, rsa, ec := c.key("tour-aes", "AES256", ""), c.key("tour-rsa", "RSA2048", ""), c.key("tour-ec", "ECDSA", `,"isAutoRotation":true`)
	c.must(http.MethodPut, aes+"/name", `{"keyName":"toured"}`)
	c.must(http.MethodPut, aes+"/memo", `{"memo":""}`)
	c.must(http.MethodPost, aes+"/rotate", "")
	c.must(http.MethodPost, aes+"/versions/1/disable", "")
	c.must(http.MethodPost, aes+"/versions/1/enable", "")
	c.must(http.MethodGet, aes+"/versions", "")
	c.must(http.MethodPost, aes+"/enable-auto-rotation", "")
	c.must(http.MethodPut, aes+"/rotation-period", `{"rotationPeriod":30}`)
	c.must(http.MethodPost, aes+"/disable-auto-rotation", "")
	c.must(http.MethodGet, aes+"/last-use-info", "")
	c.must(http.MethodPost, aes+"/create-custom-key", "")
	text := c.must(http.MethodPost, aes+"/create-custom-key", `{"requestPlainKey":true,"bits":512}`).str("ciphertext")
	c.must(http.MethodPost, aes+"/re-encrypt", `{"ciphertext":"`+text+`"}`)
	c.must(http.MethodPost, aes+"/reencrypt", `{"ciphertext":["`+text+`"]}`)
	for _, key := range []string{rsa, ec} {
		signature := c.must(http.MethodPost, key+"/sign", `{"data":"aGVsbG8="}`).str("signature")
		c.must(http.MethodPost, key+"/verify", `{"data":"aGVsbG8=","signature":"`+signature+`"}`)
		c.must(http.MethodPost, key+"/get-pub-key", "")
		c.must(http.MethodPost, key+"/get-pub-key", `{"keyVersion":1}`)
	}
	c.must(http.MethodPost, rsa+"/disable", "")
	c.must(http.MethodPost, rsa+"/migrate", `{"targetRegion":"KR"}`)
	c.must(http.MethodGet, aes+"/last-use-info", "")
	c.must(http.MethodGet, aes+"/activities?keyword=rotate&pageNo=1&pageSize=200&timestampFrom=0&timestampTo=9999999999999", "")
	for signature := 1; signature <= 2; signature++ {
		for _, call := range [][3]string{
			{aes, "encrypt", `{"plaintext":"aGVsbG8="}`}, {aes, "decrypt", `{"ciphertext":"` + text + `"}`}, {aes, "decrypt", `{"ciphertext":["` + text + `"]}`},
			{aes, "createCustomKey", `{"requestPlainKey":true}`}, {aes, "reencrypt", `{"ciphertext":"` + text + `"}`}, {aes, "reencrypt", `{"ciphertext":["` + text + `"]}`},
		} {
			if r := c.old(signature, call[0], call[1], call[2]); !r.ok() {
				c.t.Errorf("1.0, v%d, %s: %v", signature, call[1], r)
			}
		}
		made := c.old(signature, ec, "sign", `{"data":"aGVsbG8="}`)
		if r := c.old(signature, ec, "verify", `{"data":"aGVsbG8=","signature":"`+made.str("signature")+`"}`); !r.ok() || r.data["valid"] != true {
			c.t.Errorf("1.0, v%d, verify: %v", signature, r)
		}
	}
}

var pemText = regexp.MustCompile(`^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n$`)
