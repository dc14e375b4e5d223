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
	var in struct {
		List    []string `json:"ipList"`
		Capital []string `json:"IpList"` // so spelt on one page
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if c.dialect().CapitalIPList {
		in.List = append(in.List, in.Capital...)
	}
	addrs, bad := addresses(in.List, c.service.rules.Address)
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

func allowed(acl kms.ACL) []string {
	out := make([]string, len(acl.Allowed))
	for i, p := range acl.Allowed {
		out[i] = item(p)
	}
	return out
}

// item is an item of an IP ACL as it was sent: a single address, or the network that a dialect takes.
func item(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}
