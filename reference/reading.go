package reference

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// century is near enough to forever.
const century = 100 * 365 * 24 * time.Hour

// limits reports whether op counts against the rate limits.
func (d *Dialect) limits(op kms.Op) bool {
	if len(d.Limited) > 0 {
		return slices.Contains(d.Limited, op)
	}
	return slices.Contains(kms.Ciphers(), op)
}

// rules returns the rules as the dialect reads them.
func (d *Dialect) rules(r kms.Rules) kms.Rules {
	d.readCiphers(&r)
	d.readKeys(&r)
	d.readTokens(&r)
	d.readACLs(&r)
	return r
}

func (d *Dialect) readCiphers(r *kms.Rules) {
	r.Signs.PKCS1v15 = r.Signs.PKCS1v15 || d.PKCS1v15
	r.Signs.RawECDSA = r.Signs.RawECDSA || d.RawECDSA
	r.Signs.Prehashed = r.Signs.Prehashed || d.Prehashed
	r.RefuseContext = r.RefuseContext || d.RefuseContext
	r.ContextAsSent = r.ContextAsSent || d.ContextAsSent
	r.EmptyContext = r.EmptyContext || d.EmptyContext
	r.ContextNonce = r.ContextNonce || d.ContextNonce
	r.MaxPlaintext = cmp.Or(d.MaxPlaintext, r.MaxPlaintext)
	r.MaxData = cmp.Or(d.MaxData, r.MaxData)
	r.PerItem = r.PerItem || d.PerItem
	r.PartialBatches = r.PartialBatches || d.PartialBatches
	r.RefuseEmpty = r.RefuseEmpty || d.RefuseEmpty
	if d.CustomKeysAESOnly {
		r.Serves = maps.Clone(r.Serves)
		r.Serves[kms.RSA2048] = without(r.Serves[kms.RSA2048], kms.CreateCustomKey)
	}
}

func (d *Dialect) readKeys(r *kms.Rules) {
	r.MemoInBytes = r.MemoInBytes || d.MemoInBytes
	r.FreePendingNames = r.FreePendingNames || d.FreePendingNames
	r.SpentNames = r.SpentNames || d.SpentNames
	r.CaseBlindNames = r.CaseBlindNames || d.CaseBlindNames
	r.OneNamespace = r.OneNamespace || d.OneNamespace
	r.SampleTags = r.SampleTags || d.SampleTags
	r.MaxVersions = cmp.Or(d.VersionLimit, r.MaxVersions)
	r.PeriodResets = r.PeriodResets || d.PeriodResets
	r.MigrationRetires = r.MigrationRetires || d.MigrationRetires
	if d.IdleSucceeds {
		r.TakeIdle()
	}
	r.States = maps.Clone(r.States)
	for state, calls := range d.States {
		for op, taken := range calls {
			r.States[state] = without(r.States[state], op)
			if taken {
				r.States[state] = append(r.States[state], op)
			}
		}
	}
}

// without returns the operations but one.
func without(ops []kms.Op, one kms.Op) []kms.Op {
	return slices.DeleteFunc(slices.Clone(ops), func(op kms.Op) bool { return op == one })
}

func (d *Dialect) readTokens(r *kms.Rules) {
	r.CountSets = r.CountSets || d.CountSets
	r.KeepCount = r.KeepCount || d.KeepCount
	r.IdleCreators = r.IdleCreators || d.IdleCreators
	if d.FarUnlimited {
		r.Unlimited = century
	}
	if lives := r.Lives; d.Leeway > 0 {
		r.Lives = func(now, exp time.Time) bool { return lives(now.Add(-d.Leeway), exp) }
	}
}

func (d *Dialect) readACLs(r *kms.Rules) {
	r.RefuseIdleACL = r.RefuseIdleACL || d.RefuseIdleACL
	r.RefuseOffACL = r.RefuseOffACL || d.RefuseOffACL
	r.ACLForgets = r.ACLForgets || d.ACLForgets
	r.MaxAllowed = cmp.Or(d.MaxACLItems, r.MaxAllowed)
	if judged := r.Judged; d.JudgeIssue || d.SpareRenewals {
		r.Judged = func(c kms.Caller, op kms.Op) bool {
			spared := d.SpareRenewals && (op == kms.RenewTokenSet || op == kms.RenewAccessToken)
			return !spared && judged(c, op) || d.JudgeIssue && op == kms.CreateTokenSet
		}
	}
	if address := r.Address; d.ACLIPv6 || d.ACLNetworks {
		r.Address = func(text string) (netip.Prefix, error) {
			if p, err := address(text); err == nil {
				return p, nil
			}
			return d.item(text)
		}
	}
}

// item reads what an IP ACL lists beside single IPv4 addresses.
func (d *Dialect) item(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	taken := err == nil && d.ACLNetworks
	if a, alone := netip.ParseAddr(text); alone == nil {
		p, taken = kms.Single(a), d.ACLIPv6 && a.Zone() == ""
	}
	if !taken || p.Addr().Is6() && !d.ACLIPv6 || p.Addr().Is4In6() { // callers are matched by their IPv4 addresses
		return p, errors.New("it is not " + d.items())
	}
	if p != p.Masked() {
		return p, fmt.Errorf("it has bits beyond its network, which is %s", p.Masked())
	}
	return p, nil
}

// items says what an IP ACL lists.
func (d *Dialect) items() string {
	what := "a single IPv4 address"
	if d.ACLIPv6 {
		what = "a single IPv4 or IPv6 address"
	}
	if d.ACLNetworks {
		what += " or a network such as 10.0.0.0/8"
	}
	return what
}
