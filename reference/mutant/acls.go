package mutant

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// admits is what decides about a token call by the key's IP ACL.
type admits = func(acl kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool

// acl returns a flaw that changes what the IP ACL admits.
func acl(change func(right admits) admits) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Admits = change(r.Admits) })
}

func acls() []Mutant {
	return []Mutant{
		{Name: "acl-default-allow", Flaw: "An IP ACL without addresses allows everybody.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				return len(a.Allowed) == 0 || right(a, c, from, now)
			}
		})},
		{Name: "acl-ignored", Flaw: "The IP ACL is not looked at.", Apply: acl(func(admits) admits {
			return func(kms.ACL, kms.Claims, netip.Addr, time.Time) bool { return true }
		})},
		{Name: "acl-spares-older-tokens", Flaw: "Tokens issued before the IP ACL was switched on are not checked.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				return c.IssuedAt.Before(a.EnabledAt) || right(a, c, from, now)
			}
		})},
		{Name: "acl-spares-renewal", Flaw: "Refresh tokens are not checked against the IP ACL.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				return c.Kind == kms.Refresh || right(a, c, from, now)
			}
		})},
		{Name: "acl-goes-off", Flaw: "The IP ACL is switched off by itself after a minute.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				return now.Sub(a.EnabledAt) >= time.Minute || right(a, c, from, now)
			}
		})},
		{Name: "acl-deletion-late", Flaw: "A deleted address is let in for another minute.", Apply: slowly(http.MethodDelete)},
		{Name: "acl-addition-late", Flaw: "An address is let in only a minute after it was added.", Apply: slowly(http.MethodPost)},
		{Name: "acl-one-for-all", Flaw: "Each address that one key allows is allowed on every key.", Apply: acl(func(right admits) admits {
			return (&pooled{right: right}).admits
		})},
		{Name: "acl-on-for-all", Flaw: "Switching one key's IP ACL on denies the tokens of every key.", Apply: acl(func(right admits) admits {
			return (&infectious{right: right}).admits
		})},
		{Name: "acl-deny-when-off", Flaw: "An IP ACL that is off denies whom it does not list.", Apply: acl(func(admits) admits {
			return func(a kms.ACL, _ kms.Claims, from netip.Addr, _ time.Time) bool {
				return a.EnabledAt.IsZero() || a.Lists(from)
			}
		})},
		{Name: "acl-prefix", Flaw: "An allowed address lets its whole /24 in.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				return right(a, c, from, now) || slices.ContainsFunc(a.Allowed, func(l netip.Prefix) bool {
					p, err := l.Addr().Prefix(24)
					return err == nil && p.Contains(from)
				})
			}
		})},
		{Name: "acl-first-only", Flaw: "Of several allowed addresses only the first is let in.", Apply: acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				a.Allowed = a.Allowed[:min(1, len(a.Allowed))]
				return right(a, c, from, now)
			}
		})},
		{Name: "acl-on-at-first", Flaw: "The IP ACL of a new key is on.", Apply: acl(func(admits) admits {
			return func(a kms.ACL, _ kms.Claims, from netip.Addr, _ time.Time) bool {
				return a.Lists(from)
			}
		})},
		{Name: "acl-judges-accounts", Flaw: "The IP ACL judges calls of accounts as well.", Apply: rules(func(r *kms.Rules) {
			r.Judged = func(kms.Caller, kms.Op) bool { return true }
		})},
		{Name: "acl-takes-networks", Flaw: "A network is taken for an address.", Apply: asks("POST /{keyTag}/acl", members(func(m map[string]any) {
			list, _ := m["ipList"].([]any)
			for i, item := range list {
				if text, ok := item.(string); ok {
					list[i], _, _ = strings.Cut(text, "/")
				}
			}
		}))},
		{Name: "acl-takes-ipv6", Flaw: "IPv6 addresses are listed as well.", Apply: rules(func(r *kms.Rules) {
			right := r.Address
			r.Address = func(text string) (netip.Prefix, error) {
				if a, err := netip.ParseAddr(text); err == nil {
					return kms.Single(a), nil
				}
				return right(text)
			}
		})},
		{Name: "acl-takes-hosts", Flaw: "What is no address is looked for on this machine and listed as 127.0.0.1.", Apply: rules(func(r *kms.Rules) {
			right := r.Address
			r.Address = func(text string) (netip.Prefix, error) {
				if a, err := right(text); err == nil {
					return a, nil
				}
				return kms.Single(netip.AddrFrom4([4]byte{127, 0, 0, 1})), nil
			}
		})},
		{Name: "acl-answers-nothing", Flaw: "Adding an address answers with an empty list.", Apply: answers("POST /{keyTag}/acl", set("allowedIpList", []string{}))},
		{Name: "acl-takes-one-of-list", Flaw: "Of several addresses in one call the first is added.", Apply: asks("POST /{keyTag}/acl", members(func(m map[string]any) {
			if list, _ := m["ipList"].([]any); len(list) > 1 {
				m["ipList"] = list[:1]
			}
		}))},
		{Name: "acl-takes-what-it-can", Flaw: "Of several addresses in one call those that are none are left out.", Apply: asks("POST /{keyTag}/acl", members(func(m map[string]any) {
			list, _ := m["ipList"].([]any)
			m["ipList"] = slices.DeleteFunc(list, func(item any) bool {
				text, _ := item.(string)
				_, err := netip.ParseAddr(text)
				return err != nil && len(list) > 1
			})
		}))},
		{Name: "acl-list-made-up", Flaw: "Where no list of addresses is given, it is one of an address.", Apply: func(o *reference.Options) {
			for _, route := range []string{"POST /{keyTag}/acl", "DELETE /{keyTag}/acl"} {
				asks(route, members(func(m map[string]any) {
					if _, given := m["ipList"]; !given {
						m["ipList"] = []string{"192.0.2.200"}
					}
				}))(o)
			}
		}},
		{Name: "acl-takes-nothing", Flaw: "To add nothing is accepted.", Apply: asks("POST /{keyTag}/acl", members(func(m map[string]any) {
			if list, ok := m["ipList"].([]any); ok && len(list) == 0 {
				m["ipList"] = []string{"192.0.2.250"}
			}
		}))},
		{Name: "acl-deletes-all", Flaw: "To delete an address that is not listed empties the list.", Apply: inPlace(reference.API20, deletesAll)},
		{Name: "acl-switched-unseen", Flaw: "Switching the IP ACL on is answered as if it were off.", Apply: answers("POST /{keyTag}/acl/enable", set("isAclEnabled", false))},
		{Name: "acl-told-without-key", Flaw: "The IP ACL of a key is told without the key.", Apply: answers("GET /{keyTag}/acl", set("keyTag", nil))},
		{Name: "acl-told-off", Flaw: "An IP ACL that is on is told as off.", Apply: answers("GET /{keyTag}/acl", set("isAclEnabled", false))},
		{Name: "acl-off-empties", Flaw: "Switching the IP ACL off empties its list.", Apply: inPlace(reference.API20, offEmpties)},
		{Name: "acl-toggles", Flaw: "Switching the IP ACL on where it is on switches it off.", Apply: inPlace(reference.API20, toggled)},
		{Name: "forwarded-for-believed", Flaw: "X-Forwarded-For is believed from anybody.", Apply: believing("X-Forwarded-For")},
		{Name: "real-ip-believed", Flaw: "X-Real-IP is believed from anybody.", Apply: believing("X-Real-Ip")},
		{Name: "forwarded-believed", Flaw: "Forwarded is believed from anybody.", Apply: believing("Forwarded")},
		{Name: "client-ip-believed", Flaw: "X-Client-IP is believed from anybody.", Apply: believing("X-Client-Ip")},
	}
}

