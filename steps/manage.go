package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// A deed is a call that is for accounts alone, as sentences call it.
type deed struct {
	method, rest string // rest of the path after the key tag
	body         any
	first        []deed // what the account does before, so that the call can be done at all
}

var (
	anAddress = map[string]any{"ipList": []string{"192.0.2.1"}}
	disabling = deed{method: "POST", rest: "/disable"}
	pending   = deed{method: "POST", rest: "/request-deletion"}
	rotating  = deed{method: "POST", rest: "/rotate"}
	automatic = deed{method: "POST", rest: "/enable-auto-rotation"}
	stopping  = deed{method: "POST", rest: "/versions/1/disable", first: []deed{rotating}}
)

// deeds are the calls about one key that are for accounts alone (security-kms2-overview).
var deeds = map[string]deed{
	"ask about the key":               {method: "GET"},
	"enable the key":                  {method: "POST", rest: "/enable", first: []deed{disabling}},
	"disable the key":                 disabling,
	"change the memo":                 {method: "PUT", rest: "/memo", body: map[string]any{"memo": "changed"}},
	"request the deletion":            pending,
	"cancel the deletion":             {method: "POST", rest: "/cancel-deletion", first: []deed{pending}},
	"delete the key":                  {method: "DELETE", first: []deed{pending}},
	"migrate the key":                 {method: "POST", rest: "/migrate", body: map[string]any{"targetRegion": "KR"}, first: []deed{disabling}},
	"rotate the key":                  rotating,
	"change the rotation period":      {method: "PUT", rest: "/rotation-period", body: map[string]any{"rotationPeriod": 30}, first: []deed{automatic}},
	"switch automatic rotation on":    automatic,
	"switch automatic rotation off":   {method: "POST", rest: "/disable-auto-rotation", first: []deed{automatic}},
	"list the versions":               {method: "GET", rest: "/versions"},
	"disable a version":               stopping,
	"enable a version":                {method: "POST", rest: "/versions/1/enable", first: []deed{rotating, {method: "POST", rest: "/versions/1/disable"}}},
	"read the activity log":           {method: "GET", rest: "/activities"},
	"ask for the last use":            {method: "GET", rest: "/last-use-info"},
	"ask about the creator":           {method: "GET", rest: creatorPath},
	"enable the creator":              {method: "POST", rest: creatorPath, first: []deed{{method: "DELETE", rest: creatorPath}}},
	"replace the creator":             {method: "PUT", rest: creatorPath},
	"disable the creator":             {method: "DELETE", rest: creatorPath},
	"ask for a token set":             {method: "POST", rest: "/token-set", body: map[string]any{}},
	"switch the IP ACL on":            {method: "POST", rest: "/acl/enable"},
	"switch the IP ACL off":           {method: "POST", rest: "/acl/disable", first: []deed{{method: "POST", rest: "/acl/enable"}}},
	"read the IP ACL":                 {method: "GET", rest: "/acl"},
	"add an address to the IP ACL":    {method: "POST", rest: "/acl", body: anAddress},
	"delete an address of the IP ACL": {method: "DELETE", rest: "/acl", body: anAddress, first: []deed{{method: "POST", rest: "/acl", body: anAddress}}},
}

// The deeds that are about no single key or need a name of the run.
const (
	createDeed = "create a key"
	renameDeed = "rename the key"
	listDeed   = "list the keys"
)

// anyDeed is the alternation of all deeds, for step expressions.
func anyDeed() string {
	names := append(slices.Sorted(maps.Keys(deeds)), createDeed, renameDeed, listDeed)
	return "(" + strings.Join(names, "|") + ")"
}

func (w *world) manageSteps(add func(string, any)) {
	add(`the key is such that the account can `+anyDeed(), w.makeReady)
	add(`I `+anyDeed()+` as the (account|viewer|manager|administrator|infrastructure manager|finance manager|encryptor)`, func(ctx context.Context, name, who string) error {
		by, err := w.caller("the " + who)
		if err != nil {
			return err
		}
		return w.do(ctx, name, by)
	})
	add(`I `+anyDeed()+` as the account where the key does not exist`, func(ctx context.Context, name string) error {
		return w.doTo(ctx, absentKey(), name, w.owner())
	})
	add(`I `+anyDeed()+` with {token}`, func(ctx context.Context, name, token string) error {
		t, err := w.token(token)
		if err != nil {
			return err
		}
		return w.do(ctx, name, target.Token(t.text))
	})
	add(`the account can still `+anyDeed(), func(ctx context.Context, name string) error {
		if err := w.do(ctx, name, w.owner()); err != nil {
			return err
		}
		return w.accepted(w.last)
	})
}

// makeReady does what must come before a deed.
func (w *world) makeReady(ctx context.Context, name string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	for _, d := range deeds[name].first {
		if err := w.mustAccept(ctx, d.call(k, w.owner())); err != nil {
			return err
		}
	}
	return nil
}

func (d deed) call(k *key, by target.Auth) call {
	return call{method: d.method, path: k.path(d.rest), by: by, body: d.body}
}

// do tries a deed in somebody's name.
func (w *world) do(ctx context.Context, name string, by target.Auth) error {
	switch name {
	case createDeed:
		return w.createKey(ctx, by, nil)
	case listDeed:
		return w.try(ctx, call{method: "GET", path: keysPath + "?pageNo=1&pageSize=10", by: by})
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.doTo(ctx, k, name, by)
}

// doTo tries a deed that is about one key.
func (w *world) doTo(ctx context.Context, k *key, name string, by target.Auth) error {
	if name == renameDeed {
		return w.rename(ctx, k, by)
	}
	d, ok := deeds[name]
	if !ok {
		return fmt.Errorf("nobody can %s", name)
	}
	return w.try(ctx, d.call(k, by))
}

// rename tries to give a key a name of the run, in one case always the same.
func (w *world) rename(ctx context.Context, k *key, by target.Auth) error {
	if w.noted[renameDeed] == "" {
		fresh, err := w.ledger.FreshName()
		if err != nil {
			return err
		}
		w.noted[renameDeed] = fresh
	}
	return w.try(ctx, call{method: "PUT", path: k.path("/name"), by: by, body: map[string]any{"keyName": w.noted[renameDeed]}})
}
