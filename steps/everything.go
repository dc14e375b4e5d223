package steps

import (
	"context"
	"errors"
	"fmt"
)

// aLife are deeds on one key in an order in which the account can do each, and all of them that there are
// but to migrate it, after which it is elsewhere.
var aLife = []string{
	createDeed, listDeed, "ask about the key", renameDeed, "change the memo",
	"rotate the key", "list the versions", "disable a version", "enable a version",
	"switch automatic rotation on", "change the rotation period", "switch automatic rotation off",
	"enable the creator", "ask about the creator", "ask for a token set", "replace the creator", "disable the creator",
	"switch the IP ACL on", "add an address to the IP ACL", "read the IP ACL", "delete an address of the IP ACL", "switch the IP ACL off",
	"read the activity log", "ask for the last use",
	"disable the key", "enable the key", "request the deletion", "cancel the deletion", "request the deletion", "delete the key",
}

func (w *world) everythingSteps(add func(string, any)) {
	const who = `the (manager|administrator|infrastructure manager|finance manager)`
	add(who+` may do everything with the key`, w.mayDoEverything)
	add(who+` may do nothing with the key that the account may`, w.mayDoNothing)
}

// mayDoEverything leads a key through its life in somebody's name. Each deed must be accepted.
func (w *world) mayDoEverything(ctx context.Context, who string) error {
	return w.live(ctx, who, func(name string) error {
		return w.compare(w.last.ok(), fmt.Sprintf("the call to %s by the %s to be accepted", name, who), w.last.String())
	})
}

// mayDoNothing leads a key through its life as the account, and has somebody else try each deed before.
func (w *world) mayDoNothing(ctx context.Context, who string) error {
	return w.live(ctx, who, func(name string) error {
		if err := w.refusedDeed(name, who); err != nil {
			return err
		}
		if err := w.do(ctx, name, w.owner()); err != nil {
			return err
		}
		return w.accepted(w.last)
	})
}

// refusedDeed judges the answer to a deed. Whether the list is refused to who may do nothing is open
// (KMS2-SUB-021), and not judged.
func (w *world) refusedDeed(name, who string) error {
	if name == listDeed {
		return nil
	}
	err := w.refused(w.last)
	if m, ok := errors.AsType[*Mismatch](err); ok {
		return &Mismatch{Want: fmt.Sprintf("the call to %s by the %s to be refused", name, who), Got: m.Got}
	}
	return err
}

// live tries each deed of a key's life in somebody's name and judges the answer.
func (w *world) live(ctx context.Context, who string, judge func(name string) error) error {
	by, err := w.caller("the " + who)
	if err != nil {
		return err
	}
	for _, name := range aLife {
		if err := w.do(ctx, name, by); err != nil {
			return err
		}
		if err := judge(name); err != nil {
			return err
		}
	}
	return nil
}
