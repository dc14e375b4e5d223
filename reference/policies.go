package reference

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A UserPolicy is a policy that was defined in Sub Account: it permits some operations on some keys
// (kms-subaccount). The documents do not name the actions; these are the names of our operations.
type UserPolicy struct {
	Name    string   `yaml:"name" json:"name"`
	Actions []kms.Op `yaml:"actions" json:"actions"`               // such as encrypt
	Keys    []string `yaml:"keys,omitempty" json:"keys,omitempty"` // tags; missing: every key, also those to come
}

// Encryptor returns the policies of an account that may encrypt with every key and ask for tokens, and
// nothing else.
func Encryptor() []UserPolicy {
	return []UserPolicy{{Name: "encrypt", Actions: []kms.Op{kms.Encrypt, kms.CreateTokenSet, kms.RenewTokenSet, kms.RenewAccessToken}}}
}

// standing reads what an account may do.
func (a Account) standing(rules *kms.Rules) (kms.Standing, error) {
	policy := cmp.Or(a.Policy, kms.PolicyKMSManager)
	if a.Policy == "" && len(a.Policies) > 0 {
		policy = kms.NoPolicy
	}
	s := kms.Standing{NoGateway: a.Gateway != nil && !*a.Gateway}
	return s, errors.Join(permit(&s, rules, policy), grant(&s, a.Policies))
}

// permit puts a policy of the system into s.
func permit(s *kms.Standing, rules *kms.Rules, policy kms.Policy) error {
	permissions, ok := rules.Policies[policy]
	if !ok {
		return fmt.Errorf("there is no policy %s; there are %s", harmless(string(policy)), listed(slices.Sorted(maps.Keys(rules.Policies))))
	}
	s.Policy, s.Permissions = policy, permissions
	return nil
}

