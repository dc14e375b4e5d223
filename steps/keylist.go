package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (w *world) keyListSteps(add func(string, any)) {
	add(`I list all keys`, w.listAll)
	add(`I list keys with {n} a page`, func(ctx context.Context, n string) error { return w.listPage(ctx, "1", n) })
	add(`I list page {n} of the keys with {n} a page`, w.listPage)
	add(`I list the keys and say nothing of pages`, func(ctx context.Context) error {
		return w.try(ctx, call{method: "GET", path: keysPath, by: w.owner()})
	})
	add(`the answer is a list of keys`, func() error {
		p := readPage(w.last)
		return w.compare(w.last.ok() && p.listed, "a list of keys", w.last.String()+", members "+memberNames(w.last))
	})
	add(`the list (holds|lacks) {key}`, w.listHolds)
	add(`the list holds {n} keys?`, w.listCount)
	add(`the list holds every key that was made`, w.listHoldsAll)
	add(`the answer shows no key`, func() error {
		tags := readPage(w.last).tags
		return w.compare(w.last.refused() || w.last.ok() && len(tags) == 0, "a refusal or no key", fmt.Sprintf("%d keys", len(tags)))
	})
	add(`the list names {key} before {key}`, w.listOrder)
	add(`the list describes {key}`, w.listDescribes)
	add(`the list says when {key} goes, (72 hours after the request|which is never)`, w.listDestroys)
	add(`the list is page {n}, with {n} a page`, w.listCounts)
	add(`the page is noted`, func() { w.noted["page"] = strings.Join(readPage(w.last).tags, " ") })
	add(`the page holds other keys`, w.pageDiffers)
	add(`the pages hold all keys together`, w.listTotal)
}

func (w *world) listPage(ctx context.Context, no, size string) error {
	return w.try(ctx, call{method: "GET", path: keysPath + "?pageNo=" + no + "&pageSize=" + size, by: w.owner()})
}

// page is one page of the key list.
type page struct {
	tags   []string
	names  []string
	rows   []map[string]json.RawMessage
	total  int64
	ok     bool // it has the published members
	listed bool // it has a list, under either name
}

func readPage(r *reply) page {
	list, lower := r.Data["keyList"]
	if !lower {
		list = r.Data["KeyList"]
	}
	var p page
	err := json.Unmarshal(list, &p.rows)
	total, counted := r.number("totalCount")
	p.total, p.ok, p.listed = total, err == nil && lower && counted, err == nil
	for _, row := range p.rows {
		var tag, name string
		text(row["keyTag"], &tag)
		text(row["keyName"], &name)
		p.tags, p.names = append(p.tags, tag), append(p.names, name)
	}
	return p
}

// listAll asks for page after page. The pages after the first need not be there.
func (w *world) listAll(ctx context.Context) error {
	const perPage, maxPages = 200, 100
	w.noted["listed"], w.noted["names"], w.rows = "", "", nil
	for n := range maxPages {
		if err := w.listPage(ctx, strconv.Itoa(n+1), strconv.Itoa(perPage)); err != nil {
			return err
		}
		p := readPage(w.last)
		w.noted["listed"] += " " + strings.Join(p.tags, " ")
		w.noted["names"] += " " + strings.Join(p.names, " ")
		w.rows = append(w.rows, p.rows...)
		if len(p.tags) < perPage {
			return nil
		}
	}
	return nil
}

func (w *world) listHolds(how, name string) error {
	k, err := w.key(name)
	if err != nil {
		return err
	}
	if err := w.accepted(w.last); err != nil {
		return err
	}
	holds := strings.Contains(w.noted["listed"]+" ", " "+k.tag+" ")
	if how == "lacks" {
		return w.compare(!holds, "the list to lack "+name, "it holds it")
	}
	return w.compare(holds, "the list to hold "+name, "it does not")
}

// listHoldsAll looks for each key that the case made in the list that was asked for last.
func (w *world) listHoldsAll() error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	listed := strings.Fields(w.noted["listed"])
	missing := slices.DeleteFunc(slices.Clone(w.made), func(tag string) bool { return slices.Contains(listed, tag) })
	return w.compare(len(w.made) > 0 && len(missing) == 0, fmt.Sprintf("the list to hold the %d keys that were made", len(w.made)),
		fmt.Sprintf("%d of them are missing", len(missing)))
}

func (w *world) listCount(n int) error {
	p := readPage(w.last)
	return w.compare(p.ok && len(p.tags) == n, fmt.Sprintf("data.keyList with %d keys and data.totalCount", n),
		fmt.Sprintf("%d keys, members %s", len(p.tags), memberNames(w.last)))
}

// listTotal compares the counter of the last page with what a walk through the pages finds.
func (w *world) listTotal(ctx context.Context) error {
	total := readPage(w.last).total
	if err := w.listAll(ctx); err != nil {
		return err
	}
	if w.t.Disposable {
		return equal(w, "totalCount", total, int64(len(strings.Fields(w.noted["listed"]))))
	}
	return w.compare(total >= int64(len(w.made)), "totalCount to count the keys of the scenario at least", strconv.FormatInt(total, 10))
}
