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
// each that the server does not know, and looks for these calls in the journal. A reference that keeps no
// journal but counts calls is believed. The budget does not count these calls.
func (t *Target) Belong(ctx context.Context) error {
	if !t.Offers(Admin) {
		return nil
	}
	before, err := t.journal(ctx, "limit=1")
	if err != nil {
		return err
	}
	mark := "/" + uuid.NewString() // the journal tells no path that could be a secret, but an ID
	for _, api := range APIs() {
		if api == Admin || !t.Offers(api) {
			continue
		}
		if err := t.ask(ctx, api, mark); err != nil {
			return err
		}
		seen, err := t.journal(ctx, "since="+strconv.FormatUint(before.Last, 10))
		if err != nil {
			return err
		}
		if !seen.tells(mark, api) && (len(seen.Entries) > 0 || seen.Last == before.Last) {
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
