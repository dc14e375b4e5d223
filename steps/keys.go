package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
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
	add(`a key that does not exist`, func() {
		w.keys["the key"] = &key{tag: strings.Repeat("0123456789abcdef", 4), name: "none", kind: "AES256"}
	})
	add(`I create an? {kind} key`, func(ctx context.Context, kind string) error { return w.createKey(ctx, w.owner(), kinds[kind]) })
	add(`I create a key`, func(ctx context.Context) error { return w.createKey(ctx, w.owner(), nil) })
	add(`I create a key with a name of (.+)`, w.createNamed)
	add(`I create a key named {text}`, func(ctx context.Context, name string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyName": name})
	})
	add(`I create a key with the name of the key`, func(ctx context.Context) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyName": w.keys["the key"].name})
	})
	add(`I create a key with a memo of {n} characters`, func(ctx context.Context, n int) error {
		return w.createKey(ctx, w.owner(), map[string]any{"memo": strings.Repeat("m", n)})
	})
	add(`I create a key of type (.+)`, func(ctx context.Context, raw string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyType": json.RawMessage(raw)})
	})
	add(`I create a key with protection (.+)`, func(ctx context.Context, raw string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"protectionType": json.RawMessage(raw)})
	})
	add(`I create a key without its (name|type|protection type)`, w.createWithout)
	add(`I ask for a convergent key of type (RSA2048|ECDSA)`, func(ctx context.Context, kind string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyType": kind, "isConvergent": true})
	})
	add(`no convergent key came of it`, func() error {
		if !w.last.ok() {
			return w.refused(w.last)
		}
		return w.isConvergent("not ")
	})
	add(`the answer says that the key is (not )?convergent`, w.isConvergent)
	add(`I create a key that does not rotate, every {n} days`, func(ctx context.Context, days int) error {
		return w.createKey(ctx, w.owner(), map[string]any{"rotationPeriod": days})
	})
	add(`I create a key that rotates`, func(ctx context.Context) error {
		return w.createKey(ctx, w.owner(), map[string]any{"isAutoRotation": true})
	})
	add(`I create a key that rotates every (-?\d+) days?`, func(ctx context.Context, days int) error {
		return w.createKey(ctx, w.owner(), map[string]any{"isAutoRotation": true, "rotationPeriod": days})
	})
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
	add(`the answer carries that (name|memo)`, w.carries)
	add(`{key} is "(ENABLE|DISABLE|REVOKE)"`, w.isInState)
	add(`its current version is {n}`, func(n int64) error { return w.numberIs("currentVersion", n) })
	add(`its rotation period is {n} days?`, func(n int64) error { return w.numberIs("rotationPeriod", n) })
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

// kinds are the members by which a key of each kind is asked for (security-kms2-create-key).
var kinds = map[string]map[string]any{
	"AES256": nil, "RSA2048": {"keyType": "RSA2048"}, "ECDSA": {"keyType": "ECDSA"}, "convergent": {"isConvergent": true},
}

// makeKey creates a key of a kind under a name of the sentences; the target must accept it.
func (w *world) makeKey(ctx context.Context, as, kind string) error {
	return w.makeKeyWith(ctx, as, kinds[kind])
}

// makeKeyWith is makeKey with the given members in place of the usual ones.
func (w *world) makeKeyWith(ctx context.Context, as string, members map[string]any) error {
	if err := w.createKey(ctx, w.owner(), members); err != nil {
		return err
	}
	return w.adopt(as)
}

// adopt gives the key that was just created, which the target must have accepted, its name in the
// sentences.
func (w *world) adopt(as string) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	if w.keys["the new key"] == nil {
		return w.compare(false, "a created key to have a tag", "members "+memberNames(w.last))
	}
	w.keys[as] = w.keys["the new key"]
	delete(w.keys, "the new key")
	return nil
}

// createKey asks for an AES key with a fresh name, with the given members in place of the usual ones;
// a nil member is left out. Whatever came into being is noted, wanted or not.
func (w *world) createKey(ctx context.Context, by target.Auth, members map[string]any) error {
	name, err := w.ledger.NextName()
	if err != nil {
		return err
	}
	w.asked = map[string]any{
		"keyName": name, "keyType": "AES256", "protectionType": "BASIC", "isAutoRotation": false, "memo": "",
	}
	maps.Copy(w.asked, members)
	maps.DeleteFunc(w.asked, func(_ string, v any) bool { return v == nil })
	return w.tryCreate(ctx, by, w.asked)
}

