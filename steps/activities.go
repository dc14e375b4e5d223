package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An entry is one of an activity log (security-kms2-key-activity-logs).
type entry struct {
	Timestamp string `json:"timestamp"`
	Data      struct {
		Key struct {
			Tag  string `json:"keyTag"`
			Name string `json:"keyName"`
			NRN  string `json:"nrn"`
		} `json:"kmsKey"`
		Requestor struct {
			Type string `json:"requestType"`
			ID   string `json:"id"`
			IP   string `json:"ip"`
		} `json:"requestor"`
		API struct {
			Result string `json:"result"`
			Action string `json:"action"`
			Type   string `json:"type"`
		} `json:"api"`
	} `json:"data"`
	Message *string `json:"message"`

	at time.Time // zero: the timestamp is no time
}

// tells is what an entry says by which it is told from others. A key may get another name meanwhile.
func (e entry) tells() string {
	r, api := e.Data.Requestor, e.Data.API
	return strings.Join([]string{e.Timestamp, e.Data.Key.Tag, r.Type, r.ID, r.IP, api.Action, api.Result}, " ")
}

// telling is tells of each.
func telling(list []entry) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.tells()
	}
	return out
}

// stamps are forms of ISO 8601; a time without a zone is taken for UTC.
var stamps = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"}

func readEntry(raw json.RawMessage) (entry, bool) {
	var e entry
	if json.Unmarshal(raw, &e) != nil {
		return e, false
	}
	for _, form := range stamps {
		if at, err := time.Parse(form, e.Timestamp); err == nil {
			e.at = at
			break
		}
	}
	return e, e.Timestamp != ""
}

// A logPage is a page of an activity log.
type logPage struct {
	entries                []entry
	size, no, pages, total int64
	ok                     bool // it has the published members
}

func readLog(r *reply) logPage {
	var list []json.RawMessage
	p := logPage{ok: r.ok() && json.Unmarshal(r.Data["activityLogList"], &list) == nil && list != nil}
	for name, into := range map[string]*int64{"pageSize": &p.size, "currentPageNo": &p.no, "totalPageNo": &p.pages, "totalCount": &p.total} {
		var is bool
		*into, is = r.number(name)
		p.ok = p.ok && is
	}
	for _, raw := range list {
		e, is := readEntry(raw)
		p.ok = p.ok && is
		p.entries = append(p.entries, e)
	}
	return p
}

func (p logPage) String() string {
	return fmt.Sprintf("%d entries, pageSize %d, currentPageNo %d, totalPageNo %d, totalCount %d", len(p.entries), p.size, p.no, p.pages, p.total)
}

// logCall asks for the activity log of the key.
func (w *world) logCall(query url.Values) (call, error) {
	k, err := w.key("the key")
	if err != nil {
		return call{}, err
	}
	return call{method: "GET", path: k.path("/activities") + "?" + query.Encode(), by: w.owner()}, nil
}

// tryLog asks for the activity log, for a later step to judge.
func (w *world) tryLog(ctx context.Context, query url.Values) error {
	c, err := w.logCall(query)
	if err != nil {
		return err
	}
	return w.try(ctx, c)
}

// wholeLog returns all entries of the activity log, which the target must list. A key that the case
// made for itself has no more than fit a page.
func (w *world) wholeLog(ctx context.Context) (logPage, error) {
	c, err := w.logCall(url.Values{"pageSize": {"200"}})
	if err != nil {
		return logPage{}, err
	}
	r, err := w.demand(ctx, c)
	if err != nil {
		return logPage{}, err
	}
	p := readLog(r)
	return p, w.compare(p.ok, "an activityLogList of entries with its counters", "members "+memberNames(r))
}

func (w *world) noteLog(ctx context.Context) error {
	p, err := w.wholeLog(ctx)
	w.logged = p.entries
	return err
}

// fresh returns the entries that were not there when the log was noted.
func (w *world) fresh(now []entry) (more []entry) {
	before := map[string]int{}
	for _, e := range w.logged {
		before[e.tells()]++
	}
	for _, e := range now {
		if before[e.tells()]--; before[e.tells()] < 0 {
			more = append(more, e)
		}
	}
	return more
}

// logGrew compares the log with what was noted of it, and notes it anew. A log that is written late may
// take as long as the target allows a run to wait.
func (w *world) logGrew(ctx context.Context, by string) error {
	want := map[string]int{"an entry": 1, "no entry": 0}[by]
	for waited := time.Duration(0); ; waited += time.Second {
		p, err := w.wholeLog(ctx)
		if err != nil {
			return err
		}
		more := w.fresh(p.entries)
		if len(more) >= want || waited >= w.t.Wait || w.settable {
			return w.takeEntry(more, p.entries, want)
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// takeEntry makes the one entry that the log has more the one that later steps are about.
func (w *world) takeEntry(more, now []entry, want int) error {
	if err := w.compare(len(more) == want, fmt.Sprintf("%d more in the activity log", want), fmt.Sprintf("%d more", len(more))); err != nil {
		return err
	}
	w.logged = now
	if want == 1 {
		w.former, w.entry = w.entry, &more[0]
	}
	return nil
}

// about returns the entry that steps are about and the one before it.
func (w *world) about() (e, former *entry, err error) {
	if w.entry == nil {
		return nil, nil, fmt.Errorf("%w: the entry", errNoSuch)
	}
	return w.entry, w.former, nil
}

// edges returns the times of the oldest and the newest entry that were noted.
func (w *world) edges() (oldest, newest time.Time, err error) {
	if len(w.logged) == 0 {
		return oldest, newest, w.compare(false, "an entry in the activity log", "none")
	}
	older := func(a, b entry) int { return a.at.Compare(b.at) }
	return slices.MinFunc(w.logged, older).at, slices.MaxFunc(w.logged, older).at, nil
}

func millisOf(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
