package reference_test

import (
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// readings is the table of the dialect's members: what to ask, and how it is answered with the guess
// and with the member set.
var readings = map[string]struct {
	set, guess, rival string
	ask               func(c *caller) string
}{
	"flatErrors": {"true", "error", "code data msg", func(c *caller) string { return outer(c.get("/nobody")) }},
	"answers": {"{no-key: {status: 403, code: FORBIDDEN, message: Forbidden}}", "404 NOT_FOUND", "403 FORBIDDEN", func(c *caller) string {
		r := c.get("/nobody")
		return fmt.Sprint(r.status, " ", r.code)
	}},
	"oneName10": {"true", "ciphertextList", "ciphertext", func(c *caller) string {
		return members(c.old(2, c.key("orders", "AES256", ""), "encrypt", `{"plaintext":[""]}`))
	}},
	"keyVersion20": {"true", "ciphertext", "ciphertext key_version", func(c *caller) string {
		return members(c.post(c.key("orders", "AES256", "")+"/create-custom-key", ""))
	}},
	"noKeyVersion10": {"true", "ciphertext key_version", "ciphertext", func(c *caller) string {
		return members(c.old(2, c.key("orders", "AES256", ""), "createCustomKey", ""))
	}},
	"outerCounters": {"true", "code data", "code currentPageNo data totalCount totalPageNo", func(c *caller) string { return outer(c.get("")) }},
	"omitNulls": {"true", "null", "<nil>", func(c *caller) string {
		if strings.Contains(c.get(c.key("orders", "AES256", "")).text, `"nextRotationDate":null`) {
			return "null"
		}
		return "<nil>"
	}},
	"refuseUnknown": {"true", "200", "400", posts("/encrypt", `{"plaintext":"","color":"red"}`)},
	"capitalIpList": {"true", "400", "200", posts("/acl", `{"IpList":["10.0.0.1"]}`)},
	"numericHours": {"true", "200", "400", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		return status(c.post(key+"/token-set", `{"accessTokenHours":"24"}`))
	}},
	"optionalPeriod": {"true", "400", "200", func(c *caller) string {
		return status(c.put(c.key("orders", "AES256", `,"isAutoRotation":true`)+"/rotation-period", ""))
	}},
	"requireAutoRotation": {"true", "200", "400", func(c *caller) string {
		return status(c.post("", `{"keyName":"orders","keyType":"AES256","protectionType":"BASIC"}`))
	}},
	"lenientBase64": {"true", "400", "200", posts("/encrypt", `{"plaintext":"-_8"}`)},
	"emptyLists":    {"true", "400", "200", posts("/encrypt", `{"plaintext":[]}`)},
	"maxItems":      {"2", "200", "400", posts("/encrypt", `{"plaintext":["","",""]}`)},
	"pkcs1v15": {"true", "different", "same", func(c *caller) string { // only the older padding has no salt
		key := c.key("signer", "RSA2048", "")
		first := c.post(key+"/sign", `{"data":""}`).text
		if again := c.post(key+"/sign", `{"data":""}`).text; again == first {
			return "same"
		}
		return "different"
	}},
	"rawEcdsa": {"true", "false", "true", func(c *caller) string {
		signature := c.post(c.key("signer", "ECDSA", "")+"/sign", `{"data":""}`).str("signature")
		return fmt.Sprint(len(decoded(strings.TrimPrefix(signature, "ncpkms:v1:"))) == 64)
	}},
	"refuseContext": {"true", "200", "400", posts("/encrypt", `{"plaintext":"","context":"YQ=="}`)},
	"contextAsSent": {"true", "200", "400", func(c *caller) string {
		key := c.key("orders", "AES256", `,"isConvergent":true`)
		return status(c.post(key+"/encrypt", `{"plaintext":"","context":"`+strings.Repeat("YWFh", 13)+`"}`))
	}},
	"maxPlaintext": {"4", "200", "400", posts("/encrypt", `{"plaintext":"aGVsbG8="}`)},
	"maxData": {"4", "200", "400", func(c *caller) string {
		return status(c.post(c.key("signer", "ECDSA", "")+"/sign", `{"data":"aGVsbG8="}`))
	}},
	"perItem":     {"true", "400", "200", posts("/encrypt", `{"plaintext":["`+strings.Repeat("AAAA", 8000)+`","`+strings.Repeat("AAAA", 8000)+`"]}`)},
	"refuseEmpty": {"true", "200", "400", posts("/encrypt", `{"plaintext":""}`)},
	"memoInBytes": {"true", "400", "200", func(c *caller) string {
		return status(c.put(c.key("orders", "AES256", "")+"/memo", `{"memo":"`+strings.Repeat("a", 200)+`"}`))
	}},
	"versionLimit": {"1", "200", "422", posts("/rotate", "")},
	"idleSucceeds": {"true", "422", "200", posts("/enable", "")},
	"periodResets": {"true", "30", "90", func(c *caller) string {
		key := c.key("orders", "AES256", `,"isAutoRotation":true,"rotationPeriod":30`)
		c.post(key+"/disable-auto-rotation", "")
		return fmt.Sprint(c.post(key+"/enable-auto-rotation", "").num("rotationPeriod"))
	}},
	"countSets": {"true", "2", "1", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		return fmt.Sprint(c.get(key + "/token-generator").num("issuedTokenCount"))
	}},
	"farUnlimited": {"true", "false", "true", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		_, claims, _ := strings.Cut(c.post(key+"/token-set", `{"accessTokenHours":"UL"}`).str("accessToken"), ".")
		return fmt.Sprint(strings.Contains(decoded(claims), `"exp"`))
	}},
	"migrationRetires": {"true", "ACTIVE", "INACTIVE", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		c.post(key+"/disable", "")
		c.post(key+"/migrate", `{"targetRegion":"JPN"}`)
		return c.as(target.SignatureV2(c.owner), target.API20JP, http.MethodGet, "/kms/v1/keys"+key+"/token-generator", "").str("status")
	}},
	"leeway": {"1m", "401", "200", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		token := c.token(key)
		c.advance(72*time.Hour + 59*time.Second)
		return status(c.as(token, reference.API20, http.MethodPost, "/kms/v1/keys"+key+"/encrypt", `{"plaintext":""}`))
	}},
}

func status(r reply) string { return fmt.Sprint(r.status) }

// posts asks a fresh AES256 key.
func posts(path, body string) func(*caller) string {
	return func(c *caller) string { return status(c.post(c.key("orders", "AES256", "")+path, body)) }
}

// TestEachMemberOfTheDialectChangesItsAnswer asks twice: the documented guess, and the other reading.
func TestEachMemberOfTheDialectChangesItsAnswer(t *testing.T) {
	text, err := os.ReadFile("../docs/dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	for member := range reflect.TypeFor[reference.Dialect]().Fields() {
		name := member.Tag.Get("yaml")
		r, ok := readings[name]
		if !ok {
			t.Errorf("nothing shows what %s does", name)
			continue
		}
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/dialect.md does not tell of %s", name)
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
