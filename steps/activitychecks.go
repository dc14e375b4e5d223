package steps

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (w *world) activitySteps(add func(string, any)) {
	add(`the activity log is noted`, w.noteLog)
	add(`the activity log has (an entry|no entry) more`, w.logGrew)
	add(`the entry names the key and the time`, w.entryNamesKey)
	add(`the entry names the key's resource, the type and the result of the call and a message`, w.entryTellsMore)
	add(`the entry says that (it came over the API|the service did it by itself)`, w.entryCameFrom)
	add(`the entry names {address}`, w.entryNamesAddress)
	add(`the entry names a caller`, w.entryNamesSomebody)
	add(`the entry names the caller of the one before`, w.entryNamesCaller)
	add(`the entry tells another (result|action) than the one before`, w.entryDiffers)
	add(`I read the activity log with {n} a page`, func(ctx context.Context, n string) error {
		return w.tryLog(ctx, url.Values{"pageSize": {n}})
	})
	add(`I read page {n} of the activity log`, func(ctx context.Context, n string) error {
		return w.tryLog(ctx, url.Values{"pageNo": {n}})
	})
	add(`I read the activity log with a span from {text} to {text}`, func(ctx context.Context, from, to string) error {
		return w.tryLog(ctx, url.Values{"timestampFrom": {from}, "timestampTo": {to}})
	})
	add(`I read the activity log of the time (around|before|after|up to before|from before) (?:its entries|the newest entry)`, w.readSpan)
	add(`I read the activity log of the very millisecond of the entry`, func(ctx context.Context) error {
		e, _, err := w.about()
		if err != nil {
			return err
		}
		return w.tryLog(ctx, url.Values{"timestampFrom": {millisOf(e.at)}, "timestampTo": {millisOf(e.at)}})
	})
	add(`I read the activity log with (the action of the entry|a word that no entry has) as the keyword`, w.readByKeyword)
	add(`the answer holds (every entry|no entry|the entry|the entry alone)`, w.answerHolds)
	add(`the answer lists the newest entry first`, w.newestFirst)
	add(`the answer is a page of {n} entries with its counters`, w.isLogPage)
	add(`the pages of {n} hold every entry once`, w.pagesHoldAll)
	add(`the answer says that a page has {n} entries`, func(n int64) error { return w.numberIs("pageSize", n) })
	add(`the last use is noted`, func(ctx context.Context) error { return w.note(ctx, "last use", w.lastUse) })
	add(`the last use is as noted`, func(ctx context.Context) error { return w.asNoted(ctx, "last use", w.lastUse) })
	add(`the last use is the entry`, w.lastUseIsEntry)
	add(`the answer tells of no use`, func() error {
		return w.compare(w.last.ok() && w.last.Data == nil, "data to be null", w.last.String()+", members "+memberNames(w.last))
	})
}

func (w *world) entryNamesKey(ctx context.Context) error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	if err := equal(w, "the key of the entry", e.Data.Key.Tag+" "+e.Data.Key.Name, k.tag+" "+k.name); err != nil {
		return err
	}
	if err := w.compare(e.Data.API.Action != "", "an action", "none"); err != nil {
		return err
	}
	now, err := w.t.Now(ctx)
	if err != nil {
		return err
	}
	return w.compare(now.Sub(e.at).Abs() < 24*time.Hour, "a timestamp in ISO 8601 near "+now.UTC().Format(time.RFC3339), e.Timestamp)
}

// entryTellsMore looks for the members of an entry whose contents nobody has published.
func (w *world) entryTellsMore() error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	if err := w.compare(strings.HasPrefix(e.Data.Key.NRN, "nrn:"), "kmsKey.nrn", strconv.Quote(e.Data.Key.NRN)); err != nil {
		return err
	}
	w.reading("api.type is like " + e.Data.API.Type)
	if err := w.compare(e.Data.API.Type != "", "api.type", "none"); err != nil {
		return err
	}
	if err := w.compare(e.Data.API.Result != "", "api.result", "none"); err != nil {
		return err
	}
	return w.compare(e.Message != nil, "message", "none")
}

func (w *world) entryCameFrom(how string) error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	want := map[string]string{"it came over the API": "API", "the service did it by itself": "SYSTEM"}[how]
	return equal(w, "requestType", e.Data.Requestor.Type, want)
}

func (w *world) entryNamesAddress(ordinal string) error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	s, err := w.source(ordinal)
	if err != nil {
		return err
	}
	return equal(w, "the address of the caller", e.Data.Requestor.IP, s.SeenAs.String())
}

// entryNamesSomebody looks for an ID of the caller; what it is the ID of nobody has published.
func (w *world) entryNamesSomebody() error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	return w.compare(e.Data.Requestor.ID != "", "requestor.id", "none")
}

