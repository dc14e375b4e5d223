package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

func (w *world) keyListSteps(add func(string, any)) {
	add(`I list all keys`, w.listAll)
	add(`I list keys with {n} a page`, func(ctx context.Context, n string) error {
		return w.try(ctx, call{method: "GET", path: keysPath + "?pageNo=1&pageSize=" + n, by: w.owner()})
	})
	add(`the answer is a list of keys`, func() error {
		p := readPage(w.last)
		return w.compare(w.last.ok() && p.listed, "a list of keys", w.last.String()+", members "+memberNames(w.last))
	})
	add(`the list (holds|lacks) {key}`, w.listHolds)
	add(`the list holds {n} keys?`, w.listCount)
	add(`the pages hold all keys together`, w.listTotal)
}

// page is one page of the key list.
type page struct {
	tags   []string
	names  []string
	total  int64
	ok     bool // it has the published members
	listed bool // it has a list, under either name
}

func readPage(r *reply) page {
	var rows []struct {
		KeyTag  string `json:"keyTag"`
		KeyName string `json:"keyName"`
	}
	list, lower := r.Data["keyList"]
	if !lower {
		list = r.Data["KeyList"]
	}
	err := json.Unmarshal(list, &rows)
	total, counted := r.number("totalCount")
	p := page{total: total, ok: err == nil && lower && counted, listed: err == nil}
	for _, row := range rows {
		p.tags, p.names = append(p.tags, row.KeyTag), append(p.names, row.KeyName)
	}
	return p
}

// listAll asks for page after page. The pages after the first need not be there.
func (w *world) listAll(ctx context.Context) error {
	const perPage, maxPages = 200, 100
	w.noted["listed"], w.noted["names"] = "", ""
	for n := range maxPages {
		path := keysPath + "?pageNo=" + strconv.Itoa(n+1) + "&pageSize=" + strconv.Itoa(perPage)
		if err := w.try(ctx, call{method: "GET", path: path, by: w.owner()}); err != nil {
			return err
		}
		p := readPage(w.last)
		w.noted["listed"] += " " + strings.Join(p.tags, " ")
		w.noted["names"] += " " + strings.Join(p.names, " ")
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
