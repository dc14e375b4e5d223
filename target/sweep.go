package target

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Strays returns the keys on the target whose names begin with KeyPrefix and that are older than age, by tag
// with their names: what interrupted runs left. Keys that a run is using now are younger.
func (t *Target) Strays(ctx context.Context, age time.Duration) (map[string]string, error) {
	now, err := t.Now(ctx)
	if err != nil {
		return nil, err
	}
	strays := map[string]string{}
	for _, api := range t.keyHosts() {
		keys, err := t.listKeys(ctx, api)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if strings.HasPrefix(k.Name, KeyPrefix) && now.Sub(time.UnixMilli(k.Registered)) >= age {
				strays[k.Tag] = k.Name
			}
		}
	}
	return strays, nil
}

// listKeys reads the whole key list of a host as the owner.
func (t *Target) listKeys(ctx context.Context, api API) ([]listedKey, error) {
	var all []listedKey
	for page := 1; ; page++ {
		keys, pages, err := t.listPage(ctx, api, page)
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
func (t *Target) listPage(ctx context.Context, api API, page int) (keys []listedKey, pages int, err error) {
	r := Request{
		API: api, Method: http.MethodGet, Path: fmt.Sprintf("/kms/v1/keys?pageNo=%d&pageSize=200", page),
		Auth: SignatureV2(t.Credentials["owner"]),
	}
	answer, err := t.Do(ctx, r)
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

// Sweep removes strays. It returns what could not be removed, a line each.
func (t *Target) Sweep(ctx context.Context, strays map[string]string) (leftovers []string) {
	ledger := NewLedger("sweep", Budget{}, nil)
	for tag, name := range strays {
		_ = ledger.Created(tag, name) // it writes nowhere
	}
	return ledger.Remove(ctx, t, ledger.Alive()...)
}
