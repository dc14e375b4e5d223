package reference

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// accessRoutes are the calls of the Sub Account API that govern from where an account may call
// (management-subaccount-getapiaccessrule, -putapiaccessrule).
type accessRoutes struct{ get, put *operation }

func newAccessRoutes() accessRoutes {
	plain := func(data any) any { return data }
	return accessRoutes{
		get: &operation{op: kms.GetAccessRule, auth: byAccount, signature: 2, envelope: plain, do: bodyless(getAccessRule)},
		put: &operation{op: kms.PutAccessRule, auth: byAccount, signature: 2, envelope: plain, do: putAccessRule},
	}
}

func accessOps() []kms.Op { return []kms.Op{kms.GetAccessRule, kms.PutAccessRule} }

// match implements matcher. What stands for {keyTag} is the account's id.
func (a accessRoutes) match(method, path string) (op *operation, id, _ string) {
	rest, ok := strings.CutPrefix(path, "/api/v1/sub-accounts/")
	id, tail, cut := strings.Cut(rest, "/")
	if !ok || !cut || id == "" || tail != "access-rules/api" {
		return nil, "", ""
	}
	switch method {
	case http.MethodGet:
		return a.get, id, ""
	case http.MethodPut:
		return a.put, id, ""
	}
	return nil, "", ""
}

// An AccessRule says from where an account may call, as the Sub Account API and a state file have it.
type AccessRule struct {
	Use     *bool          `json:"useApiAllowSource" yaml:"useApiAllowSource"` // true: from Sources alone
	Sources []AccessSource `json:"apiAllowSources" yaml:"apiAllowSources"`
}

// An AccessSource is where calls may come from.
type AccessSource struct {
	Type   string `json:"type" yaml:"type"`     // IP, or VPC or VPC_SERVER, from which no caller of this service comes
	Source string `json:"source" yaml:"source"` // for IP an address or a range such as 10.0.0.0/8
}

func wireRule(r kms.AccessRule) AccessRule {
	out := AccessRule{Use: &r.On, Sources: make([]AccessSource, len(r.Sources))}
	for i, s := range r.Sources {
		out.Sources[i] = AccessSource{s.Kind, s.Value}
	}
	return out
}

// rule checks a rule from the wire. One that is on and lists nothing is refused: nobody could call
// (gov-iam-v2-sub-account-updateapiaccessrule).
func (in *AccessRule) rule() (kms.AccessRule, *kms.Refusal) {
	if in.Use == nil {
		return kms.AccessRule{}, kms.MissingField("useApiAllowSource")
	}
	out := kms.AccessRule{On: *in.Use}
	if out.On && len(in.Sources) == 0 {
		return out, kms.BadField("apiAllowSources", "a rule that is on needs a source")
	}
	for i, s := range in.Sources {
		source, err := s.source()
		if err != nil {
			return out, kms.BadField(fmt.Sprintf("apiAllowSources/%d", i), "%s", err)
		}
		out.Sources = append(out.Sources, source)
	}
	return out, nil
}

func (s AccessSource) source() (kms.Source, error) {
	out := kms.Source{Kind: s.Type, Value: s.Source}
	switch s.Type {
	case "IP":
		prefix, err := netip.ParsePrefix(s.Source)
		if addr, single := netip.ParseAddr(s.Source); single == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || prefix.Addr().Zone() != "" || prefix.Addr().Is4In6() {
			return out, fmt.Errorf("source is neither an address nor a range such as 10.0.0.0/8")
		}
		out.Prefix = prefix.Masked()
	case "VPC", "VPC_SERVER":
		if s.Source == "" {
			return out, fmt.Errorf("source is missing")
		}
	default:
		return out, fmt.Errorf("type is none of IP, VPC, VPC_SERVER")
	}
	return out, nil
}

// governed returns the account of a world that an access rule call is about.
func (c *call) governed(w *world) (*kms.Account, *kms.Refusal) {
	if a := w.ids[c.tag]; a != nil {
		return a, nil
	}
	return nil, &kms.Refusal{Reason: kms.NoAccount, Detail: "there is no account with this id"}
}

// getAccessRule is GET /api/v1/sub-accounts/{subAccountId}/access-rules/api.
func getAccessRule(c *call) (any, error) {
	a, bad := c.governed(c.world)
	if bad != nil {
		return nil, bad
	}
	return wireRule(a.Access()), nil
}

// putAccessRule is PUT /api/v1/sub-accounts/{subAccountId}/access-rules/api. It replaces the rule whole. A state that
// was put since the call came has the accounts now.
func putAccessRule(c *call) (any, error) {
	if _, bad := c.governed(c.world); bad != nil {
		return nil, bad
	}
	var in AccessRule
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	rule, bad := in.rule()
	if bad != nil {
		return nil, bad
	}
	c.service.changing.Lock()
	defer c.service.changing.Unlock()
	a, bad := c.governed(c.service.world.Load())
	if bad != nil {
		return nil, bad
	}
	a.SetAccess(rule)
	return wireRule(rule), nil
}

// administer refuses accounts that do not administer others.
func (c *call) administer() error {
	if c.caller.Account.Standing().Policy != kms.PolicyAdministrator {
		return &kms.Refusal{Reason: kms.NoPermission, Detail: "the account is no " + string(kms.PolicyAdministrator)}
	}
	return nil
}
