package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// permitted is the role whose permissions and key pairs scenarios change, and put back.
const permitted = "encryptor"

// What user-defined policies of scenarios permit, by the names of the reference's operations.
var (
	tokenActions   = []string{"create-token-set", "renew-token-set", "create-access-token"}
	sealingActions = slices.Concat([]string{"encrypt"}, tokenActions)
)

// A grant is what a user-defined policy of a scenario permits.
type grant struct {
	actions []string
	key     string // as sentences call it; empty: every key
}

// grants are what the encryptor may do, as sentences call it.
var grants = map[string]grant{
	"also decrypt":                     {slices.Concat(sealingActions, []string{"decrypt"}), ""},
	"ask for tokens alone":             {tokenActions, ""},
	"do nothing":                       {},
	"encrypt with the other key alone": {sealingActions, "the other key"},
	"list the other key alone":         {[]string{"list-keys"}, "the other key"},
}

func (w *world) permissionSteps(add func(string, any)) {
	add(`the encryptor may (also decrypt|ask for tokens alone|do nothing|encrypt with the other key alone|list the other key alone)`, w.permit)
	add(`the encryptor has no access by API Gateway`, func(ctx context.Context) error {
		return w.restand(ctx, func(s *target.Standing) { s.Gateway = false })
	})
	add(`the key pair of the encryptor is disabled`, func(ctx context.Context) error {
		return w.restand(ctx, func(s *target.Standing) {
			for i := range s.KeyPairs {
				s.KeyPairs[i].Disabled = true
			}
		})
	})
	add(`the answer lists {key} alone`, w.listsAlone)
}

func (w *world) permit(ctx context.Context, what string) error {
	g, policies := grants[what], []target.Policy{}
	if len(g.actions) > 0 {
		policies = []target.Policy{{Name: "scenario", Actions: g.actions}}
	}
	if g.key != "" {
		k, err := w.key(g.key)
		if err != nil {
			return err
		}
		policies[0].Keys = []string{k.tag}
	}
	return w.restand(ctx, func(s *target.Standing) { s.Policy, s.Policies = "NONE", policies })
}

// restand changes how the encryptor stands, and keeps how it stood before the case touched it.
func (w *world) restand(ctx context.Context, change func(*target.Standing)) error {
	was, err := w.t.Standing(ctx, permitted)
	if err != nil {
		return err
	}
	if w.stood == nil {
		w.stood = &was
	}
	now := was
	now.KeyPairs = slices.Clone(was.KeyPairs)
	change(&now)
	return w.t.SetStanding(ctx, now)
}

// putStandingBack leaves the encryptor as it was before the case. It says what could not be put back.
func (w *world) putStandingBack(ctx context.Context) []string {
	if w.stood == nil {
		return nil
	}
	if err := w.t.SetStanding(ctx, *w.stood); err != nil {
		return []string{"what the account credentials." + permitted + " may do could not be put back: " + err.Error()}
	}
	return nil
}

func (w *world) listsAlone(name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	tags := readPage(w.last).tags
	return w.compare(slices.Equal(tags, []string{k.tag}), "a list of "+name+" alone", fmt.Sprintf("%d keys: %s", len(tags), strings.Join(tags, " ")))
}