// tryCreate asks for a key. An interrupt waits for the answer: a key that nobody knows of could not be
// removed.
func (w *world) tryCreate(ctx context.Context, by target.Auth, body any) error {
	return w.tryCreateAt(ctx, orAPI20(w.home), by, body)
}

func (w *world) tryCreateAt(ctx context.Context, api target.API, by target.Auth, body any) error {
	if err := w.try(context.WithoutCancel(ctx), call{api: api, method: "POST", path: keysPath, by: by, body: body}); err != nil {
		return err
	}
	tag, _ := w.last.str("keyTag")
	if !w.last.ok() || tag == "" {
		return nil
	}
	name, _ := w.last.str("keyName")
	w.made = append(w.made, tag)
	kind, _ := w.last.str("keyType")
	w.keys["the new key"] = &key{tag: tag, name: name, kind: kind, api: api}
	return w.ledger.Created(tag, name)
}

// extremes make the legal names of extreme forms. Three characters leave no room for the prefix of the
// run.
var extremes = map[string]func(pick func(int) string) string{
	"three characters":                    func(pick func(int) string) string { return "k" + pick(2) },
	"fifteen characters":                  func(pick func(int) string) string { return "kp-" + pick(12) },
	"letters, digits, dash and underline": func(pick func(int) string) string { return "Kp_0-" + pick(6) },
}

// createNamed asks for a key with a legal name of an extreme form. Such a name may be another's on an
// account that is shared; then it asks for another.
func (w *world) createNamed(ctx context.Context, kind string) error {
	form, ok := extremes[kind]
	if !ok {
		return fmt.Errorf("no name is of %s", kind)
	}
	const trials = 8
	for range trials {
		name := form(w.letters)
		if err := w.ledger.Named(name); err != nil {
			return err
		}
		if err := w.createKey(ctx, w.owner(), map[string]any{"keyName": name}); err != nil || w.last.ok() {
			return err
		}
		refusal := w.last
		taken, err := w.isTaken(ctx, name)
		if w.last = refusal; err != nil || !taken {
			return err
		}
	}
	return &unclear{fmt.Sprintf("%d names of %s in a row were taken", trials, kind)}
}

// letters returns n letters and digits at random.
func (w *world) letters(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	var b strings.Builder
	for range n {
		b.WriteByte(letters[w.rand.IntN(len(letters))])
	}
	return b.String()
}

// isTaken reports whether the key list holds a key of this name.
func (w *world) isTaken(ctx context.Context, name string) (bool, error) {
	err := w.listAll(ctx)
	return strings.Contains(w.noted["names"]+" ", " "+name+" "), err
}

func (w *world) createWithout(ctx context.Context, what string) error {
	member := map[string]string{"name": "keyName", "type": "keyType", "protection type": "protectionType"}[what]
	return w.createKey(ctx, w.owner(), map[string]any{member: nil})
}

// switchKey enables or disables a key; the target must accept it.
func (w *world) switchKey(ctx context.Context, name, how string) error {
	return w.manage(ctx, name, "POST", "/"+strings.TrimSuffix(how, "d"))
}

var deletions = map[string]string{
	"request": "/request-deletion", "requested": "/request-deletion",
	"cancel": "/cancel-deletion", "cancelled": "/cancel-deletion",
}

func (w *world) deletion(ctx context.Context, name, how string) error {
	return w.manage(ctx, name, "POST", deletions[how])
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
	want := map[string]string{"keyTag": k.tag, "keyName": w.nameOf(k), "keyType": w.kindOf(k), "status": "ENABLE", "protectionType": "BASIC"}
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

// kindOf is the type that was asked for, where the last creation was of this key.
func (w *world) kindOf(k *key) string {
	if kind, ok := w.asked["keyType"].(string); ok && w.keys["the new key"] == k {
		return kind
	}
	return k.kind
}

func (w *world) carries(what string) error {
	member := map[string]string{"name": "keyName", "memo": "memo"}[what]
	got, _ := w.last.str(member)
	want, _ := w.asked[member].(string)
	return equal(w, member, got, want)
}

func (w *world) isConvergent(not string) error {
	var is bool
	err := json.Unmarshal(w.last.Data["isConvergent"], &is)
	return w.compare(err == nil && is == (not == ""), "the key to be "+not+"convergent", "isConvergent: "+string(w.last.Data["isConvergent"]))
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
