package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// key is a key that the case made.
type key struct {
	tag, name, kind string
	api             target.API // where it was created; zero: API 2.0
}

func (k *key) path(rest string) string { return keysPath + "/" + url.PathEscape(k.tag) + rest }

func (w *world) keySteps(add func(string, any)) {
	add(`a key`, func(ctx context.Context) error { return w.getKey(ctx, "the key", "AES256") })
	add(`another key`, func(ctx context.Context) error { return w.getKey(ctx, "the other key", "AES256") })
	add(`an? {kind} key`, func(ctx context.Context, kind string) error { return w.getKey(ctx, "the key", kind) })
	add(`another {kind} key`, func(ctx context.Context, kind string) error { return w.getKey(ctx, "the other key", kind) })
	add(`a key that nobody has used`, func(ctx context.Context) error { return w.makeKey(ctx, "the key", "AES256") })
	add(`a key that does not exist`, func() { w.keys["the key"] = absentKey() })
	add(`{key} is (enabled|disabled)`, w.switchKey)
	add(`I (enable|disable) the key`, func(ctx context.Context, how string) error {
		return w.ownerTries(ctx, "POST", "/"+how)
	})
	add(`I (request|cancel) the deletion of the key`, func(ctx context.Context, how string) error {
		return w.ownerTries(ctx, "POST", deletions[how])
	})
	add(`the deletion of {key} is (requested|cancelled)`, w.deletion)
	add(`I delete the key`, func(ctx context.Context) error { return w.ownerTries(ctx, "DELETE", "") })
	add(`I ask about {key}`, w.askAbout)
	add(`the answer describes {key}`, w.describes)
	add(`{key} is "(ENABLE|DISABLE|REVOKE)"`, w.isInState)
	add(`it names itself and where it is`, w.namesItself)
	add(`its resource name has the published form`, w.nrnForm)
	add(`its tag is 64 hexadecimal digits in small letters`, func() error {
		tag, _ := w.last.str("keyTag")
		return w.compare(tagForm.MatchString(tag), "64 digits 0 to 9 and a to f", strconv.Quote(tag))
	})
	add(`it says that it is where it was asked for`, func() error {
		at, _ := w.last.str("baseUrl")
		return equal(w, "baseUrl", at, w.t.URLs[target.API20])
	})
	add(`its current version is {n}`, func(n int64) error { return w.numberIs("currentVersion", n) })
	add(`its rotation period is {n} days?`, func(n int64) error { return w.numberIs("rotationPeriod", n) })
}

// absentKey is a key that no target has. It is said to be of the type that has every use.
func absentKey() *key {
	return &key{tag: strings.Repeat("0123456789abcdef", 4), name: "none", kind: "RSA2048"}
}

// mustAccept sends a call that the target must accept.
func (w *world) mustAccept(ctx context.Context, c call) error {
	_, err := w.demand(ctx, c)
	return err
}

// getKey gets a key of a kind without a creator: a borrowed one where the case leaves it as it is.
func (w *world) getKey(ctx context.Context, as, kind string) error {
	if w.lender != nil {
		return w.borrow(ctx, as, kind, false)
	}
	return w.makeKey(ctx, as, kind)
}

// switchKey enables or disables a key; the target must accept it.
func (w *world) switchKey(ctx context.Context, name, how string) error {
	return w.manage(ctx, name, "POST", "/"+strings.TrimSuffix(how, "d"))
}

var deletions = map[string]string{
	"request": "/request-deletion", "requested": "/request-deletion",
	"cancel": "/cancel-deletion", "cancelled": "/cancel-deletion",
}

// deletion requests or cancels the deletion of a key, which the target must accept, and notes when.
func (w *world) deletion(ctx context.Context, name, how string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	r, err := w.demand(ctx, call{method: "POST", path: k.path(deletions[how]), by: w.owner()})
	if err != nil {
		return err
	}
	w.noted[how] = compact(r.Data["statusDate"])
	return nil
}

// ownerTries makes a call of the owner about the key.
func (w *world) ownerTries(ctx context.Context, method, rest string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: method, path: k.path(rest), by: w.owner()})
}

// manage makes a call of the owner about a key that the target must accept.
func (w *world) manage(ctx context.Context, name, method, rest string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	return w.mustAccept(ctx, call{method: method, path: k.path(rest), by: w.owner()})
}

func (w *world) askAbout(ctx context.Context, name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: "GET", path: k.path(""), by: w.owner()})
}

// describes compares the answer with what is known of a key and was asked for.
func (w *world) describes(name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	want := map[string]string{
		"keyTag": k.tag, "keyName": w.nameOf(k), "keyType": w.kindOf(k), "status": "ENABLE", "protectionType": w.protectionOf(k),
	}
	for _, member := range []string{"keyTag", "keyName", "keyType", "status", "protectionType"} {
		got, _ := w.last.str(member)
		if err := equal(w, member, got, want[member]); err != nil {
			return err
		}
	}
	registered, ok := w.last.number("registerDate")
	return w.compare(ok && registered > 0, "registerDate to be a time in milliseconds", string(w.last.Data["registerDate"]))
}

// nameOf is the name that was asked for, where the last creation was of this key.
func (w *world) nameOf(k *key) string {
	if name, ok := w.asked["keyName"].(string); ok && w.keys["the new key"] == k {
		return name
	}
	return k.name
}

// protectionOf is the protection that was asked for, where the last creation was of this key.
func (w *world) protectionOf(k *key) string {
	if raw, ok := w.asked["protectionType"].(json.RawMessage); ok && w.keys["the new key"] == k {
		return strings.Trim(string(raw), `"`)
	}
	return "BASIC"
}

// kindOf is the type that was asked for, where the last creation was of this key.
func (w *world) kindOf(k *key) string {
	if kind, ok := w.asked["keyType"].(string); ok && w.keys["the new key"] == k {
		return kind
	}
	return k.kind
}

func (w *world) isInState(ctx context.Context, name, state string) error {
	if err := w.askAbout(ctx, name); err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	got, _ := w.last.str("status")
	return equal(w, "the state of "+name, got, state)
}

func (w *world) numberIs(member string, want int64) error {
	got, ok := w.last.number(member)
	return w.compare(ok && got == want, fmt.Sprintf("%s to be %d", member, want), string(w.last.Data[member]))
}

// namesItself compares resource name and base URL of a key with nothing: they are there.
func (w *world) namesItself() error {
	nrn, _ := w.last.str("nrn")
	if err := w.compare(nrn != "", "nrn", "members "+memberNames(w.last)); err != nil {
		return err
	}
	base, _ := w.last.str("baseUrl")
	at, err := url.Parse(base)
	return w.compare(err == nil && at.IsAbs() && at.Host != "", "baseUrl to be a URL", base)
}

// resourceName is the form of resource names (management-rmgr-1-1-2): domain, product, region, member
// number, type and id.
var resourceName = regexp.MustCompile(`^nrn:[A-Z]+:KMS:[A-Z]*:\d+:Key/[A-Za-z0-9_-]+$`)

func (w *world) nrnForm() error {
	nrn, _ := w.last.str("nrn")
	w.reading("nrn is like " + digits.ReplaceAllString(nrn, "0"))
	return w.compare(len(nrn) <= 128 && resourceName.MatchString(nrn), "nrn:<domain>:KMS:<region>:<member>:Key/<id>, 128 characters at most", nrn)
}

var tagForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

var digits = regexp.MustCompile(`[0-9a-f]{6,}`)
