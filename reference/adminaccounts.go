package reference

import (
	"errors"
	"net/http"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// tellAccounts is GET /admin/accounts. It tells no secret.
func (s *Service) tellAccounts(w http.ResponseWriter, _ *http.Request) {
	accounts := s.Accounts()
	out := make([]toldAccount, 0, len(accounts))
	for _, a := range accounts {
		out = append(out, toldOf(a))
	}
	respond(w, http.StatusOK, map[string][]toldAccount{"accounts": out})
}

// maxStanding bounds a change of an account: policies with some 15,000 tags together.
const maxStanding = 1 << 20

// setStanding is PUT /admin/accounts/{name}. What the body lacks stays as it is.
func (s *Service) setStanding(w http.ResponseWriter, r *http.Request) {
	var in StandingChange
	err := readJSONUpTo(maxStanding, r, &in)
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		complain(w, http.StatusBadRequest, "a change of an account has at most 1 MB")
		return
	}
	if err != nil {
		complain(w, http.StatusBadRequest, "the body: "+details(decodeRefusal(err)))
		return
	}
	if in.empty() {
		complain(w, http.StatusBadRequest, "the body is not an object with policy, policies, canAPIGatewayAccess or keyPairs")
		return
	}
	account, err := s.changeStanding(r.PathValue("name"), in)
	switch {
	case errors.Is(err, errNoAccount):
		complain(w, http.StatusNotFound, err.Error())
	case err != nil:
		complain(w, http.StatusBadRequest, err.Error())
	default:
		respond(w, http.StatusOK, toldOf(account))
	}
}

func (c StandingChange) empty() bool {
	return c.Policy == nil && c.Policies == nil && c.Gateway == nil && len(c.KeyPairs) == 0
}

// toldAccount is an account without its secrets.
type toldAccount struct {
	Name     string       `json:"name"`
	ID       string       `json:"id"`
	Policy   kms.Policy   `json:"policy"`
	Policies []UserPolicy `json:"policies"`
	Gateway  bool         `json:"canAPIGatewayAccess"`
	KeyPairs []PairState  `json:"keyPairs"`
}

func toldOf(a Account) toldAccount {
	out := toldAccount{Name: a.Name, ID: a.ID, Policy: a.Policy, Policies: a.Policies, Gateway: a.Gateway == nil || *a.Gateway}
	for _, p := range a.pairs() {
		out.KeyPairs = append(out.KeyPairs, PairState{p.AccessKey, p.Disabled})
	}
	return out
}
