package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// A Standing is what an account of a reference may do, and with which of its key pairs.
type Standing struct {
	Account  string      `json:"name"`
	Policy   string      `json:"policy"` // of the system
	Policies []Policy    `json:"policies"`
	Gateway  bool        `json:"canAPIGatewayAccess"`
	KeyPairs []PairState `json:"keyPairs"`
}

// A Policy is a user-defined one: it permits actions, on the keys with these tags or on all.
type Policy struct {
	Name    string   `json:"name"`
	Actions []string `json:"actions"`
	Keys    []string `json:"keys,omitempty"`
}

// A PairState says whether a key pair was disabled.
type PairState struct {
	AccessKey string `json:"accessKey"`
	Disabled  bool   `json:"disabled"`
}

// CanSetStanding reports whether it can be changed what the accounts of the target may do.
func (t *Target) CanSetStanding() bool { return t.Offers(Admin) }

// ErrNoStanding is returned by the calls that are about what the accounts of a target without an admin
// listener may do.
var ErrNoStanding = errors.New("the target has no admin listener, so it cannot be changed what an account may do")

// Standing returns how the account of a role stands.
func (t *Target) Standing(ctx context.Context, role string) (Standing, error) {
	if !t.CanSetStanding() {
		return Standing{}, ErrNoStanding
	}
	text, err := t.AdminCall(ctx, http.MethodGet, "/admin/accounts", nil)
	if err != nil {
		return Standing{}, err
	}
	var answer struct {
		Accounts []Standing `json:"accounts"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return Standing{}, fmt.Errorf("%s: /admin/accounts: %w", t.Name, err)
	}
	own := t.Credentials[role].AccessKey
	i := slices.IndexFunc(answer.Accounts, func(s Standing) bool {
		return slices.ContainsFunc(s.KeyPairs, func(p PairState) bool { return p.AccessKey == own })
	})
	if i < 0 {
		return Standing{}, fmt.Errorf("%s: no account has the access key of credentials.%s", t.Name, role)
	}
	return answer.Accounts[i], nil
}

// SetStanding makes the account stand so.
func (t *Target) SetStanding(ctx context.Context, s Standing) error {
	if !t.CanSetStanding() {
		return ErrNoStanding
	}
	policies := s.Policies
	if policies == nil {
		policies = []Policy{}
	}
	body, err := json.Marshal(map[string]any{
		"policy": s.Policy, "policies": policies, "canAPIGatewayAccess": s.Gateway, "keyPairs": s.KeyPairs,
	})
	if err != nil {
		return err
	}
	_, err = t.AdminCall(ctx, http.MethodPut, "/admin/accounts/"+url.PathEscape(s.Account), body)
	return err
}
