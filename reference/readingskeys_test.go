package reference_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/target"
)

// readingsOfKeys are those of the members about keys, tokens and IP ACLs.
var readingsOfKeys = map[string]reading{
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
	"freePendingNames": {"true", "422", "200", func(c *caller) string {
		c.post(c.key("orders", "AES256", "")+"/request-deletion", "")
		return creates(`"keyType":"AES256","protectionType":"BASIC"`)(c)
	}},
	"spentNames": {"true", "200", "422", func(c *caller) string {
		c.put(c.key("orders", "AES256", "")+"/name", `{"keyName":"other"}`)
		return creates(`"keyType":"AES256","protectionType":"BASIC"`)(c)
	}},
	"caseBlindNames": {"true", "200", "422", func(c *caller) string {
		c.key("ORDERS", "AES256", "")
		return creates(`"keyType":"AES256","protectionType":"BASIC"`)(c)
	}},
	"oneNamespace": {"true", "200", "422", func(c *caller) string {
		const body = `{"keyName":"orders","keyType":"AES256","protectionType":"BASIC"}`
		c.as(target.SignatureV2(c.owner), target.API20JP, http.MethodPost, "/kms/v1/keys", body)
		return status(c.post("", body))
	}},
	"states": {"{DISABLE: {create-token-set: false}}", "200", "422", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		c.post(key+"/disable", "")
		return status(c.post(key+"/token-set", ""))
	}},
	"keepCount": {"true", "0", "2", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		c.put(key+"/token-generator", "")
		return fmt.Sprint(c.get(key + "/token-generator").num("issuedTokenCount"))
	}},
	"idleCreators": {"true", "422 422 422", "200 200 200", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		idle, replaced := c.call(http.MethodDelete, key+"/token-generator", ""), c.put(key+"/token-generator", "")
		c.post(key+"/token-generator", "")
		return strings.Join([]string{status(idle), status(replaced), status(c.post(key+"/token-generator", ""))}, " ")
	}},
	"hideAbsentCreator": {"true", "200", "404", func(c *caller) string { return status(c.get(c.key("orders", "AES256", "") + "/token-generator")) }},
	"livePermissions": {"true", "200", "403", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		access, _ := c.demoted(key)
		return status(c.as(access, target.API20, http.MethodPost, "/kms/v1/keys"+key+"/encrypt", `{"plaintext":""}`))
	}},
	"renewCurrent": {"true", "200", "403", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		_, refresh := c.demoted(key)
		return status(c.as(refresh, target.API20, http.MethodPost, "/kms/v1/keys"+key+"/access-token", ""))
	}},
	"refuseIdleAcl": {"true", "200 200 200", "422 422 422", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.post(key+"/acl", `{"ipList":["192.0.2.1"]}`)
		return strings.Join([]string{
			status(c.post(key+"/acl/disable", "")), status(c.post(key+"/acl", `{"ipList":["192.0.2.1"]}`)),
			status(c.call(http.MethodDelete, key+"/acl", `{"ipList":["192.0.2.2"]}`)),
		}, " ")
	}},
	"refuseOffAcl": {"true", "200", "422", posts("/acl", `{"ipList":["192.0.2.1"]}`)},
	"aclForgets": {"true", "[192.0.2.1]", "[]", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.post(key+"/acl", `{"ipList":["192.0.2.1"]}`)
		c.post(key+"/acl/enable", "")
		c.post(key+"/acl/disable", "")
		return fmt.Sprint(c.get(key + "/acl").data["allowedIpList"])
	}},
	"aclIpv6":     {"true", "403", "200", listedAs("2001:db8::1", "2001:db8::1", nil)},
	"aclNetworks": {"true", "403", "200", listedAs("192.0.2.0/24", "192.0.2.1", nil)},
	"maxAclItems": {"1", "200", "400", posts("/acl", `{"ipList":["192.0.2.1","192.0.2.2"]}`)},
	"judgeIssue": {"true", "200", "403", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		c.post(key+"/acl/enable", "")
		return status(c.post(key+"/token-set", ""))
	}},
	"spareRenewals": {"true", "403", "200", func(c *caller) string {
		key := c.key("orders", "AES256", "")
		c.token(key)
		refresh := target.Token(c.post(key+"/token-set", "").str("refreshToken"))
		c.post(key+"/acl/enable", "")
		return status(c.as(refresh, target.API20, http.MethodPost, "/kms/v1/keys"+key+"/access-token", ""))
	}},
	"trustedProxies": {"[10.0.0.0/8]", "403", "200", listedAs("192.0.2.1", "10.1.2.3", http.Header{"X-Forwarded-For": {"192.0.2.1"}})},
}

func status(r reply) string { return fmt.Sprint(r.status) }

// posts asks a fresh AES256 key.
func posts(path, body string) func(*caller) string {
	return func(c *caller) string { return status(c.post(c.key("orders", "AES256", "")+path, body)) }
}

// creates asks for a key orders with these members.
func creates(members string) func(*caller) string {
	return func(c *caller) string { return status(c.post("", `{"keyName":"orders",`+members+`}`)) }
}

// listedAs puts an item on the IP ACL of a key and uses a token from an address, with a header.
func listedAs(item, from string, header http.Header) func(*caller) string {
	return func(c *caller) string {
		key := c.key("orders", "AES256", "")
		token := c.token(key)
		c.post(key+"/acl", `{"ipList":["`+item+`"]}`)
		c.post(key+"/acl/enable", "")
		return fmt.Sprint(c.do(target.Request{
			Method: http.MethodPost, Path: "/kms/v1/keys" + key + "/encrypt", Body: []byte(`{"plaintext":""}`), Auth: token, Header: header,
			From: target.Source{Bind: netip.MustParseAddr(from)},
		}).Status)
	}
}

// do sends a request that must be answered.
func (c *caller) do(r target.Request) *target.Answer {
	c.t.Helper()
	a, err := c.tg.Do(c.t.Context(), r)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// send posts as the owner, with a header.
func (c *caller) send(header http.Header, path, body string) *target.Answer {
	c.t.Helper()
	return c.do(target.Request{Method: http.MethodPost, Path: "/kms/v1/keys" + path, Body: []byte(body), Header: header, Auth: target.SignatureV2(c.owner)})
}

// crowd makes one call more than fits the limit of a key, and returns the last answer.
func (c *caller) crowd(method, path, body string) *target.Answer {
	c.t.Helper()
	var last *target.Answer
	for range 301 {
		last = c.do(target.Request{Method: method, Path: "/kms/v1/keys" + path, Body: []byte(body), Auth: target.SignatureV2(c.owner)})
	}
	return last
}

// demoted returns tokens of an account that managed keys when it asked for them, and may only look now.
func (c *caller) demoted(key string) (access, refresh target.Token) {
	c.t.Helper()
	c.token(key)
	set := c.as(target.SignatureV2(c.tg.Credentials["manager"]), target.API20, http.MethodPost, "/kms/v1/keys"+key+"/token-set", "")
	state, err := c.tg.AdminCall(c.t.Context(), http.MethodGet, "/admin/state", nil)
	if err == nil {
		state = bytes.ReplaceAll(state, []byte(kms.PolicyKMSManager), []byte(kms.PolicyKMSViewer))
		_, err = c.tg.AdminCall(c.t.Context(), http.MethodPut, "/admin/state", state)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return target.Token(set.str("accessToken")), target.Token(set.str("refreshToken"))
}