// listed writes names one after the other.
func listed[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// grant puts user-defined policies into s in place of those that it has.
func grant(s *kms.Standing, policies []UserPolicy) error {
	s.Grants = nil
	names := map[string]bool{}
	for i, p := range policies {
		if err := p.check(); err != nil {
			return fmt.Errorf("policies[%d]: %w", i, err)
		}
		if names[p.Name] {
			return fmt.Errorf("policies[%d]: the name is used twice", i)
		}
		names[p.Name] = true
		s.Grants = append(s.Grants, kms.Grant{Name: p.Name, Permissions: kms.PermissionsFor(p.Actions...), Keys: slices.Clone(p.Keys)})
	}
	return nil
}

func (p UserPolicy) check() error {
	switch {
	case p.Name == "":
		return errors.New("name: it is missing")
	case len(p.Actions) == 0:
		return errors.New("actions: it names none")
	case p.Keys != nil && len(p.Keys) == 0:
		return errors.New("keys: it lists none; leave it out for every key")
	case slices.Contains(p.Keys, ""):
		return errors.New("keys: a tag is empty")
	}
	for _, op := range p.Actions {
		if !slices.Contains(kms.Ops(), op) {
			return fmt.Errorf("actions: there is no operation %q", harmless(string(op)))
		}
	}
	return nil
}

// userPolicies writes grants as policies, with their actions in the order of the operations.
func userPolicies(grants []kms.Grant) []UserPolicy {
	var out []UserPolicy
	for _, g := range grants {
		p := UserPolicy{Name: g.Name, Keys: slices.Clone(g.Keys)}
		for _, op := range kms.Ops() {
			if kms.Permits(g.Permissions, op) {
				p.Actions = append(p.Actions, op)
			}
		}
		out = append(out, p)
	}
	return out
}

// A StandingChange changes how an account stands. What is nil stays as it is.
type StandingChange struct {
	Policy   *kms.Policy   `json:"policy"`   // of the system; NONE for none
	Policies *[]UserPolicy `json:"policies"` // in place of all that it has
	Gateway  *bool         `json:"canAPIGatewayAccess"`
	KeyPairs []PairState   `json:"keyPairs"` // those that are not named stay
}

// A PairState says whether a key pair of an account is disabled.
type PairState struct {
	AccessKey string `json:"accessKey"`
	Disabled  bool   `json:"disabled"`
}

// SetStanding changes how an account stands, for the calls that begin after it. Tokens keep what they were
// issued with. The error says what is wrong; everything then stays as it was.
func (s *Service) SetStanding(account string, change StandingChange) error {
	_, err := s.changeStanding(account, change)
	return err
}

// errNoAccount is a change of an account that there is not.
var errNoAccount = errors.New("there is no account")

// changeStanding is SetStanding and returns the account as it then stands.
func (s *Service) changeStanding(account string, change StandingChange) (Account, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	w := s.world.Load()
	i := slices.IndexFunc(w.list, func(a Account) bool { return a.Name == account })
	if i < 0 {
		return Account{}, fmt.Errorf("%w %s", errNoAccount, harmless(account))
	}
	if err := w.change(account, change, &s.rules); err != nil {
		return Account{}, err
	}
	return w.standing(w.list[i]), nil
}

// change changes how an account of the world stands.
func (w *world) change(account string, change StandingChange, rules *kms.Rules) error {
	a, pairs := w.named(account)
	standing := a.Standing()
	if err := change.apply(&standing, rules); err != nil {
		return err
	}
	for _, p := range change.KeyPairs {
		if !slices.ContainsFunc(pairs, func(own *kms.KeyPair) bool { return own.AccessKey == p.AccessKey }) {
			return fmt.Errorf("keyPairs: the account has no access key %s", harmless(p.AccessKey))
		}
	}
	a.SetStanding(standing)
	for _, p := range change.KeyPairs {
		w.pairs[p.AccessKey].Disable(p.Disabled)
	}
	return nil
}

func (c StandingChange) apply(s *kms.Standing, rules *kms.Rules) error {
	if c.Policy != nil {
		if err := permit(s, rules, *c.Policy); err != nil {
			return err
		}
	}
	if c.Policies != nil {
		if err := grant(s, *c.Policies); err != nil {
			return err
		}
	}
	if c.Gateway != nil {
		s.NoGateway = !*c.Gateway
	}
	return nil
}

// named returns the account of a name with its key pairs; nil where there is none.
func (w *world) named(name string) (*kms.Account, []*kms.KeyPair) {
	i := slices.IndexFunc(w.list, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return nil, nil
	}
	var pairs []*kms.KeyPair
	for _, p := range w.list[i].pairs() {
		pairs = append(pairs, w.pairs[p.AccessKey])
	}
	return w.ids[w.list[i].ID], pairs
}

// standings returns the accounts as they stand now.
func (w *world) standings() []Account {
	out := make([]Account, 0, len(w.list))
	for _, a := range w.list {
		out = append(out, w.standing(a))
	}
	return out
}

// standing returns an account of the list as it stands now.
func (w *world) standing(a Account) Account {
	account, pairs := w.named(a.Name)
	s := account.Standing()
	a.Policy, a.Policies = s.Policy, userPolicies(s.Grants)
	a.Gateway = nil
	if s.NoGateway {
		a.Gateway = new(false)
	}
	a.Access = nil
	if rule := account.Access(); rule.On || len(rule.Sources) > 0 {
		a.Access = new(wireRule(rule))
	}
	a.KeyPairs = nil
	for _, p := range pairs {
		a.KeyPairs = append(a.KeyPairs, KeyPair{p.AccessKey, p.SecretKey, p.Disabled()})
	}
	if only := a.KeyPairs[0]; len(pairs) == 1 && !only.Disabled {
		a.AccessKey, a.SecretKey, a.KeyPairs = only.AccessKey, only.SecretKey, nil
	} else {
		a.AccessKey, a.SecretKey = "", ""
	}
	return a
}
