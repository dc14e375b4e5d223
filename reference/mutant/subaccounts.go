package mutant

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func subAccounts() []Mutant {
	return []Mutant{
		{Name: "manager-looks-only", Flaw: "An account with the policy NCP_KMS_MANAGER may only look.", Apply: policy(kms.PolicyKMSManager, kms.Viewer())},
		{Name: "infra-looks-only", Flaw: "An account with the policy NCP_INFRA_MANAGER may only look.", Apply: policy(kms.PolicyInfraManager, kms.Viewer())},
		{Name: "administrator-looks-only", Flaw: "An account with the policy NCP_ADMINISTRATOR may only look.", Apply: administratorLooksOnly},
		{Name: "finance-looks", Flaw: "An account with the policy NCP_FINANCE_MANAGER may look.", Apply: policy(kms.PolicyFinanceManager, kms.Viewer())},
		{Name: "finance-manages", Flaw: "An account with the policy NCP_FINANCE_MANAGER may do everything.", Apply: policy(kms.PolicyFinanceManager, kms.Manager())},
		{Name: "access-rule-shuts-all-out", Flaw: "While an access rule is on, it lets nobody in.", Apply: sourcesBy(func(judge) judge {
			return func(r kms.AccessRule, _ netip.Addr) bool { return !r.On }
		})},
		{Name: "access-rule-ignored", Flaw: "An access rule lets everybody in.", Apply: sourcesBy(func(judge) judge {
			return func(kms.AccessRule, netip.Addr) bool { return true }
		})},
		{Name: "access-rule-without-ranges", Flaw: "A range in an access rule lets nobody in.", Apply: sourcesBy(func(right judge) judge {
			return func(r kms.AccessRule, from netip.Addr) bool {
				r.Sources = slices.DeleteFunc(slices.Clone(r.Sources), func(s kms.Source) bool { return !s.Prefix.IsSingleIP() })
				return right(r, from)
			}
		})},
		{Name: "access-rule-of-networks", Flaw: "An address in an access rule lets its whole /24 in.", Apply: sourcesBy(func(right judge) judge {
			return func(r kms.AccessRule, from netip.Addr) bool {
				r.Sources = slices.Clone(r.Sources)
				for i, s := range r.Sources {
					r.Sources[i].Prefix, _ = s.Prefix.Addr().Prefix(min(24, s.Prefix.Bits()))
				}
				return right(r, from)
			}
		})},
		{Name: "access-rule-adds", Flaw: "An access rule lets in whom an earlier one did.", Apply: sourcesBy(remembersSources)},
		{Name: "access-rule-stays-on", Flaw: "An access rule that is switched off goes on.", Apply: sourcesBy(func(right judge) judge {
			return func(r kms.AccessRule, from netip.Addr) bool {
				r.On = r.On || len(r.Sources) > 0
				return right(r, from)
			}
		})},
		{Name: "access-rule-for-all", Flaw: "Who shuts one account out shuts all out.", Apply: sourcesBy(shutsAllOut)},
		{Name: "access-rule-judges-tokens", Flaw: "An access rule judges tokens as well.", Apply: judgesTokens},
		{Name: "access-rule-mended", Flaw: "What is wrong in an access rule is left out.", Apply: setsRule(func(m map[string]any) {
			if _, ok := m["useApiAllowSource"]; !ok || strange(m) {
				m["useApiAllowSource"], m["apiAllowSources"] = false, []any{}
			}
		})},
		{Name: "access-rule-of-addresses", Flaw: "An access rule that lists anything but addresses is refused.", Apply: setsRule(func(m map[string]any) {
			if sources, _ := json.Marshal(m["apiAllowSources"]); strings.Contains(string(sources), `"VPC`) {
				delete(m, "useApiAllowSource")
			}
		})},
		{Name: "access-rule-of-nobody", Flaw: "An access rule that lists nobody is taken.", Apply: setsRule(func(m map[string]any) {
			if list, _ := m["apiAllowSources"].([]any); len(list) == 0 {
				m["apiAllowSources"] = []any{map[string]any{"type": "VPC", "source": "none"}}
			}
		})},
		{Name: "access-rule-told-off", Flaw: "An access rule is told as switched off.", Apply: answersOf(reference.SubAccount, "", set("useApiAllowSource", false))},
		{Name: "access-rule-forbids", Flaw: "Who is shut out by its access rule is forbidden (403).", Apply: func(o *reference.Options) {
			o.Dialect.Answers = map[kms.Reason]reference.Answer{kms.DeniedSource: {Status: http.StatusForbidden, Code: "FORBIDDEN", Message: "Forbidden"}}
		}},
		{Name: "access-rule-by-anybody", Flaw: "Any account sets access rules.", Apply: asOwner(reference.SubAccount, func(r *http.Request, _ string) bool { return isSigned(r) })},
	}
}

// policy returns a flaw in what a policy permits.
func policy(of kms.Policy, may []kms.Permission) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Policies[of] = may })
}

// administratorLooksOnly leaves the owner what it needs to make keys, by another policy.
func administratorLooksOnly(o *reference.Options) {
	ownerOf(o)
	o.Accounts = slices.Clone(o.Accounts)
	o.Accounts[0].Policy = kms.PolicyInfraManager
	policy(kms.PolicyAdministrator, kms.Viewer())(o)
}

// judge is a decision by an access rule.
type judge = func(kms.AccessRule, netip.Addr) bool

// sourcesBy returns a flaw in how access rules are read.
func sourcesBy(flaw func(right judge) judge) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.AdmitsSource = flaw(r.AdmitsSource) })
}

func remembersSources(right judge) judge {
	var mu sync.Mutex
	var seen []kms.Source
	return func(r kms.AccessRule, from netip.Addr) bool {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Sources...)
		r.Sources = slices.Clone(seen)
		return right(r, from)
	}
}

func shutsAllOut(right judge) judge {
	var mu sync.Mutex
	var on kms.AccessRule
	return func(r kms.AccessRule, from netip.Addr) bool {
		mu.Lock()
		defer mu.Unlock()
		if r.On {
			on = r
		}
		return right(r, from) && right(on, from)
	}
}

// judgesTokens holds the rule that was looked at last against the bearers of tokens.
func judgesTokens(o *reference.Options) {
	rules(func(r *kms.Rules) {
		var mu sync.Mutex
		var on kms.AccessRule
		rule, acl := r.AdmitsSource, r.Admits
		r.AdmitsSource = func(a kms.AccessRule, from netip.Addr) bool {
			mu.Lock()
			defer mu.Unlock()
			if a.On {
				on = a
			}
			return rule(a, from)
		}
		r.Admits = func(a kms.ACL, c kms.Claims, from netip.Addr, now time.Time) bool {
			mu.Lock()
			defer mu.Unlock()
			return acl(a, c, from, now) && rule(on, from)
		}
	})(o)
}

// setsRule returns a flaw in how an access rule that is set is read.
func setsRule(change func(map[string]any)) func(*reference.Options) {
	return before(reference.SubAccount, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		if r.Method == http.MethodPut {
			r = rewritten(r, members(change))
		}
		next.ServeHTTP(w, r)
	})
}

// strange reports a source of no known type, or of no address.
func strange(rule map[string]any) bool {
	list, _ := rule["apiAllowSources"].([]any)
	return slices.ContainsFunc(list, func(item any) bool {
		source, _ := item.(map[string]any)
		at, _ := source["source"].(string)
		_, bad := netip.ParsePrefix(at)
		_, worse := netip.ParseAddr(at)
		return source["type"] != "IP" || bad != nil && worse != nil
	})
}
