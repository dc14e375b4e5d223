package reference_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// addressRig has a key whose IP ACL lists one address, and a token for it.
func addressRig(t *testing.T, o reference.Options) (use func(t *testing.T, from string, header ...string) int) {
	o.Keys = []reference.Key{{Name: "orders", Tag: "tag", ACL: &reference.ACL{Enabled: true, Allowed: []string{"192.0.2.1"}}}}
	r := newRig(t, o)
	access, _ := r.tokens("tag")
	return func(t *testing.T, from string, header ...string) int {
		t.Helper()
		r := r.in(t)
		r.from = from
		before := r.exported()
		status, text := r.call(several{access, header}, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
		if status != 200 && status != 403 {
			t.Errorf("from %s with %v: %d %s, want 200 or 403", from, header, status, text)
		}
		if status != 200 && r.exported() != before {
			t.Errorf("from %s with %v: the state changed", from, header)
		}
		return status
	}
}

// TestOnlyTheTCPPeerCounts tries every header by which a caller could claim to be somebody else.
func TestOnlyTheTCPPeerCounts(t *testing.T) {
	use := addressRig(t, reference.Options{})
	for from, want := range map[string]int{
		"192.0.2.1": 200, "::ffff:192.0.2.1": 200, "::ffff:c000:201": 200, "192.0.2.2": 403, "::192.0.2.1": 403, "64:ff9b::192.0.2.1": 403, "2002:c000:201::": 403, "::1": 403, "fe80::1%192.0.2.1": 403,
	} {
		t.Run("an IPv4 address is one address, mapped into IPv6 or not, and no other is it/"+from, func(t *testing.T) {
			if got := use(t, from); got != want {
				t.Errorf("the call gets %d, want %d", got, want)
			}
		})
	}
	for _, name := range []string{
		"X-Forwarded-For", "x-forwarded-for", "X-FORWARDED-FOR", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "X-Originating-IP",
		"X-Remote-IP", "X-Remote-Addr", "Forwarded-For", "X-Forwarded", "X-ProxyUser-Ip", "Fastly-Client-IP", "Via", "Client-IP", "X-NCP-Client-IP",
	} {
		for _, value := range []string{"192.0.2.1", "192.0.2.1, 192.0.2.1", " 192.0.2.1 ", "::ffff:192.0.2.1", "for=192.0.2.1"} {
			t.Run(fmt.Sprintf("no header says where a call comes from/%s: %s", name, value), func(t *testing.T) {
				if got := use(t, "192.0.2.2", name, value); got != 403 {
					t.Errorf("the call gets %d, want 403", got)
				}
			})
		}
	}
	for _, value := range []string{`for=192.0.2.1`, `for="192.0.2.1:80";proto=https`, `for="[::ffff:192.0.2.1]"`, `For=192.0.2.1;by=192.0.2.1`} {
		t.Run("no header says where a call comes from/Forwarded: "+value, func(t *testing.T) {
			if got := use(t, "192.0.2.2", "Forwarded", value); got != 403 {
				t.Errorf("the call gets %d, want 403", got)
			}
		})
	}
	if got := use(t, "192.0.2.1", "X-Forwarded-For", "192.0.2.2", "X-Real-IP", "192.0.2.2", "Forwarded", "for=192.0.2.2"); got != 200 {
		t.Errorf("no header says where a call comes from: from the listed address with headers that name another it gets %d, want 200", got)
	}
}

// TestATrustedProxyIsBelievedForOneHop puts a caller behind a proxy, which appends the address that it
// sees to what the caller made up.
func TestATrustedProxyIsBelievedForOneHop(t *testing.T) {
	use := addressRig(t, reference.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/8")}})
	for _, step := range []struct {
		defends, from string
		forwarded     []string
		want          int
	}{
		{"a trusted proxy tells the caller", "10.0.0.1", []string{"192.0.2.1"}, 200},
		{"a trusted proxy tells the caller", "::ffff:10.0.0.1", []string{"192.0.2.1"}, 200},
		{"a trusted proxy tells the caller", "fd00::1", []string{"192.0.2.1"}, 200},
		{"two trusted proxies tell the caller", "10.0.0.1", []string{"192.0.2.1, 10.0.0.2"}, 200},
		{"two headers are one list", "10.0.0.1", []string{"192.0.2.1", "10.0.0.2"}, 200},
		{"an IPv4 address is one address", "10.0.0.1", []string{"::ffff:192.0.2.1"}, 200},
		{"spaces do not matter", "10.0.0.1", []string{"  192.0.2.1\t"}, 200},
		{"a proxy outside the list is a caller", "10.0.1.1", []string{"192.0.2.1"}, 403},
		{"what a caller writes first is not believed", "10.0.0.1", []string{"192.0.2.1, 192.0.2.9"}, 403},
		{"what a caller writes first is not believed", "10.0.0.1", []string{"192.0.2.1", "192.0.2.9"}, 403},
		{"what a caller writes first is not believed", "10.0.0.1", []string{"192.0.2.1, 10.0.0.2, 192.0.2.9"}, 403},
		{"a proxy is no caller", "10.0.0.1", nil, 403},
		{"a proxy is no caller", "10.0.0.1", []string{""}, 403},
		{"a proxy is no caller", "10.0.0.1", []string{","}, 403},
		{"an address has no leading zeros", "10.0.0.1", []string{"192.0.2.01"}, 403},
		{"an address has no leading zeros", "10.0.0.1", []string{"192.000.002.001"}, 403},
		{"an address has four decimal numbers", "10.0.0.1", []string{"0xC0000201"}, 403},
		{"an address has four decimal numbers", "10.0.0.1", []string{"3221225985"}, 403},
		{"an address has four decimal numbers", "10.0.0.1", []string{"192.0.513"}, 403},
		{"an address has no port", "10.0.0.1", []string{"192.0.2.1:443"}, 403},
		{"an address has no port", "10.0.0.1", []string{"[::ffff:192.0.2.1]:443"}, 403},
		{"an address has no brackets", "10.0.0.1", []string{"[::ffff:192.0.2.1]"}, 403},
		{"an address has no zone", "10.0.0.1", []string{"::ffff:192.0.2.1%eth0"}, 403},
		{"an address has no zone", "10.0.0.1", []string{"192.0.2.1%eth0"}, 403},
		{"an address is no range", "10.0.0.1", []string{"192.0.2.1/32"}, 403},
		{"an address is no name", "10.0.0.1", []string{"localhost"}, 403},
		{"digits are ASCII", "10.0.0.1", []string{"１９２.0.2.1"}, 403},
		{"what cannot be read ends the list", "10.0.0.1", []string{"192.0.2.1, unknown"}, 403},
		{"what cannot be read ends the list", "10.0.0.1", []string{"192.0.2.1,, 10.0.0.2"}, 403},
	} {
		var header []string
		for _, f := range step.forwarded {
			header = append(header, "X-Forwarded-For", f)
		}
		t.Run(fmt.Sprintf("%s/from %s with %q", step.defends, step.from, step.forwarded), func(t *testing.T) {
			if got := use(t, step.from, header...); got != step.want {
				t.Errorf("the call gets %d, want %d", got, step.want)
			}
		})
	}
	if got := use(t, "10.0.0.1", "X-Forwarded-For", strings.Repeat("10.0.0.1,", 5000)+"10.0.0.1"); got != 403 {
		t.Errorf("a list may be long: the call gets %d, want 403", got)
	}
	if got := use(t, "10.0.0.1", "X-Real-IP", "192.0.2.1"); got != 403 {
		t.Errorf("of a proxy's headers one counts: X-Real-IP gets %d, want 403", got)
	}
}

// TestAnACLTakesPlainIPv4AddressesAlone puts what is no single IPv4 address on an IP ACL and takes it
// off.
func TestAnACLTakesPlainIPv4AddressesAlone(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.do(http.MethodPost, "/tag/acl", `{"ipList":["192.0.2.1"]}`)
	state := r.exported()
	for _, text := range []string{
		`""`, `" 192.0.2.1"`, `"192.0.2.1 "`, `"192.0.2.01"`, `"192.0.2.001"`, `"0300.0.2.1"`, `"0xc0.0.2.1"`, `"3221225985"`, `"192.0.513"`, `"192.0.2.1."`, `".192.0.2.1"`, `"192.0.2"`, `"192.0.2.1.1"`, `"192.0.2.256"`,
		`"192.0.2.-1"`, `"192.0.2.+1"`, `"::ffff:192.0.2.1"`, `"::1"`, `"fe80::1%eth0"`, `"192.0.2.1%eth0"`, `"192.0.2.1:80"`, `"[192.0.2.1]"`, `"192.0.2.1/32"`, `"192.0.2.0/24"`, `"192.0.2.1-192.0.2.9"`, `"192.0.2.*"`, `"*"`,
		`"localhost"`, `"192.0.2.1,192.0.2.2"`, `"192.0.2.1\u0000"`, `"192.0.2.1\n"`, `"１９２.0.2.1"`, `null`, `1`, `true`, `["192.0.2.1"]`, `{}`,
	} {
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			t.Run(method+"/"+text, func(t *testing.T) {
				status, answer := r.in(t).do(method, "/tag/acl", `{"ipList":["192.0.2.7",`+text+`]}`)
				if status != 400 {
					t.Errorf("%d %s, want 400: an IP ACL takes single IPv4 addresses in their one spelling", status, answer)
				}
				state = r.in(t).unchanged(state)
			})
		}
	}
}

// several is a token with headers beside it: names and values in turn, a name more than once where
// wanted.
type several struct {
	token  target.Token
	header []string
}

func (s several) Authorize(r *http.Request, now time.Time) {
	s.token.Authorize(r, now)
	for pair := range slices.Chunk(s.header, 2) {
		r.Header.Add(pair[0], pair[1])
	}
}
