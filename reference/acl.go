package reference

import (
	"net/netip"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// switchACL is POST acl/enable and acl/disable (security-kms2-enable-ip-acl, -disable-ip-acl).
func switchACL(c *call) (any, error) {
	acl, bad := c.key.SwitchACL(c.op.op == kms.EnableACL, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag     string `json:"keyTag"`
		Enabled bool   `json:"isAclEnabled"`
	}{c.key.Tag(), acl.Enabled}, nil
}

// listACL is GET acl (security-kms2-acl-list).
func listACL(c *call) (any, error) {
	acl := c.key.ACL()
	return struct {
		Tag     string   `json:"keyTag"`
		Enabled bool     `json:"isAclEnabled"`
		Allowed []string `json:"allowedIpList"`
	}{c.key.Tag(), acl.Enabled, allowed(acl)}, nil
}

// editACL is POST acl and DELETE acl, both with a body (security-kms2-add-acl, -delete-acl).
func editACL(c *call) (any, error) {
	list, bad := sentList(c)
	if bad != nil {
		return nil, bad
	}
	addrs, bad := addresses(list, c.service.rules.Address)
	if bad != nil {
		return nil, bad
	}
	edit := c.key.AddACL
	if c.op.op == kms.DeleteACL {
		edit = c.key.DeleteACL
	}
	acl, bad := edit(addrs, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag     string   `json:"keyTag"`
		Allowed []string `json:"allowedIpList"`
	}{c.key.Tag(), allowed(acl)}, nil
}

// sentList reads a body with addresses. IpList, as one page spells it, is a member only of a dialect that takes it.
func sentList(c *call) ([]string, *kms.Refusal) {
	var in struct {
		List []string `json:"ipList"`
	}
	if !c.dialect().CapitalIPList {
		bad := c.decode(&in)
		return in.List, bad
	}
	var both struct {
		List    []string `json:"ipList"`
		Capital []string `json:"IpList"`
	}
	bad := c.decode(&both)
	return append(both.List, both.Capital...), bad
}

func allowed(acl kms.ACL) []string {
	out := make([]string, len(acl.Allowed))
	for i, p := range acl.Allowed {
		out[i] = item(p)
	}
	return out
}

// item is an item of an IP ACL in its one spelling. A network of one address is that address.
func item(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}
