package kms

import "slices"

// A Standing is what of an account can change while it calls.
type Standing struct {
	Policy      Policy
	Permissions []Permission // by Policy, on every key
	Grants      []Grant
	NoGateway   bool // it was not given access by API Gateway
}

// A Grant is a policy that was defined in Sub Account: it permits some calls on some keys
// (kms-subaccount).
type Grant struct {
	Name        string
	Permissions []Permission
	Keys        []string // tags; nil: every key
}

// on is what the policy permits on the key with the tag.
func (g Grant) on(tag string) []Permission {
	if g.Keys != nil && !slices.Contains(g.Keys, tag) {
		return nil
	}
	return g.Permissions
}

// Standing returns how the account stands. Its lists are not to be changed.
func (a *Account) Standing() Standing {
	if s := a.standing.Load(); s != nil {
		return *s
	}
	return Standing{}
}

// SetStanding replaces how the account stands, for the calls that come.
func (a *Account) SetStanding(s Standing) { a.standing.Store(&s) }

// CheckGateway refuses an account that was not given access by API Gateway.
func (r *Rules) CheckGateway(a *Account) *Refusal {
	if !r.ByGateway(a.Standing()) {
		return refuse(NoGateway, "the account was not given access by API Gateway")
	}
	return nil
}

// May reports whether an account may do op on the key with the tag, which is empty for a key that is yet
// to be made.
func (r *Rules) May(a *Account, op Op, tag string) bool {
	s := a.Standing()
	return Permits(s.Permissions, op) || slices.ContainsFunc(s.Grants, func(g Grant) bool {
		return Permits(r.Granted(g, tag), op)
	})
}

// MayAny reports whether there may be a key on which the account may do op.
func (r *Rules) MayAny(a *Account, op Op) bool {
	return r.May(a, op, "") || slices.ContainsFunc(a.Standing().Grants, func(g Grant) bool {
		return slices.ContainsFunc(g.Keys, func(tag string) bool { return Permits(r.Granted(g, tag), op) })
	})
}

// holds reports whether a caller may do op on the key with the tag.
func (r *Rules) holds(c Caller, op Op, tag string) bool {
	if c.Account != nil {
		return r.May(c.Account, op, tag)
	}
	return Permits(c.Claims.Permissions, op)
}

// Held returns what of an account's permissions on a key goes into its tokens, in the order in which
// tokens carry them.
func (r *Rules) Held(a *Account, tag string) []Permission {
	s := a.Standing()
	if len(s.Grants) == 0 {
		return Carried(s.Permissions)
	}
	return slices.DeleteFunc(Carried(Manager()), func(p Permission) bool {
		return !slices.Contains(s.Permissions, p) && !slices.ContainsFunc(s.Grants, func(g Grant) bool {
			return slices.Contains(r.Granted(g, tag), p)
		})
	})
}
