package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

func (w *world) aclSteps(add func(string, any)) {
	add(`the IP ACL is switched (on|off)`, func(ctx context.Context, how string) error {
		return w.manage(ctx, "the key", "POST", aclSwitches[how])
	})
	add(`I switch the IP ACL (on|off)`, func(ctx context.Context, how string) error {
		return w.ownerTries(ctx, "POST", aclSwitches[how])
	})
	add(`{address} is (added|deleted)`, func(ctx context.Context, ordinal, how string) error {
		return w.changeAddress(ctx, "the key", ordinal, how)
	})
	add(`the IP ACL of the other key is switched on`, func(ctx context.Context) error {
		return w.manage(ctx, "the other key", "POST", aclSwitches["on"])
	})
	add(`{address} is added for the other key`, func(ctx context.Context, ordinal string) error {
		return w.changeAddress(ctx, "the other key", ordinal, "added")
	})
	add(`I (add|delete) {text} (?:to|from) the IP ACL`, w.tryAddress)
	add(`I (add|delete) (nothing|"[^"]*"(?: and "[^"]*")+) (?:to|from) the IP ACL`, w.tryAddresses)
	add(`I (add|delete) addresses and give no list`, w.tryNoList)
	add(`I add {text} to the IP ACL under the name (\S+)`, w.tryAddressAs)
	add(`the answer is about the key`, func() error { return w.aboutKey("the key") })
	add(`the answer says that the IP ACL is (on|off)`, func(how string) error { return w.saysACL(w.last, how) })
	add(`the IP ACL is (on|off)`, w.aclIs)
	add(`the IP ACL is empty`, func(ctx context.Context) error { return w.aclLists(ctx, nil) })
	add(`the IP ACL lists {address}`, func(ctx context.Context, ordinal string) error {
		s, err := w.source(ordinal)
		if err != nil {
			return err
		}
		return w.aclLists(ctx, []string{s.SeenAs.String()})
	})
	add(`the answer lists (nothing|"[^"]*"(?: and "[^"]*")*)`, w.answerLists)
	add(`I encrypt from {address} and claim by (\S+) to be the (first|second)`, w.claimAddress)
}

var (
	aclSwitches = map[string]string{"on": "/acl/enable", "off": "/acl/disable"}
	aclMethods  = map[string]string{"added": "POST", "deleted": "DELETE", "add": "POST", "delete": "DELETE"}
)

// changeAddress adds or deletes an address that the run sends from; the target must accept it.
func (w *world) changeAddress(ctx context.Context, key, ordinal, how string) error {
	s, err := w.source(ordinal)
	if err != nil {
		return err
	}
	c, err := w.aclCall(key, aclMethods[how], s.SeenAs.String())
	if err != nil {
		return err
	}
	return w.mustAccept(ctx, c)
}

func (w *world) tryAddress(ctx context.Context, how, address string) error {
	c, err := w.aclCall("the key", aclMethods[how], address)
	if err != nil {
		return err
	}
	return w.try(ctx, c)
}

// tryAddresses adds or deletes several addresses at once, or none.
func (w *world) tryAddresses(ctx context.Context, how, phrase string) error {
	list, err := quoted(phrase)
	if err != nil {
		return err
	}
	c, err := w.aclCall("the key", aclMethods[how], list...)
	if err != nil {
		return err
	}
	return w.try(ctx, c)
}

func (w *world) tryNoList(ctx context.Context, how string) error {
	c, err := w.aclCall("the key", aclMethods[how])
	if err != nil {
		return err
	}
	c.body = map[string]any{}
	return w.try(ctx, c)
}

// tryAddressAs adds an address under another name than the list has on most pages.
func (w *world) tryAddressAs(ctx context.Context, address, name string) error {
	c, err := w.aclCall("the key", "POST")
	if err != nil {
		return err
	}
	c.body = map[string]any{name: []string{address}}
	return w.try(ctx, c)
}

func (w *world) aclCall(key, method string, addresses ...string) (call, error) {
	k, err := w.key(key)
	if err != nil {
		return call{}, err
	}
	body := map[string]any{"ipList": append([]string{}, addresses...)}
	return call{method: method, path: k.path("/acl"), by: w.owner(), body: body}, nil
}

// aboutKey compares the tag in the answer with that of a key.
func (w *world) aboutKey(name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	tag, _ := w.last.str("keyTag")
	return equal(w, "keyTag", tag, k.tag)
}

// acl asks for the IP ACL of the key, which the target must show.
func (w *world) acl(ctx context.Context) (*reply, error) {
	k, err := w.key("the key")
	if err != nil {
		return nil, err
	}
	return w.demand(ctx, call{method: "GET", path: k.path("/acl"), by: w.owner()})
}

func (w *world) aclIs(ctx context.Context, how string) error {
	r, err := w.acl(ctx)
	if err != nil {
		return err
	}
	return w.saysACL(r, how)
}

func (w *world) saysACL(r *reply, how string) error {
	want := map[string]string{"on": "true", "off": "false"}[how]
	return equal(w, "isAclEnabled", compact(r.Data["isAclEnabled"]), want)
}

func (w *world) aclLists(ctx context.Context, want []string) error {
	r, err := w.acl(ctx)
	if err != nil {
		return err
	}
	return w.listIs(r, want)
}

func (w *world) listIs(r *reply, want []string) error {
	got, ok := r.list("allowedIpList")
	if !ok {
		return w.compare(false, "a list allowedIpList", r.String())
	}
	return w.sameList("allowedIpList", got, want)
}

func (w *world) answerLists(phrase string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	want, err := quoted(phrase)
	if err != nil {
		return err
	}
	return w.listIs(w.last, want)
}

// quoted reads texts in quotes with "and" between them, or nothing.
func quoted(phrase string) (texts []string, err error) {
	if phrase == "nothing" {
		return nil, nil
	}
	err = json.Unmarshal([]byte("["+strings.ReplaceAll(phrase, " and ", ",")+"]"), &texts)
	return texts, err
}

// claimAddress encrypts from one address with a header that names another.
func (w *world) claimAddress(ctx context.Context, from, header, claimed string) error {
	source, err := w.source(from)
	if err != nil {
		return err
	}
	other, err := w.source(claimed)
	if err != nil {
		return err
	}
	t, err := w.token("the access token")
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	c := w.useOf(t, k, false, source)
	c.header = map[string]string{header: claim(header, other.SeenAs)}
	return w.try(ctx, c)
}

// claim is the text by which a header names an address.
func claim(header string, a netip.Addr) string {
	switch header {
	case "Forwarded":
		return fmt.Sprintf("for=%s;proto=https", a)
	case "Via":
		return "1.1 " + a.String()
	default:
		return a.String()
	}
}
