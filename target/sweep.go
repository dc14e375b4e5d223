package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Strays returns the keys on the target whose names begin with KeyPrefix and that are older than age, by tag
// with their names: what interrupted runs left. Keys that a run is using now are younger; those are counted.
func (t *Target) Strays(ctx context.Context, age time.Duration) (strays map[string]string, younger int, err error) {
	now, err := t.Now(ctx)
	if err != nil {
		return nil, 0, err
	}
	spared := map[string]bool{} // by tag: a key may be listed by two hosts
	strays, err = sweeper().keysThat(ctx, t, func(k listedKey) bool {
		ours := strings.HasPrefix(k.Name, KeyPrefix)
		old := now.Sub(time.UnixMilli(k.Registered)) >= age
		if ours && !old {
			spared[k.Tag] = true
		}
		return ours && old
	})
	return strays, len(spared), err
}

// Listed returns the keys on the target that the run made whose ledger this is, by tag with their names,
// whatever their age: also one of whose making the run never heard, if its name has the prefix of the
// run. Another name that the run was about to give may be somebody else's, so it decides nothing.
func (t *Target) Listed(ctx context.Context, ledger io.Reader) (map[string]string, error) {
	tags, prefixes, err := readLedger(ledger)
	if err != nil {
		return nil, err
	}
	return sweeper().keysThat(ctx, t, func(k listedKey) bool {
		return tags[k.Tag] || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(k.Name, prefix) })
	})
}

// ErrNoLedger is wrapped by the error of a file that no run wrote as its ledger.
var ErrNoLedger = errors.New("it is no ledger")

// readLedger returns the tags of the keys that a run made and the prefixes of the names that it gave. A
// last line that was cut short is no error.
func readLedger(ledger io.Reader) (tags map[string]bool, prefixes []string, err error) {
	tags = map[string]bool{}
	text, err := io.ReadAll(ledger)
	if err != nil {
		return nil, nil, err
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		var entry struct{ Created, Name, Named, Removed string }
		if bad := json.Unmarshal([]byte(line), &entry) != nil || entry.Created+entry.Named+entry.Removed == ""; bad {
			if i == len(lines)-1 && (line == "" || line[0] == '{' && !json.Valid([]byte(line))) {
				break
			}
			return nil, nil, fmt.Errorf("%w: line %d says nothing of a key", ErrNoLedger, i+1)
		}
		if entry.Created != "" {
			tags[entry.Created] = true
		}
		for _, name := range []string{entry.Name, entry.Named} {
			if strings.HasPrefix(name, KeyPrefix) && strings.Count(name, "-") == 2 {
				prefixes = append(prefixes, name[:strings.LastIndexByte(name, '-')+1])
			}
		}
	}
	slices.Sort(prefixes)
	return tags, slices.Compact(prefixes), nil
}

// keysThat walks through the key lists of all hosts that keys may live at.
func (l *Ledger) keysThat(ctx context.Context, t *Target, wanted func(listedKey) bool) (map[string]string, error) {
	found := map[string]string{}
	for _, api := range t.keyHosts() {
		keys, err := l.listKeys(ctx, t, api)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if wanted(k) {
				found[k.Tag] = k.Name
			}
		}
	}
	return found, nil
}

// listKeys reads the whole key list of a host as the owner.
func (l *Ledger) listKeys(ctx context.Context, t *Target, api API) ([]listedKey, error) {
	var all []listedKey
	for page := 1; ; page++ {
		keys, pages, err := l.listPage(ctx, t, api, page)
		if err != nil {
			return nil, err
		}
		if all = append(all, keys...); page >= pages {
			return all, nil
		}
	}
}

type listedKey struct {
	Tag        string `json:"keyTag"`
	Name       string `json:"keyName"`
	Registered int64  `json:"registerDate"`
}

// listPage reads one page of the key list as the owner.
func (l *Ledger) listPage(ctx context.Context, t *Target, api API, page int) (keys []listedKey, pages int, err error) {
	answer, err := l.patiently(ctx, t, api, http.MethodGet, fmt.Sprintf("/kms/v1/keys?pageNo=%d&pageSize=200", page))
	if err != nil {
		return nil, 0, err
	}
	var list struct {
		Data struct {
			Keys  []listedKey `json:"keyList"`
			Pages int         `json:"totalPageNo"`
		} `json:"data"`
	}
	if answer.Status != http.StatusOK || json.Unmarshal(answer.Body, &list) != nil {
		return nil, 0, fmt.Errorf("%s: the key list was answered with status %d", t.Name, answer.Status)
	}
	return list.Data.Keys, list.Data.Pages, nil
}

// sweeper is the ledger of a sweep, which nobody reads.
func sweeper() *Ledger { return NewLedger("sweep", Budget{}, nil) }

// Sweep removes strays. It returns what could not be removed, a line each.
func (t *Target) Sweep(ctx context.Context, strays map[string]string) (leftovers []string) {
	ledger := sweeper()
	for tag, name := range strays {
		_ = ledger.Created(tag, name) // it writes nowhere
	}
	return ledger.RemoveMany(ctx, t, ledger.Alive()...)
}
