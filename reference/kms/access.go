package kms

import (
	"net/netip"
	"slices"
)

// The operations of the Sub Account API that the service has. They are no operations of the KMS.
const (
	GetAccessRule Op = "get-api-access-rule"
	PutAccessRule Op = "put-api-access-rule"
)

// A Source is where calls of an account may come from (management-subaccount-putapiaccessrule).
type Source struct {
	Kind  string // IP, VPC or VPC_SERVER
	Value string // as it was given
	// Prefix are the addresses of an IP source. Other kinds have none: no caller of this service
	// comes from a VPC.
	Prefix netip.Prefix
}

// An AccessRule says from where an account may call. While it is on, what it does not list is
// refused. The zero value refuses nothing.
type AccessRule struct {
	On      bool
	Sources []Source // is replaced, never changed
}

// admits is the documented decision.
func (r AccessRule) admits(from netip.Addr) bool {
	return !r.On || slices.ContainsFunc(r.Sources, func(s Source) bool { return s.Prefix.Contains(from) })
}

// Access returns the account's access rule.
func (a *Account) Access() AccessRule {
	if r := a.access.Load(); r != nil {
		return *r
	}
	return AccessRule{}
}

// SetAccess replaces the account's access rule.
func (a *Account) SetAccess(r AccessRule) { a.access.Store(&r) }

// CheckSource refuses an account that calls from where its access rule does not allow it.
func (r *Rules) CheckSource(a *Account, from netip.Addr) *Refusal {
	if !r.AdmitsSource(a.Access(), from) {
		return refuse(DeniedSource, "the account's access rule does not list the caller's address")
	}
	return nil
}
