package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) creationSteps(add func(string, any)) {
	add(`I create an? {kind} key`, func(ctx context.Context, kind string) error { return w.createKey(ctx, w.owner(), kinds[kind]) })
	add(`I create a key`, func(ctx context.Context) error { return w.createKey(ctx, w.owner(), nil) })
	add(`I create {n} keys`, w.createMany)
	add(`I create a key with a name of (.+)`, w.createNamed)
	add(`I create a key named {text}`, func(ctx context.Context, name string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyName": name})
	})
	add(`I create a key with the name of the key`, func(ctx context.Context) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyName": w.keys["the key"].name})
	})
	add(`I create a key with the name of the key in capitals`, func(ctx context.Context) error {
		name := strings.ToUpper(w.keys["the key"].name)
		if err := w.ledger.Named(name); err != nil {
			return err
		}
		return w.createKey(ctx, w.owner(), map[string]any{"keyName": name})
	})
	add(`I create a key with a memo of {n} characters`, func(ctx context.Context, n int) error {
		return w.createKey(ctx, w.owner(), map[string]any{"memo": strings.Repeat("m", n)})
	})
	add(`I create a key with a memo of {n} Korean characters`, func(ctx context.Context, n int) error {
		return w.createKey(ctx, w.owner(), map[string]any{"memo": strings.Repeat("열", n)})
	})
	add(`I create a key and ask for all there is`, func(ctx context.Context) error {
		return w.createKey(ctx, w.owner(), map[string]any{
			"memo": "kmsproof", "isConvergent": true, "isAutoRotation": true, "rotationPeriod": 30,
		})
	})
	add(`the answer tells all that was asked for`, w.tellsAll)
	add(`it says that it was made now and rotates in {n} days`, w.madeNow)
	add(`I create a key of type (.+)`, func(ctx context.Context, raw string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyType": json.RawMessage(raw)})
	})
	add(`I create a key with protection (.+)`, func(ctx context.Context, raw string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"protectionType": json.RawMessage(raw)})
	})
	add(`I create a key whose (name|memo|automatic rotation|convergence) is (.+)`, func(ctx context.Context, what, raw string) error {
		return w.createKey(ctx, w.owner(), map[string]any{creationMembers[what]: rawJSON(raw)})
	})
	add(`I create a key without its (name|type|protection type|memo|rotation)`, w.createWithout)
	add(`I ask for a convergent key of type (RSA2048|ECDSA)`, func(ctx context.Context, kind string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"keyType": kind, "isConvergent": true})
	})
	add(`the key that was made, if any, is not convergent`, func() error {
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
	add(`I create a key that rotates every (\S+) days?`, func(ctx context.Context, days string) error {
		return w.createKey(ctx, w.owner(), map[string]any{"isAutoRotation": true, "rotationPeriod": rawJSON(days)})
	})
	add(`the answer carries that (name|memo)`, w.carries)
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
	name, err := w.nameForKey()
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

// createMany creates keys one after the other, up to the first that is not accepted.
func (w *world) createMany(ctx context.Context, n int) error {
	for range n {
		if err := w.createKey(ctx, w.owner(), nil); err != nil || !w.last.ok() {
			return err
		}
	}
	return nil
}

// nameForKey is a name for a key that the case is about to create, or to be refused.
func (w *world) nameForKey() (string, error) {
	w.most = max(w.most, w.holds()+1)
	return w.ledger.NextName()
}

// holds is how many keys are the case's now.
func (w *world) holds() int { return len(w.made) + len(w.loans) }

// tryCreate asks for a key. An interrupt waits for the answer: a key that nobody knows of is found only by its
// name.
func (w *world) tryCreate(ctx context.Context, by target.Auth, body any) error {
	return w.tryCreateAt(ctx, orAPI20(w.home), by, body)
}

func (w *world) tryCreateAt(ctx context.Context, api target.API, by target.Auth, body any) error {
	err := w.try(context.WithoutCancel(ctx), call{api: api, method: "POST", path: keysPath, by: by, body: body})
	if target.Uncertain(err) {
		w.ledger.Lost(nameIn(body))
	}
	if err != nil {
		return err
	}
	tag, _ := w.last.str("keyTag")
	if !w.last.ok() || tag == "" {
		if !w.last.refused() { // an answer that says neither that there is a key nor that there is none
			w.ledger.Lost(nameIn(body))
		}
		return nil
	}
	name, _ := w.last.str("keyName")
	w.made = append(w.made, tag)
	kind, _ := w.last.str("keyType")
	w.keys["the new key"] = &key{tag: tag, name: name, kind: kind, api: api}
	return w.ledger.Created(tag, name)
}

// nameIn is the name that a creation asks for; empty where its body is malformed on purpose.
func nameIn(body any) string {
	members, _ := body.(map[string]any)
	name, _ := members["keyName"].(string)
	return name
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

// creationMembers are what sentences call the members of a key creation.
var creationMembers = map[string]string{
	"name": "keyName", "type": "keyType", "protection type": "protectionType", "memo": "memo",
	"rotation": "isAutoRotation", "automatic rotation": "isAutoRotation", "convergence": "isConvergent",
}

func (w *world) createWithout(ctx context.Context, what string) error {
	return w.createKey(ctx, w.owner(), map[string]any{creationMembers[what]: nil})
}

func (w *world) carries(what string) error {
	member := creationMembers[what]
	got, _ := w.last.str(member)
	want, _ := w.asked[member].(string)
	return equal(w, member, got, want)
}

func (w *world) isConvergent(not string) error {
	var is bool
	err := json.Unmarshal(w.last.Data["isConvergent"], &is)
	return w.compare(err == nil && is == (not == ""), "the key to be "+not+"convergent", "isConvergent: "+string(w.last.Data["isConvergent"]))
}

// tellsAll compares the answer with the members of the last key creation, and looks for what the target
// adds to them.
func (w *world) tellsAll() error {
	for _, member := range slices.Sorted(maps.Keys(w.asked)) {
		if err := equal(w, member, compact(w.last.Data[member]), string(marshal(w.asked[member]))); err != nil {
			return err
		}
	}
	for _, member := range []string{"keyId", "keystoreId"} {
		if err := w.compare(wholeNumber(w.last.Data[member]) > 0, member+" to be a number", compact(w.last.Data[member])); err != nil {
			return err
		}
	}
	return nil
}

// madeNow compares the times of a key that the case has just made with the target's.
func (w *world) madeNow(ctx context.Context, days int) error {
	if err := w.isNow(ctx, w.last, "registerDate"); err != nil {
		return err
	}
	return w.isNear(ctx, w.last, "nextRotationDate", time.Duration(days)*24*time.Hour)
}
