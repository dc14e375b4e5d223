package reference_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// A reading is how to tell one answer to an open question from another: what to ask, and what comes of it with
// the guess and with the member set.
type reading struct {
	set, guess, rival string
	ask               func(c *caller) string
}

// readings is the table of the dialect's members.
func readings() map[string]reading {
	all := maps.Clone(readingsOfCalls)
	maps.Copy(all, readingsOfKeys)
	return all
}

// readingsOfCalls are those of the members about calls, ciphers and signatures.
var readingsOfCalls = map[string]reading{
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
	"retryAfter": {"true", "429 ", "429 1", func(c *caller) string {
		a := c.crowd(http.MethodPost, c.key("orders", "AES256", "")+"/encrypt", `{"plaintext":""}`)
		return fmt.Sprint(a.Status, " ", a.Header.Get("Retry-After"))
	}},
	"limit20": {"off", "429", "200", func(c *caller) string {
		return fmt.Sprint(c.crowd(http.MethodPost, c.key("orders", "AES256", "")+"/encrypt", `{"plaintext":""}`).Status)
	}},
	"limit10": {"200/1", "200", "429", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.old(2, key, "encrypt", `{"plaintext":""}`)
		return status(c.old(2, key, "encrypt", `{"plaintext":""}`))
	}},
	"listUnpermitted": {"true", "1", "2", func(c *caller) string {
		key := strings.TrimPrefix(c.key("orders", "AES256", ""), "/")
		c.key("others", "AES256", "")
		body := []byte(`{"policies":[{"name":"one","actions":["list-keys"],"keys":["` + key + `"]}]}`)
		if _, err := c.tg.AdminCall(c.t.Context(), http.MethodPut, "/admin/accounts/encryptor", body); err != nil {
			c.t.Fatal(err)
		}
		return fmt.Sprint(c.as(target.SignatureV2(c.tg.Credentials["encryptor"]), target.API20, http.MethodGet, "/kms/v1/keys", "").num("totalCount"))
	}},
	"limited": {"[key-info]", "200", "429", func(c *caller) string {
		return fmt.Sprint(c.crowd(http.MethodGet, c.key("orders", "AES256", ""), "").Status)
	}},
	"plaintextList20": {"true", "plaintext", "plaintextList", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		return members(c.post(key+"/decrypt", `{"ciphertext":["`+c.post(key+"/encrypt", `{"plaintext":""}`).str("ciphertext")+`"]}`))
	}},
	"singleForOne": {"true", "array", "text", func(c *caller) string {
		if c.post(c.key("orders", "AES256", "")+"/encrypt", `{"plaintext":[""]}`).str("ciphertext") != "" {
			return "text"
		}
		return "array"
	}},
	"partialBatches": {"true", "400 <nil>", "200 [<nil> YQ== ]", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		sealed := c.post(key+"/encrypt", `{"plaintext":["YQ==",""]}`).data["ciphertext"].([]any)
		r := c.post(key+"/decrypt", fmt.Sprintf(`{"ciphertext":["bad",%q,%q]}`, sealed[0], sealed[1]))
		return fmt.Sprint(r.status, " ", r.data["plaintext"])
	}},
	"newestFirst": {"true", "true", "false", func(c *caller) string {
		c.key("older", "AES256", "")
		c.key("newer", "AES256", "")
		list := c.get("").text
		return fmt.Sprint(strings.Index(list, "older") < strings.Index(list, "newer"))
	}},
	"listAll": {"true", "0", "1", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.post(key+"/disable", "")
		c.must(http.MethodPost, key+"/migrate", `{"targetRegion":"JPN"}`)
		return fmt.Sprint(c.get("").num("totalCount"))
	}},
	"clampPages":    {"true", "400", "200", func(c *caller) string { return status(c.get("?pageNo=0&pageSize=201")) }},
	"refusePastEnd": {"true", "200", "400", func(c *caller) string { return status(c.get("?pageNo=2")) }},
	"periodWhenOff": {"true", "-1", "90", func(c *caller) string {
		return fmt.Sprint(c.get(c.key("orders", "AES256", "")).num("rotationPeriod"))
	}},
	"sampleTags": {"true", "64", "60", func(c *caller) string { return fmt.Sprint(len(c.key("orders", "AES256", "")) - 1) }},
	"refuseNull": {"true", "200", "400", posts("/encrypt", `{"plaintext":"","context":null}`)},
	"requireType": {"true", "200", "415", func(c *caller) string {
		return fmt.Sprint(c.send(http.Header{"Content-Type": nil}, c.key("orders", "AES256", "")+"/encrypt", `{"plaintext":""}`).Status)
	}},
	"refuseOtherTypes": {"true", "200", "415", func(c *caller) string {
		return fmt.Sprint(c.send(http.Header{"Content-Type": {"text/plain"}}, c.key("orders", "AES256", "")+"/encrypt", `{"plaintext":""}`).Status)
	}},
	"anyCaseUl": {"true", "400", "200", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		return status(c.post(key+"/token-set", `{"accessTokenHours":"ul"}`))
	}},
	"refuseIdlePeriod": {"true", "200", "400", creates(`"keyType":"AES256","protectionType":"BASIC","isAutoRotation":false,"rotationPeriod":9999`)},
	"plainConvergent":  {"true", "400", "200", creates(`"keyType":"RSA2048","protectionType":"BASIC","isConvergent":true`)},
	"noProtection":     {"true", "400", "200", creates(`"keyType":"AES256"`)},
	"prehashed": {"true", "false", "true", func(c *caller) string { // is the signature of a text that of its hash?
		key, hash := c.key("signer", "ECDSA", ""), sha256.Sum256([]byte("hello"))
		signature := c.post(key+"/sign", `{"data":"aGVsbG8="}`).str("signature")
		data := base64.StdEncoding.EncodeToString(hash[:])
		return fmt.Sprint(c.post(key+"/verify", `{"data":"`+data+`","signature":"`+signature+`"}`).data["valid"])
	}},
	"emptyContext": {"true", "400", "200", func(c *caller) string {
		return status(c.post(c.key("orders", "AES256", `,"isConvergent":true`)+"/encrypt", `{"plaintext":"","context":""}`))
	}},
	"contextNonce": {"true", "false", "true", func(c *caller) string {
		key := c.key("orders", "AES256", `,"isConvergent":true`)
		nonce := func(text string) string {
			sealed := c.post(key+"/encrypt", `{"context":"YQ==","plaintext":"`+text+`"}`).str("ciphertext")
			return decoded(strings.TrimPrefix(sealed, "ncpkms:v1:"))[:12]
		}
		return fmt.Sprint(nonce("YQ==") == nonce("Yg=="))
	}},
	"customKeysAesOnly": {"true", "200", "400", func(c *caller) string {
		return status(c.post(c.key("signer", "RSA2048", "")+"/create-custom-key", ""))
	}},
}
