package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kmsproof/kmsproof/target"
)

// opener is whoever may open uses of a key: an account, the holder of a token, or nobody.
const opener = `(the account|the viewer|the manager|the administrator|the infrastructure manager|the finance manager|nobody|the forged token|the (?:old |new |other )?(?:access|refresh) token)`

func (w *world) openingSteps(add func(string, any)) {
	add(opener+` opens every use of {key}(?: over API ([12]\.0))?{from}`, w.opensEvery)
	add(`the account opens every use of {key} over API 1.0 with the older signature`, w.opensEveryByOlder)
	add(opener+` opens (?:no|any) use of {key}( but its public key)?(?: over API ([12]\.0))?{from}`, w.opensNone)
}

// opensEvery compares each use of a key with a success.
func (w *world) opensEvery(ctx context.Context, who, key, over, from string) error {
	return w.eachUse(ctx, door{who: who, key: key, over10: over == "1.0", from: from}, w.opened(who))
}

// opensEveryByOlder is opensEvery on the path of the older signature.
func (w *world) opensEveryByOlder(ctx context.Context, key string) error {
	return w.eachUse(ctx, door{key: key, over10: true, older: true}, w.opened("the older signature"))
}

// opened compares a use with a success.
func (w *world) opened(who string) func(name string, r *reply) error {
	return func(name string, r *reply) error {
		return w.compare(r.ok(), fmt.Sprintf("the call to %s by %s to be accepted", name, who), r.String())
	}
}

// opensNone compares each use of a key with a refusal, or each but that of its public key.
func (w *world) opensNone(ctx context.Context, who, key, but, over, from string) error {
	return w.eachUse(ctx, door{who: who, key: key, over10: over == "1.0", from: from}, func(name string, r *reply) error {
		if but != "" && name == publicKeyUse {
			return nil
		}
		err := w.refused(r)
		if m, ok := errors.AsType[*Mismatch](err); ok {
			return &Mismatch{Want: fmt.Sprintf("the call to %s by %s to be refused", name, who), Got: m.Got}
		}
		return err
	})
}

const publicKeyUse = "ask for the public key"

// A door is by whom, over which API and from where the uses of a key are tried.
type door struct {
	who, key string
	over10   bool
	older    bool // by the account's older signature, whoever it is
	from     string
}

// eachUse tries every use of an RSA key, the only type that has them all, and judges each answer.
func (w *world) eachUse(ctx context.Context, d door, judge func(name string, r *reply) error) error {
	k, err := w.key(d.key)
	if err != nil {
		return err
	}
	if err := w.compare(k.kind == "RSA2048", d.key+" to be of type RSA2048, as was asked", k.kind); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		if d.over10 && operations[name].path10 == "" {
			continue
		}
		c, err := w.useThrough(ctx, d, k, name)
		if err != nil {
			return err
		}
		r, err := w.send(ctx, c)
		if err != nil {
			return err
		}
		if err := judge(name, r); err != nil {
			return err
		}
	}
	return nil
}

// useThrough is the call of one use of a key through a door.
func (w *world) useThrough(ctx context.Context, d door, k *key, name string) (call, error) {
	o := operations[name]
	c := call{method: "POST", path: k.path(o.path)}
	if d.over10 {
		c.api, c.path = target.API10, k.path10(d.generation(), o.path10)
	}
	var err error
	if c.by, err = w.opener(d); err != nil {
		return call{}, err
	}
	if c.from, err = w.source(d.from); err != nil {
		return call{}, err
	}
	c.body, err = w.worksOn(ctx, d.key, o)
	return c, err
}

func (w *world) opener(d door) (target.Auth, error) {
	switch {
	case d.older:
		return target.SignatureV1(w.t.Credentials["owner"]), nil
	case d.who == "nobody":
		return w.caller("no credentials")
	}
	return w.caller(d.who)
}

// generation is that of the signature of a call of API 1.0.
func (d door) generation() string {
	if d.older {
		return "v1"
	}
	return "v2"
}
