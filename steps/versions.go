package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

func (w *world) versionSteps(add func(string, any)) {
	add(`the key is rotated`, func(ctx context.Context) error { return w.manage(ctx, "the key", "POST", "/rotate") })
	add(`the key is rotated {n} times`, func(ctx context.Context, n int) error {
		for range n {
			if err := w.manage(ctx, "the key", "POST", "/rotate"); err != nil {
				return err
			}
		}
		return nil
	})
	add(`I rotate the key`, func(ctx context.Context) error { return w.ownerTries(ctx, "POST", "/rotate") })
	add(`I (enable|disable) version (\S+)`, func(ctx context.Context, how, version string) error {
		return w.ownerTries(ctx, "POST", "/versions/"+version+"/"+how)
	})
	add(`version {n} is (enabl|disabl)ed`, func(ctx context.Context, version, how string) error {
		return w.manage(ctx, "the key", "POST", "/versions/"+version+"/"+how+"e")
	})
	add(`version {n} is "(ENABLE|DISABLE)"`, w.versionIs)
	add(`the key has {n} versions?`, w.hasVersions)
	add(`every version is listed with its state and times`, w.versionsListed)
	add(`the answer names version {n}, its state "(ENABLE|DISABLE)" and the time`, func(ctx context.Context, n int64, state string) error {
		if err := w.numberIs("version", n); err != nil {
			return err
		}
		return w.answersState(ctx, state)
	})
	add(`the answer names the key, version {n} and the time`, func(ctx context.Context, n int64) error {
		if err := w.answersKey(); err != nil {
			return err
		}
		if err := w.numberIs("version", n); err != nil {
			return err
		}
		return w.isNow(ctx, w.last, "rotatedDate")
	})
	add(`the answer names the key, its state "(ENABLE|DISABLE|REVOKE)" and the time`, func(ctx context.Context, state string) error {
		if err := w.answersKey(); err != nil {
			return err
		}
		return w.answersState(ctx, state)
	})
}

func (w *world) answersKey() error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	got, _ := w.last.str("keyTag")
	return equal(w, "keyTag", got, w.keys["the key"].tag)
}

func (w *world) answersState(ctx context.Context, state string) error {
	got, _ := w.last.str("status")
	if err := equal(w, "status", got, state); err != nil {
		return err
	}
	return w.isNow(ctx, w.last, "statusDate")
}

// isNow compares a member of an answer with the target's time.
func (w *world) isNow(ctx context.Context, r *reply, member string) error {
	return w.isNear(ctx, r, member, 0)
}

// isNear compares a member of an answer with the target's time, so much later. Five minutes either way are
// what a target allows for between its clock and that of who signs (common-ncpapi).
func (w *world) isNear(ctx context.Context, r *reply, member string, later time.Duration) error {
	now, err := w.t.Now(ctx)
	if err != nil {
		return err
	}
	want := now.Add(later).UnixMilli()
	got, ok := r.number(member)
	return w.compare(ok && abs(got-want) < (5*time.Minute).Milliseconds(),
		fmt.Sprintf("%s near %d, in milliseconds", member, want), string(r.Data[member]))
}

// A listedVersion is an item of the version list.
type listedVersion struct {
	Version int64  `json:"version"`
	Status  string `json:"status"`
	Since   int64  `json:"statusDate"`
	Rotated int64  `json:"rotatedDate"`
}

// versions asks for the version list, which the target must give.
func (w *world) versions(ctx context.Context) (list []listedVersion, current int64, err error) {
	k, err := w.key("the key")
	if err != nil {
		return nil, 0, err
	}
	r, err := w.demand(ctx, call{method: "GET", path: k.path("/versions"), by: w.owner()})
	if err != nil {
		return nil, 0, err
	}
	if tag, _ := r.str("keyTag"); tag != k.tag {
		return nil, 0, w.compare(false, "the version list of the key "+k.tag, strconv.Quote(tag))
	}
	current, told := r.number("currentVersion")
	bad := json.Unmarshal(r.Data["versionList"], &list)
	return list, current, w.compare(told && bad == nil && len(list) > 0, "a list of versions and the current one", "members "+memberNames(r))
}

func (w *world) versionIs(ctx context.Context, n int64, state string) error {
	list, _, err := w.versions(ctx)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.Version == n {
			return equal(w, fmt.Sprintf("version %d", n), v.Status, state)
		}
	}
	return w.compare(false, fmt.Sprintf("version %d to be listed", n), fmt.Sprintf("%d others", len(list)))
}

func (w *world) hasVersions(ctx context.Context, n int) error {
	list, current, err := w.versions(ctx)
	if err != nil {
		return err
	}
	if err := equal(w, "the number of versions", len(list), n); err != nil {
		return err
	}
	return equal(w, "the current version", current, int64(n))
}

func (w *world) versionsListed(ctx context.Context) error {
	list, current, err := w.versions(ctx)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, v := range list {
		seen[v.Version] = true
		known := v.Status == "ENABLE" || v.Status == "DISABLE"
		if err := w.compare(known && v.Since > 0 && v.Rotated > 0, "a state and times in milliseconds", fmt.Sprintf("%+v", v)); err != nil {
			return err
		}
	}
	for n := int64(1); n <= current; n++ {
		if err := w.compare(seen[n], "version "+strconv.FormatInt(n, 10)+" to be listed", "it is not"); err != nil {
			return err
		}
	}
	return nil
}
