package kms

import (
	"net/netip"
	"slices"
	"time"
)

// ACL is the list of addresses that may use a key's tokens. While it is enabled, what it does not
// list is denied.
type ACL struct {
	EnabledAt time.Time // when it was last switched on
	Enabled   bool
	// Allowed are single addresses, which are prefixes as long as can be.
	Allowed []netip.Prefix
}

// Lists reports whether the list has the address, whether or not it is enabled.
func (a ACL) Lists(from netip.Addr) bool {
	return slices.ContainsFunc(a.Allowed, func(p netip.Prefix) bool { return p.Contains(from) })
}

// Single returns the prefix that holds one address and no other.
func Single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// ACL returns a copy of the key's IP ACL.
func (k *Key) ACL() ACL {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.seen().acl
}

// SwitchACL turns the IP ACL on or off. It keeps the list either way.
func (k *Key) SwitchACL(on bool, now time.Time) (ACL, *Refusal) {
	op := DisableACL
	if on {
		op = EnableACL
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return ACL{}, bad
	}
	if on == k.acl.Enabled && k.rules.RefuseIdleACL {
		return ACL{}, refuse(ACLState, "the IP ACL is switched so already")
	}
	k.change(now)
	if on && !k.acl.Enabled {
		k.acl.EnabledAt = now
	}
	k.acl.Enabled = on
	if !on && k.rules.ACLForgets {
		k.acl.Allowed = nil
	}
	return k.acl, nil
}

// AddACL adds addresses to the IP ACL; those that it lists already change nothing.
func (k *Key) AddACL(items []netip.Prefix, now time.Time) (ACL, *Refusal) {
	return k.editACL(AddACL, len(items), now, func(list []netip.Prefix) []netip.Prefix {
		for _, p := range items {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
		return list
	})
}

// DeleteACL takes addresses off the IP ACL; those that it does not list change nothing.
func (k *Key) DeleteACL(items []netip.Prefix, now time.Time) (ACL, *Refusal) {
	return k.editACL(DeleteACL, len(items), now, func(list []netip.Prefix) []netip.Prefix {
		return slices.DeleteFunc(list, func(p netip.Prefix) bool { return slices.Contains(items, p) })
	})
}

// editACL edits the list by an edit that is about so many items.
func (k *Key) editACL(op Op, items int, now time.Time, edit func([]netip.Prefix) []netip.Prefix) (ACL, *Refusal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return ACL{}, bad
	}
	list := edit(slices.Clone(k.acl.Allowed))
	if bad := k.rules.checkEdit(k.acl, list, items); bad != nil {
		return ACL{}, bad
	}
	k.change(now)
	k.acl.Allowed = k.beside(list)
	return k.acl, nil
}

// beside returns a list of one address where the rest of the key lies, if no list lay there before: who got that may
// still read it.
func (b *body) beside(list []netip.Prefix) []netip.Prefix {
	if len(list) != 1 || b.single[0].IsValid() {
		return list
	}
	b.single[0] = list[0]
	return b.single[:]
}

// checkEdit refuses what the dialects refuse that are stricter about an IP ACL: to edit acl to list by an edit
// about so many items.
func (r *Rules) checkEdit(acl ACL, list []netip.Prefix, items int) *Refusal {
	grown := len(list) - len(acl.Allowed)
	switch {
	case r.RefuseOffACL && !acl.Enabled:
		return refuse(ACLState, "the IP ACL is off")
	case r.RefuseIdleACL && max(grown, -grown) != items:
		return refuse(ACLState, "an address is listed already, or is not listed")
	case r.MaxAllowed > 0 && grown > 0 && len(list) > r.MaxAllowed:
		return BadField("ipList", "%d addresses; at most %d are listed", len(list), r.MaxAllowed)
	}
	return nil
}
