package target

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// A Region is a region of a target, by its name in the API.
type Region string

// The regions of the KMS.
const (
	KR  Region = "KR"
	JPN Region = "JPN"
)

// Host returns the API that serves the isolated keys of the region.
func (r Region) Host() API {
	if r == JPN {
		return API20JP
	}
	return API20KR
}

// CanSetRegions reports whether the target's regions can be taken down and made to lag.
func (t *Target) CanSetRegions() bool { return t.Offers(Admin) }

// SetRegion takes a region down or up.
func (t *Target) SetRegion(ctx context.Context, r Region, up bool) error {
	return t.regionCall(ctx, r, map[string]any{"up": up})
}

// SetLag says how long a change made in the other region takes to reach r, from now on.
func (t *Target) SetLag(ctx context.Context, r Region, lag time.Duration) error {
	return t.regionCall(ctx, r, map[string]any{"lag": lag.String()})
}

// ResetRegions lets both regions be up and lag behind by nothing.
func (t *Target) ResetRegions(ctx context.Context) error {
	var failed error
	for _, r := range []Region{KR, JPN} {
		failed = errors.Join(failed, t.regionCall(ctx, r, map[string]any{"up": true, "lag": "0s"}))
	}
	return failed
}

// ErrNoRegions is returned by the calls that change the regions of a target without an admin listener.
var ErrNoRegions = errors.New("the target has no admin listener, so its regions cannot be set")

func (t *Target) regionCall(ctx context.Context, r Region, change map[string]any) error {
	if !t.CanSetRegions() {
		return ErrNoRegions
	}
	body, err := json.Marshal(change)
	if err != nil {
		return err
	}
	_, err = t.AdminCall(ctx, http.MethodPut, "/admin/regions/"+string(r), body)
	return err
}
