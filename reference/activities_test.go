package reference_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
)

func TestActivitiesByPageTimeAndKeyword(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "AES256", "")
	if r := c.must(http.MethodGet, key+"/last-use-info", ""); r.data != nil {
		t.Errorf("a key that was never used: %v, want null", r)
	}
	for range 3 {
		c.must(http.MethodPost, key+"/encrypt", `{"plaintext":""}`)
		c.advance(time.Minute)
	}
	c.post(key+"/decrypt", `{"ciphertext":"altered"}`)
	c.must(http.MethodPost, key+"/rotate", "")
	list := func(query string) (actions []string, r reply) {
		r = c.must(http.MethodGet, key+"/activities"+query, "")
		for _, entry := range r.data["activityLogList"].([]any) {
			data := entry.(map[string]any)["data"].(map[string]any)
			api := data["api"].(map[string]any)
			actions = append(actions, fmt.Sprint(api["action"], " ", api["result"]))
		}
		return actions, r
	}
	all := []string{"rotate-key SUCCESS", "decrypt FAIL", "encrypt SUCCESS", "encrypt SUCCESS", "encrypt SUCCESS", "create-key SUCCESS"}
	ms := func(minutes int) string {
		return fmt.Sprint(proof.Epoch.Add(time.Duration(minutes) * time.Minute).UnixMilli())
	}
	for query, want := range map[string][]string{
		"":                             all,
		"?pageSize=2&pageNo=2":         all[2:4],
		"?pageSize=200&pageNo=9":       nil,
		"?keyword=ENCRYPT":             all[2:5],
		"?keyword=fail":                all[1:2],
		"?keyword=nobody":              nil,
		"?timestampFrom=" + ms(1):      all[:4],
		"?timestampTo=" + ms(0):        all[4:],
		"?timestampTo=" + ms(-1):       nil,
		"?timestampFrom=" + ms(3*24):   nil, // after now
		"?timestampTo=" + ms(-2*24*60): nil, // before the day that is the default
		"?timestampFrom=" + ms(1) + "&timestampTo=" + ms(1): all[3:4],
	} {
		if got, r := list(query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v: %v", query, got, want, r)
		}
	}
	if _, r := list("?pageSize=4"); r.num("pageSize") != 4 || r.num("currentPageNo") != 1 || r.num("totalPageNo") != 2 || r.num("totalCount") != 6 {
		t.Errorf("the counters: %v", r)
	}
	for _, query := range []string{"pageNo=0", "pageSize=0", "pageSize=201", "pageNo=x", "timestampFrom=-1", "timestampTo=soon", "timestampFrom=2&timestampTo=1"} {
		if r := c.get(key + "/activities?" + query); r.status != http.StatusBadRequest {
			t.Errorf("%s: %v, want 400", query, r)
		}
	}
	last := c.must(http.MethodGet, key+"/last-use-info", "")
	if at := proof.Epoch.Add(2 * time.Minute).Format("2006-01-02T15:04:05.000Z"); last.str("timestamp") != at {
		t.Errorf("last used: %v, want the third encryption at %s", last, at)
	}
	c.advance(25 * time.Hour)
	if got, _ := list(""); len(got) != 0 {
		t.Errorf("without times it tells of %v, want the last day alone", got)
	}
}
