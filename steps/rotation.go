package steps

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

func (w *world) rotationSteps(add func(string, any)) {
	add(`a key that rotates every {n} days?`, func(ctx context.Context, days int) error {
		return w.makeKeyWith(ctx, "the key", map[string]any{"isAutoRotation": true, "rotationPeriod": days})
	})
	add(`automatic rotation is switched (on|off)`, func(ctx context.Context, how string) error {
		return w.manage(ctx, "the key", "POST", map[string]string{"on": "/enable-auto-rotation", "off": "/disable-auto-rotation"}[how])
	})
	add(`I change the rotation period to (\S+) days?`, func(ctx context.Context, days string) error {
		return w.changePeriod(ctx, map[string]any{"rotationPeriod": rawJSON(days)})
	})
	add(`I change the rotation period and name none`, func(ctx context.Context) error {
		return w.changePeriod(ctx, map[string]any{})
	})
	add(`the answer says that the key rotates every {n} days?`, func(n int64) error {
		if err := w.numberIs("rotationPeriod", n); err != nil {
			return err
		}
		_, ok := w.last.number("nextRotationDate")
		return w.compare(ok, "nextRotationDate", string(w.last.Data["nextRotationDate"]))
	})
	add(`the answer says that automatic rotation is (on|off)`, func(how string) error { return w.autoIs(w.last, how) })
	add(`automatic rotation is (on|off)`, func(ctx context.Context, how string) error {
		r, err := w.info(ctx)
		if err != nil {
			return err
		}
		return w.autoIs(r, how)
	})
	add(`the answer names no period and no next rotation`, func() error {
		period, next := string(w.last.Data["rotationPeriod"]), string(w.last.Data["nextRotationDate"])
		return w.compare(w.last.ok() && period == "null" && next == "null", "rotationPeriod and nextRotationDate to be null", period+" and "+next)
	})
	add(`the next rotation is {n} days? from now`, w.nextRotation)
	add(`the next rotation is noted`, func(ctx context.Context) error { return w.note(ctx, "next rotation", w.nextDate) })
	add(`the next rotation is as noted`, func(ctx context.Context) error { return w.asNoted(ctx, "next rotation", w.nextDate) })
}

func (w *world) changePeriod(ctx context.Context, body map[string]any) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: "PUT", path: k.path("/rotation-period"), by: w.owner(), body: body})
}

// info asks for the key info, which the target must give.
func (w *world) info(ctx context.Context) (*reply, error) {
	k, err := w.key("the key")
	if err != nil {
		return nil, err
	}
	return w.demand(ctx, call{method: "GET", path: k.path(""), by: w.owner()})
}

func (w *world) autoIs(r *reply, how string) error {
	var on bool
	err := json.Unmarshal(r.Data["isAutoRotation"], &on)
	return w.compare(r.ok() && err == nil && on == (how == "on"), "automatic rotation to be "+how, "isAutoRotation: "+string(r.Data["isAutoRotation"]))
}

func (w *world) nextDate(ctx context.Context) (string, error) {
	r, err := w.info(ctx)
	if err != nil {
		return "", err
	}
	next, ok := r.number("nextRotationDate")
	return strconv.FormatInt(next, 10), w.compare(ok, "nextRotationDate", string(r.Data["nextRotationDate"]))
}

// nextRotation compares the next rotation with the target's time.
func (w *world) nextRotation(ctx context.Context, days int) error {
	r, err := w.info(ctx)
	if err != nil {
		return err
	}
	return w.isNear(ctx, r, "nextRotationDate", time.Duration(days)*24*time.Hour)
}
