package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/kmsproof/kmsproof/target"
)

// roles are the accounts beside the owner, as sentences call them, by their names in a target file.
var roles = map[string]string{
	"the viewer": "viewer", "the manager": "manager", "the administrator": "administrator",
	"the infrastructure manager": "infra", "the finance manager": "finance",
	"the encryptor": permitted,
}

// governed is the role whose access rule scenarios change, and put back.
const governed = "manager"

func (w *world) as(role string) target.Auth { return target.SignatureV2(w.t.Credentials[role]) }

// An accessRule says from where an account may call (management-subaccount-putapiaccessrule).
type accessRule struct {
	On      bool           `json:"useApiAllowSource"`
	Sources []accessSource `json:"apiAllowSources"`
}

type accessSource struct {
	Type   string `json:"type"`
	Source string `json:"source"`
}

// elsewhere is an address that nobody calls from (RFC 5737).
const elsewhere = "192.0.2.1"

func (w *world) subAccountSteps(add func(string, any)) {
	add(`the manager may call from (elsewhere|anywhere|the first address|the range of the first address) (?:alone|again)`, w.mayCallFrom)
	add(`the (manager|encryptor) is served{from}`, func(ctx context.Context, who, from string) error {
		if err := w.use(ctx, "encrypt", "with the "+who, from); err != nil {
			return err
		}
		return w.accepted(w.last)
	})
	add(`a token set is issued to the (manager|encryptor)`, w.issueTo)
	add(`I set an access rule (with no switch|with another type|with no address|that lists nobody)`, w.tryRule)
	add(`I set an access rule with a source of type (VPC|VPC_SERVER)`, func(ctx context.Context, kind string) error {
		return w.tryPut(ctx, w.owner(), accessRule{On: true, Sources: []accessSource{{kind, "1"}}})
	})
	add(`the access rule is taken, and lists a source of type (VPC|VPC_SERVER)`, func(ctx context.Context, kind string) error {
		if err := w.compare(w.last.Status == 200, "the access rule to be taken", w.last.String()); err != nil {
			return err
		}
		return w.ruleLists(ctx, accessSource{kind, "1"})
	})
	add(`the manager sets an access rule`, func(ctx context.Context) error {
		return w.tryPut(ctx, w.as(governed), accessRule{On: false, Sources: []accessSource{}})
	})
	add(`the access rule lists elsewhere alone`, func(ctx context.Context) error {
		return w.ruleLists(ctx, accessSource{"IP", elsewhere})
	})
}

// rulePath is the path of the access rule that scenarios change.
func (w *world) rulePath(ctx context.Context) (string, error) {
	if w.ruled == "" {
		id, err := w.managerID(ctx)
		if err != nil {
			return "", err
		}
		w.ruled = "/api/v1/sub-accounts/" + url.PathEscape(id) + "/access-rules/api"
	}
	return w.ruled, nil
}

// managerID learns from the activity log who the manager is: nothing else tells the id of an account. It
// must be another than the owner, who must not be shut out.
func (w *world) managerID(ctx context.Context) (string, error) {
	k, err := w.key("the key")
	if err != nil {
		return "", err
	}
	if err := w.noteLog(ctx); err != nil {
		return "", err
	}
	for _, role := range []string{"owner", governed} {
		memo := call{method: "PUT", path: k.path("/memo"), by: w.as(role), body: map[string]any{"memo": "by the " + role}}
		if err := w.mustAccept(ctx, memo); err != nil {
			return "", err
		}
		if err := w.logGrew(ctx, "an entry"); err != nil {
			return "", err
		}
	}
	owner, id := w.former.Data.Requestor.ID, w.entry.Data.Requestor.ID
	return id, w.compare(id != "" && id != owner, "the log to name the manager apart from the owner, "+owner, id)
}

// tryPut tries to replace the access rule, and keeps what it was before the case touched it.
func (w *world) tryPut(ctx context.Context, by target.Auth, body any) error {
	path, err := w.rulePath(ctx)
	if err != nil {
		return err
	}
	if w.rule == nil {
		r, err := w.send(ctx, call{api: target.SubAccount, method: "GET", path: path, by: w.owner()})
		if err != nil {
			return err
		}
		if err := w.compare(r.Status == 200, "the access rule of the manager", r.String()); err != nil {
			return err
		}
		w.rule = rawBody(r.Body)
	}
	r, err := w.send(ctx, call{api: target.SubAccount, method: "PUT", path: path, by: by, body: body})
	w.last = r
	return err
}

// putRuleBack leaves the access rule as it was before the case. It says what could not be put back.
func (w *world) putRuleBack(ctx context.Context) []string {
	if w.rule == nil {
		return nil
	}
	r, err := w.send(ctx, call{api: target.SubAccount, method: "PUT", path: w.ruled, by: w.owner(), body: w.rule})
	if err == nil && r.Status != 200 {
		err = fmt.Errorf("status %d", r.Status)
	}
	if err != nil {
		return []string{"the access rule of the account credentials.manager could not be put back: " + err.Error()}
	}
	return nil
}

func (w *world) mayCallFrom(ctx context.Context, from string) error {
	rule := accessRule{On: from != "anywhere", Sources: []accessSource{{"IP", elsewhere}}}
	if rule.On && from != "elsewhere" {
		source, err := w.source("first")
		if err != nil {
			return err
		}
		rule.Sources[0].Source = source.SeenAs.String()
		if from == "the range of the first address" {
			rule.Sources[0].Source = netip.PrefixFrom(source.SeenAs, 24).Masked().String()
		}
	}
	if err := w.tryPut(ctx, w.owner(), rule); err != nil {
		return err
	}
	return w.compare(w.last.Status == 200, "the access rule to be taken", w.last.String())
}

// tryRule tries a rule that must not be taken.
func (w *world) tryRule(ctx context.Context, flaw string) error {
	source := func(kind, at string) any { return []map[string]string{{"type": kind, "source": at}} }
	return w.tryPut(ctx, w.owner(), map[string]map[string]any{
		"with no switch":    {"apiAllowSources": source("IP", elsewhere)},
		"with another type": {"useApiAllowSource": true, "apiAllowSources": source("NAME", elsewhere)},
		"with no address":   {"useApiAllowSource": true, "apiAllowSources": source("IP", "everywhere")},
		"that lists nobody": {"useApiAllowSource": true, "apiAllowSources": []string{}},
	}[flaw])
}

// ruleLists compares the access rule that the target shows with one that is on and lists a source alone.
func (w *world) ruleLists(ctx context.Context, source accessSource) error {
	r, err := w.send(ctx, call{api: target.SubAccount, method: "GET", path: w.ruled, by: w.owner()})
	if err != nil {
		return err
	}
	var got accessRule
	err = json.Unmarshal(r.Body, &got)
	ok := err == nil && got.On && len(got.Sources) == 1 && got.Sources[0] == source
	return w.compare(r.Status == 200 && ok, "a rule that is on and lists "+source.Type+" "+source.Source, fmt.Sprintf("status %d, %+v", r.Status, got))
}

// issueTo issues the token set that the case starts from in somebody else's name.
func (w *world) issueTo(ctx context.Context, role string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	r, err := w.demand(ctx, call{method: "POST", path: k.path("/token-set"), by: w.as(role), body: map[string]any{}})
	if err != nil {
		return err
	}
	return w.keep(ctx, r, "the key", "the ", hours{})
}
