package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rowOf returns the entry of a key in the list that was asked for last; it must be there.
func (w *world) rowOf(name string) (map[string]json.RawMessage, error) {
	k, err := w.key(name)
	if err != nil {
		return nil, err
	}
	if err := w.accepted(w.last); err != nil {
		return nil, err
	}
	i := slices.Index(strings.Fields(w.noted["listed"]), k.tag)
	if err := w.compare(i >= 0 && i < len(w.rows), "the list to hold "+name, "it does not"); err != nil {
		return nil, err
	}
	return w.rows[i], nil
}

func (w *world) listOrder(first, then string) error {
	one, err := w.key(first)
	if err != nil {
		return err
	}
	other, err := w.key(then)
	if err != nil {
		return err
	}
	tags := strings.Fields(w.noted["listed"])
	i, j := slices.Index(tags, one.tag), slices.Index(tags, other.tag)
	return w.compare(i >= 0 && i < j, first+" before "+then, fmt.Sprintf("places %d and %d of %d", i+1, j+1, len(tags)))
}

// listDescribes compares the entry of a key with what is known of it (security-kms2-key-list).
func (w *world) listDescribes(name string) error {
	row, err := w.rowOf(name)
	if err != nil {
		return err
	}
	k := w.keys[name]
	want := map[string]any{"keyTag": k.tag, "keyName": k.name, "keyType": k.kind, "status": "ENABLE", "protectionType": "BASIC", "isConvergent": false}
	for _, member := range []string{"keyTag", "keyName", "keyType", "status", "protectionType", "isConvergent"} {
		if err := equal(w, member, compact(row[member]), string(marshal(want[member]))); err != nil {
			return err
		}
	}
	for _, member := range []string{"keyId", "registerDate"} {
		if err := w.compare(wholeNumber(row[member]) > 0, member+" to be a number", compact(row[member])); err != nil {
			return err
		}
	}
	return nil
}

// listDestroys compares the time at which the list says that a key goes.
func (w *world) listDestroys(name, when string) error {
	row, err := w.rowOf(name)
	if err != nil {
		return err
	}
	goes := row["destroyDate"]
	if when == "which is never" {
		return w.compare(goes == nil || string(goes) == "null", "no destroyDate", compact(goes))
	}
	requested, err := strconv.ParseInt(w.noted["requested"], 10, 64)
	if err != nil {
		return fmt.Errorf("%w: the time of the request", errNoSuch)
	}
	return equal(w, "destroyDate", wholeNumber(goes), requested+(72*time.Hour).Milliseconds())
}

// wholeNumber is a member's number; 0 when it is none.
func wholeNumber(raw json.RawMessage) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// counters are what a list says of its pages.
var counters = []string{"currentPageNo", "totalPageNo", "totalCount"}

// listCounts compares the counters of a list, which stand in data by one part of its page and beside
// data by another, with each other and with the keys that it holds.
func (w *world) listCounts(no, size int64) error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(w.last.Body, &top); err != nil {
		return err
	}
	said := map[string]int64{}
	for _, c := range counters {
		said[c] = max(wholeNumber(w.last.Data[c]), wholeNumber(top[c]))
	}
	total := said["totalCount"]
	for _, want := range []struct {
		member string
		is     int64
	}{
		{"currentPageNo", no}, {"totalPageNo", (total + size - 1) / size},
	} {
		if err := equal(w, want.member, said[want.member], want.is); err != nil {
			return err
		}
	}
	held := int64(len(readPage(w.last).tags))
	return w.compare(total > 0 && held == min(size, total-(no-1)*size),
		fmt.Sprintf("%d of %d keys on page %d", min(size, total-(no-1)*size), total, no), fmt.Sprintf("%d", held))
}

// pageDiffers compares a page with the one that was noted: they share no key.
func (w *world) pageDiffers() error {
	if err := w.accepted(w.last); err != nil {
		return err
	}
	tags := readPage(w.last).tags
	for tag := range strings.FieldsSeq(w.noted["page"]) {
		if slices.Contains(tags, tag) {
			return w.compare(false, "other keys than on the page before", "one of them again")
		}
	}
	return w.compare(len(tags) > 0 && w.noted["page"] != "", "keys on either page", fmt.Sprintf("%d on the second", len(tags)))
}
