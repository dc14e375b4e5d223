package steps

import (
	"context"
	"fmt"
)

const creatorPath = "/token-generator"

// creatorMethods are the calls that change a creator, by the verbs and participles of sentences.
var creatorMethods = map[string]string{
	"enabled": "POST", "replaced": "PUT", "disabled": "DELETE",
	"enable": "POST", "replace": "PUT", "disable": "DELETE",
}

func (w *world) creatorSteps(add func(string, any)) {
	add(`the creator is (enabled|replaced|disabled)`, func(ctx context.Context, how string) error {
		return w.changeCreator(ctx, "the key", how)
	})
	add(`I (enable|replace|disable) the creator`, func(ctx context.Context, how string) error {
		return w.ownerTries(ctx, creatorMethods[how], creatorPath)
	})
	add(`the creator is "(ACTIVE|INACTIVE)"`, w.creatorIs)
	add(`the creator has an ID`, w.creatorHasID)
	add(`the creator has no ID and no dates`, w.creatorIsNone)
	add(`the creator has another ID`, w.creatorHasAnotherID)
	add(`the creator says when it was (enabled|disabled)`, w.creatorSince)
	add(`the creator has issued {n} tokens`, w.creatorIssued)
}

// changeCreator makes a change that the target must accept, and keeps the ID that the creator had.
func (w *world) changeCreator(ctx context.Context, name, how string) error {
	if how != "enabled" || w.creatorID == "" {
		if err := w.noteCreator(ctx, name); err != nil {
			return err
		}
	}
	return w.manage(ctx, name, creatorMethods[how], creatorPath)
}

// noteCreator keeps the ID of the creator; a target that shows none before the first has none.
func (w *world) noteCreator(ctx context.Context, name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	r, err := w.send(ctx, call{method: "GET", path: k.path(creatorPath), by: w.owner()})
	if err != nil {
		return err
	}
	if id, _ := r.str("tokenGeneratorId"); id != "" {
		w.creatorID = id
	}
	return nil
}

// creator asks for the creator of the key, which the target must show.
func (w *world) creator(ctx context.Context) (*reply, error) {
	k, err := w.key("the key")
	if err != nil {
		return nil, err
	}
	return w.demand(ctx, call{method: "GET", path: k.path(creatorPath), by: w.owner()})
}

func (w *world) creatorIs(ctx context.Context, status string) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	got, _ := r.str("status")
	return equal(w, "the creator", got, status)
}

func (w *world) creatorHasID(ctx context.Context) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	id, _ := r.str("tokenGeneratorId")
	return w.compare(id != "", "an ID", string(r.Data["tokenGeneratorId"]))
}

func (w *world) creatorIsNone(ctx context.Context) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	for _, member := range []string{"tokenGeneratorId", "enabledDate", "disabledDate"} {
		if err := equal(w, member, string(r.Data[member]), "null"); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) creatorHasAnotherID(ctx context.Context) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	id, _ := r.str("tokenGeneratorId")
	return w.comparesTo("the ID of the creator", id, w.creatorID, false)
}

func (w *world) creatorSince(ctx context.Context, how string) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	return w.isNow(ctx, r, how+"Date")
}

func abs(n int64) int64 { return max(n, -n) }

func (w *world) creatorIssued(ctx context.Context, n int64) error {
	r, err := w.creator(ctx)
	if err != nil {
		return err
	}
	got, ok := r.number("issuedTokenCount")
	return w.compare(ok && got == n, fmt.Sprintf("issuedTokenCount to be %d", n), string(r.Data["issuedTokenCount"]))
}