// seat is an address on a key.
type seat struct {
	tag  string
	from netip.Addr
}

// slow keeps when an IP ACL was edited, by method and place on a list.
type slow struct {
	mu     sync.Mutex
	edited map[string]map[seat]time.Time
}

// slowly returns a flaw by which the edits of an IP ACL that method makes take a minute to act.
func slowly(method string) func(*reference.Options) {
	return func(o *reference.Options) {
		now := ownerOf(o).clock.Now
		s := &slow{edited: map[string]map[seat]time.Time{http.MethodPost: {}, http.MethodDelete: {}}}
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			if route == "POST /{keyTag}/acl" || route == "DELETE /{keyTag}/acl" {
				s.note(r, now())
			}
			next.ServeHTTP(w, r)
		})(o)
		acl(func(right admits) admits {
			return func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
				at, ok := s.at(method, seat{c.KeyTag, from})
				if a.Enabled && ok && now.Sub(at) < time.Minute {
					return method == http.MethodDelete
				}
				return right(a, c, from, now)
			}
		})(o)
	}
}

// note keeps the addresses of an edit. A deletion counts only of what was added.
func (s *slow) note(r *http.Request, now time.Time) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var in struct {
		List []netip.Addr `json:"ipList"`
	}
	if json.Unmarshal(body, &in) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range in.List {
		at := seat{keyOf(r), a}
		if _, added := s.edited[http.MethodPost][at]; added || r.Method == http.MethodPost {
			s.edited[r.Method][at] = now
		}
	}
}

func (s *slow) at(method string, place seat) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.edited[method][place]
	return at, ok
}

// pooled forgets which key an address was allowed on.
type pooled struct {
	right admits
	mu    sync.Mutex
	seen  []netip.Prefix
}

func (p *pooled) admits(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, a.Allowed...)
	return p.right(a, c, from, now) || kms.ACL{Allowed: p.seen}.Lists(from)
}

// infectious denies everybody as soon as it has seen an IP ACL that is on.
type infectious struct {
	right admits
	mu    sync.Mutex
	on    bool
}

func (i *infectious) admits(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.on = i.on || a.Enabled
	a.Enabled = i.on
	return i.right(a, c, from, now)
}

// believing returns a flaw that takes the caller's address from a header.
func believing(header string) func(*reference.Options) {
	return func(o *reference.Options) {
		o.Peer = func(r *http.Request) netip.Addr {
			text, _, _ := strings.Cut(r.Header.Get(header), ",")
			text, _, _ = strings.Cut(text, ";")
			text = strings.Trim(strings.TrimPrefix(strings.TrimSpace(text), "for="), `"[]`)
			if a, err := netip.ParseAddr(text); err == nil {
				return a.Unmap()
			}
			p, _ := netip.ParseAddrPort(r.RemoteAddr)
			return p.Addr().Unmap()
		}
	}
}

// toggled switches an IP ACL off that is on and is switched on.
func toggled(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	on := route == "POST /{keyTag}/acl/enable" && bytes.Contains(o.about(next, r, http.MethodGet, "/acl").body.Bytes(), []byte(`"isAclEnabled":true`))
	c := capture(next, r)
	if on && c.ok() {
		o.about(next, r, http.MethodPost, "/acl/disable")
	}
	c.send(w)
}
