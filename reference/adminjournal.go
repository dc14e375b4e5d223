package reference

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// tellJournal is GET /admin/journal.
func (s *Service) tellJournal(w http.ResponseWriter, r *http.Request) {
	f, err := readFilter(r.URL.Query())
	if err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	respond(w, http.StatusOK, struct {
		Last    uint64  `json:"last"`
		Entries []Entry `json:"entries"`
	}{s.journal.Last(), s.journal.Entries(f)})
}

// readFilter reads op, region, key, caller, status, reason, since (a sequence number or a time) and limit.
func readFilter(query url.Values) (Filter, error) {
	known := []string{"op", "region", "key", "caller", "status", "reason", "since", "limit"}
	for name := range query {
		if !slices.Contains(known, name) {
			return Filter{}, fmt.Errorf("%s: the journal is filtered by %v", harmless(name), known)
		}
	}
	f := Filter{Op: kms.Op(query.Get("op")), Key: query.Get("key"), Caller: query.Get("caller"), Reason: kms.Reason(query.Get("reason"))}
	if f.Op != "" && !isOp(f.Op) {
		return f, noOp(f.Op)
	}
	if query.Has("region") {
		region, bad := kms.RegionNamed("region", query.Get("region"))
		if bad != nil {
			return f, fmt.Errorf("region: %s", bad.Detail)
		}
		f.Region = region
	}
	for name, into := range map[string]*int{"status": &f.Status, "limit": &f.Limit} {
		n, err := strconv.Atoi(query.Get(name))
		if query.Has(name) && (err != nil || n < 0) {
			return f, fmt.Errorf("%s: want a whole number", name)
		}
		*into = n
	}
	if since := query.Get("since"); since != "" {
		return f, f.since(since)
	}
	return f, nil
}

func (f *Filter) since(text string) error {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		f.After = n
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("since: want the number of an entry or a time like 2026-01-01T00:00:00Z")
	}
	f.Since = at
	return nil
}

// clearJournal is DELETE /admin/journal.
func (s *Service) clearJournal(w http.ResponseWriter, _ *http.Request) {
	s.journal.Clear()
	respond(w, http.StatusOK, map[string]string{"journal": "empty"})
}

// readJSON reads a small admin request strictly. What its error says is not for the caller.
func readJSON(r *http.Request, into any) error { return readJSONUpTo(4<<10, r, into) }

// readJSONUpTo is readJSON for a request of at most so many bytes. Of a longer one the error is an
// [http.MaxBytesError].
func readJSONUpTo(most int64, r *http.Request, into any) error {
	return json.UnmarshalRead(http.MaxBytesReader(nil, r.Body, most), into, json.RejectUnknownMembers(true))
}
