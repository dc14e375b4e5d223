package target

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Belong finds out whether the admin listener is that of the server at the other URLs: it makes a call to
// each that the server does not know, and looks for these calls in the journal. A reference that counts calls but keeps
// no journal, or one that forgot calls since at each of some tries, is believed. The budget does not count these calls.
func (t *Target) Belong(ctx context.Context) error {
	if !t.Offers(Admin) {
		return nil
	}
	for _, api := range APIs() {
		if api == Admin || !t.Offers(api) {
			continue
		}
		if err := t.sees(ctx, api); err != nil {
			return err
		}
	}
	return nil
}

// sees makes a call to an API and looks for it in the journal; again where others' calls may have pushed it out.
func (t *Target) sees(ctx context.Context, api API) error {
	for range 5 {
		before, err := t.journal(ctx, "limit=1")
		if err != nil {
			return err
		}
		mark := "/" + uuid.NewString() // the journal tells no path that could be a secret, but an ID
		if err := t.ask(ctx, api, mark); err != nil {
			return err
		}
		seen, err := t.journal(ctx, "since="+strconv.FormatUint(before.Last, 10))
		if err != nil || seen.tells(mark, api) {
			return err
		}
		if seen.Last <= before.Last+uint64(len(seen.Entries)) { // it forgot none
			return fmt.Errorf("admin: %s did not see a call to %s at %s: it belongs to another server", t.URLs[Admin], api, t.URLs[api])
		}
	}
	return nil
}

// calls are what a journal tells.
type calls struct {
	Last    uint64 // number of the latest call
	Entries []struct{ API, Path string }
}

func (t *Target) journal(ctx context.Context, query string) (calls, error) {
	var c calls
	text, err := t.AdminCall(ctx, http.MethodGet, "/admin/journal?"+query, nil)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("%s: /admin/journal: %w", t.Name, err)
	}
	return c, nil
}

func (c calls) tells(path string, api API) bool {
	for _, e := range c.Entries {
		if e.API == string(api) && strings.HasSuffix(e.Path, path) { // a base URL may have a path, too
			return true
		}
	}
	return false
}
