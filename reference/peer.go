package reference

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
)

// proxied returns a Peer that believes X-Forwarded-For from trusted peers alone.
func proxied(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	if len(trusted) == 0 {
		return tcpPeer
	}
	within := func(a netip.Addr) bool {
		for _, p := range trusted {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) netip.Addr {
		addr := tcpPeer(r)
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0 && within(addr); i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil || hop.Zone() != "" {
				break
			}
			addr = hop.Unmap()
		}
		return addr
	}
}

// tcpPeer returns the address at the other end of the connection; an IPv4 address mapped into IPv6
// is that IPv4 address.
func tcpPeer(r *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap().WithZone("")
}

// ParseProxy reads whose X-Forwarded-For is believed: an address, or a network such as 10.0.0.0/8. An IPv4 address
// mapped into IPv6 it refuses, as peers are never seen under one.
func ParseProxy(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if addr, single := netip.ParseAddr(text); single == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if err != nil || prefix.Addr().Is4In6() || prefix.Addr().Zone() != "" {
		return netip.Prefix{}, errors.New("want an address, or a network such as 10.0.0.0/8")
	}
	return prefix.Masked(), nil
}