func (w *world) entryNamesCaller() error {
	e, former, err := w.about()
	if err != nil || former == nil {
		return fmt.Errorf("%w: two entries", errNoSuch)
	}
	id := e.Data.Requestor.ID
	return w.compare(id != "" && id == former.Data.Requestor.ID, "the caller "+former.Data.Requestor.ID, strconv.Quote(id))
}

func (w *world) entryDiffers(in string) error {
	e, former, err := w.about()
	if err != nil || former == nil {
		return fmt.Errorf("%w: two entries", errNoSuch)
	}
	now, before := e.Data.API.Result, former.Data.API.Result
	if in == "action" {
		now, before = e.Data.API.Action, former.Data.API.Action
	}
	return w.comparesTo("the "+in, now, before, false)
}

// readSpan asks for a span that keeps a minute's distance from the entries, on either side.
func (w *world) readSpan(ctx context.Context, where string) error {
	oldest, newest, err := w.edges()
	if err != nil {
		return err
	}
	at := func(t time.Time, minutes int) []string {
		return []string{millisOf(t.Add(time.Duration(minutes) * time.Minute))}
	}
	return w.tryLog(ctx, map[string]url.Values{
		"around":       {"timestampFrom": at(oldest, -1), "timestampTo": at(newest, 1)},
		"before":       {"timestampFrom": at(oldest, -2), "timestampTo": at(oldest, -1)},
		"after":        {"timestampFrom": at(newest, 1), "timestampTo": at(newest, 2)},
		"up to before": {"timestampTo": at(oldest, -1)},
		"from before":  {"timestampFrom": at(newest, -1)},
	}[where])
}

func (w *world) readByKeyword(ctx context.Context, which string) error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	word := e.Data.API.Action
	if which == "a word that no entry has" {
		word = "kmsproof-" + w.letters(12)
	}
	return w.tryLog(ctx, url.Values{"keyword": {word}})
}

// answerHolds compares the entries of the answer with those that were noted.
func (w *world) answerHolds(which string) error {
	p := readLog(w.last)
	if err := w.compare(p.ok, "an activityLogList of entries with its counters", w.last.String()); err != nil {
		return err
	}
	got := telling(p.entries)
	switch which {
	case "the entry":
		return w.compare(slices.Contains(got, w.entry.tells()), "the entry to be listed", p.String())
	case "the entry alone":
		return w.sameList("the entries", got, []string{w.entry.tells()})
	case "every entry":
		return w.sameList("the entries", got, telling(w.logged))
	}
	return w.sameList("the entries", got, nil)
}

func (w *world) newestFirst() error {
	p := readLog(w.last)
	sorted := slices.IsSortedFunc(p.entries, func(a, b entry) int { return b.at.Compare(a.at) })
	return w.compare(p.ok && len(p.entries) > 1 && sorted, "entries, the newest first", p.String())
}

func (w *world) isLogPage(n int) error {
	p, total := readLog(w.last), int64(len(w.logged))
	pages := (total + int64(n) - 1) / int64(n)
	want := logPage{entries: make([]entry, n), size: int64(n), no: 1, pages: pages, total: total}
	return w.compare(p.ok && p.String() == want.String(), want.String(), p.String())
}

// pagesHoldAll walks through the pages.
func (w *world) pagesHoldAll(ctx context.Context, size int) error {
	var got []string
	for no := 1; (no-1)*size < len(w.logged); no++ {
		if err := w.tryLog(ctx, url.Values{"pageNo": {strconv.Itoa(no)}, "pageSize": {strconv.Itoa(size)}}); err != nil {
			return err
		}
		got = append(got, telling(readLog(w.last).entries)...)
	}
	return w.sameList("the entries of all pages", got, telling(w.logged))
}

// lastUseOf asks for the latest use, which the target must tell.
func (w *world) lastUseOf(ctx context.Context) (entry, error) {
	k, err := w.key("the key")
	if err != nil {
		return entry{}, err
	}
	r, err := w.demand(ctx, call{method: "GET", path: k.path("/last-use-info"), by: w.owner()})
	if err != nil {
		return entry{}, err
	}
	e, ok := readEntry(marshal(r.Data))
	return e, w.compare(ok, "an entry with its timestamp", "members "+memberNames(r))
}

// lastUse is what the latest use says, as far as it tells one use from another.
func (w *world) lastUse(ctx context.Context) (string, error) {
	e, err := w.lastUseOf(ctx)
	return e.tells(), err
}

func (w *world) lastUseIsEntry(ctx context.Context) error {
	e, _, err := w.about()
	if err != nil {
		return err
	}
	last, err := w.lastUseOf(ctx)
	if err != nil {
		return err
	}
	return equal(w, "the last use", last.tells(), e.tells())
}
