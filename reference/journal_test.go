package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

var ignoreTime = cmp.Options{cmpopts.IgnoreFields(reference.Entry{}, "Micros"), cmpopts.EquateComparable(netip.Addr{})}

func TestTheJournalTellsEachCall(t *testing.T) {
	r := newRig(t, reference.Options{})
	access, _ := r.tokens("tag")
	r.service.Journal().Clear()
	r.clock.Advance(time.Minute)
	r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"aGVsbG8=","extra":1,"more":{}}`)
	r.from = "192.0.2.7"
	r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
	r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/token-set", "")
	r.do(http.MethodGet, "/other", "")
	r.call(nil, reference.API10, http.MethodPut, "/keys/v2/tag/encrypt", "")
	at, loopback, outside := start.Add(time.Minute), netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.7")
	want := []reference.Entry{
		{Seq: 3, API: "api20", Region: kms.KR, Op: kms.Encrypt, Key: "tag", Caller: "owner", Kind: "account", From: loopback, Status: 200, Unknown: []string{"extra", "more"}},
		{Seq: 4, API: "api20", Region: kms.KR, Op: kms.Encrypt, Key: "tag", Caller: "owner", Kind: "ACCESS", From: outside, Status: 200},
		{Seq: 5, API: "api20", Region: kms.KR, Op: kms.CreateTokenSet, Key: "tag", From: outside, Status: 401, Reason: kms.BadSignature, Detail: "x-ncp-apigw-timestamp: it is needed once"},
		{Seq: 6, API: "api20", Region: kms.KR, Op: kms.KeyInfo, Key: "other", Caller: "owner", Kind: "account", From: outside, Status: 404, Reason: kms.NoKey, Detail: "there is no key with this tag"},
		{Seq: 7, API: "api10", Path: "PUT /keys/v2/tag/encrypt", From: outside, Status: 404, Reason: kms.NoRoute, Detail: "there is no such call"},
	}
	for i := range want {
		want[i].Time = at
	}
	got := r.service.Journal().Entries(reference.Filter{})
	if diff := cmp.Diff(want, got, ignoreTime, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
		t.Errorf("the journal differs (-want +got):\n%s", diff)
	}
}

func TestTheJournalIsAskedByFilter(t *testing.T) {
	r := newRig(t, reference.Options{Keys: []reference.Key{{Name: "one", Tag: "one"}, {Name: "two", Tag: "two"}}})
	r.do(http.MethodPost, "/one/encrypt", hello) // 1
	r.do(http.MethodPost, "/two/encrypt", hello) // 2
	r.clock.Advance(time.Hour)
	r.do(http.MethodPost, "/two/decrypt", `{}`)  // 3
	r.do(http.MethodGet, "/two", "")             // 4
	r.do(http.MethodPost, "/six/encrypt", hello) // 5
	for query, want := range map[string][]uint64{
		"":                            {1, 2, 3, 4, 5},
		"?op=encrypt":                 {1, 2, 5},
		"?key=two":                    {2, 3, 4},
		"?key=two&op=encrypt":         {2},
		"?status=200":                 {1, 2, 4},
		"?status=400":                 {3},
		"?reason=no-key":              {5},
		"?since=3":                    {4, 5},
		"?since=2026-01-05T10:00:00Z": {3, 4, 5},
		"?limit=2":                    {4, 5},
		"?op=encrypt&limit=1":         {5},
		"?reason=expired":             nil,
		"?region=KR":                  {1, 2, 3, 4, 5},
		"?region=JPN":                 nil,
		"?caller=nobody":              nil,
		"?caller=owner&limit=1":       {5},
	} {
		status, text := r.admin(http.MethodGet, "/admin/journal"+query, "")
		var got struct {
			Last    uint64
			Entries []struct{ Seq uint64 }
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || status != 200 || got.Last != 5 {
			t.Fatalf("%s: %d %s", query, status, text)
		}
		var seqs []uint64
		for _, e := range got.Entries {
			seqs = append(seqs, e.Seq)
		}
		if !cmp.Equal(seqs, want) {
			t.Errorf("%s: entries %v, want %v", query, seqs, want)
		}
	}
	for _, query := range []string{"?status=ok", "?limit=-1", "?since=yesterday", "?operation=encrypt", "?op=encrypted"} {
		if status, text := r.admin(http.MethodGet, "/admin/journal"+query, ""); status != 400 || !strings.Contains(text, `"error"`) {
			t.Errorf("%s: %d %s, want 400 and a sentence", query, status, text)
		}
	}
	r.admin(http.MethodDelete, "/admin/journal", "")
	r.do(http.MethodGet, "/two", "")
	if got := r.service.Journal().Entries(reference.Filter{}); len(got) != 1 || got[0].Seq != 6 {
		t.Errorf("after clearing and one call: %+v, want entry 6 alone", got)
	}
}

func TestTheJournalKeepsTheLatest(t *testing.T) {
	for _, tt := range []struct{ size, want int }{{0, 7}, {7, 7}, {3, 3}, {1, 1}, {-1, 0}} {
		r := newRig(t, reference.Options{Journal: tt.size})
		for range 7 {
			r.do(http.MethodGet, "/tag", "")
		}
		got := r.service.Journal().Entries(reference.Filter{})
		if len(got) != tt.want {
			t.Fatalf("size %d: %d entries after 7 calls, want %d", tt.size, len(got), tt.want)
		}
		for i, e := range got {
			if want := uint64(8 - tt.want + i); e.Seq != want {
				t.Errorf("size %d: entry %d has number %d, want %d", tt.size, i, e.Seq, want)
			}
		}
	}
}

// TestNothingObservedHoldsASecret looks for every secret of a run in the journal, the log and the metrics.
func TestNothingObservedHoldsASecret(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, reference.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	access, refresh := r.tokens("tag")
	owner := r.service.Accounts()[0]
	_, sealed := r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"Y2FuYXJ5LWNhbmFyeQ==","unknown":"canary-value"}`)
	_, after, _ := strings.Cut(sealed, "ncpkms:v1:")
	ciphertext, _, _ := strings.Cut(after, `"`)
	r.do(http.MethodPost, "/tag/decrypt", `{"ciphertext":"ncpkms:v1:`+ciphertext+`"}`)
	r.do(http.MethodPost, "/tag/decrypt", `{"ciphertext":"ncpkms:v1:`+ciphertext[1:]+`"}`)
	r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"canary not base64"}`)
	r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
	r.call(refresh, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
	r.call(access+"x", reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
	_, journal := r.admin(http.MethodGet, "/admin/journal", "")
	_, metrics := r.admin(http.MethodGet, "/metrics", "")
	for name, text := range map[string]string{"the journal": journal, "the log": log.String(), "the metrics": metrics} {
		if !strings.Contains(text, "encrypt") {
			t.Fatalf("%s holds nothing: %s", name, text)
		}
		for _, secret := range []string{owner.SecretKey, owner.APIKey, string(access), string(refresh), ciphertext, "Y2FuYXJ5", "canary", "aGVsbG8"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds the secret %q", name, secret)
			}
		}
	}
}

// TestAFailureTellsNoSecret has the service itself fail, and the caller put secrets where none belong.
func TestAFailureTellsNoSecret(t *testing.T) {
	const secret = "Y2FuYXJ5LWNhbmFyeQ=="
	var log bytes.Buffer
	rules := kms.Documented()
	rules.Material = func(io.Reader) ([]byte, error) { return nil, errors.New("no randomness") }
	r := newRig(t, reference.Options{
		Rules: &rules, Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Keys: []reference.Key{{Name: "orders", Tag: "tag", AutoRotation: true, Versions: []reference.Version{{Material: strings.Repeat("01", 32)}}}},
	})
	r.clock.Advance(100 * 24 * time.Hour) // the rotation that is due cannot be done
	if status, text := r.do(http.MethodPost, "/"+secret+"/encrypt?plaintext="+secret, hello); status != 500 {
		t.Fatalf("%d %s, want 500", status, text)
	}
	if told := log.String(); !strings.Contains(told, "the service failed") || strings.Contains(told, "Y2FuYXJ5") {
		t.Errorf("the log says nothing of it, or holds the secret:\n%s", told)
	}
}

func TestTheLogHasTheMembersOfTheJournal(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, reference.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"","extra":0}`)
	r.do(http.MethodGet, "/other", "")
	_, text := r.admin(http.MethodGet, "/admin/journal", "")
	var journal struct{ Entries []map[string]any }
	if err := json.Unmarshal([]byte(text), &journal); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(journal.Entries) {
		t.Fatalf("%d lines for %d calls:\n%s", len(lines), len(journal.Entries), &log)
	}
	for i, line := range lines {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		for name, want := range journal.Entries[i] {
			if name == "time" {
				name = "clock"
			}
			if !cmp.Equal(got[name], want) {
				t.Errorf("call %d: %s is %v in the log, %v in the journal", i+1, name, got[name], want)
			}
		}
	}
}

func TestUnknownMembersAreRefusedOnRequest(t *testing.T) {
	r := newRig(t, reference.Options{Dialect: reference.Dialect{RefuseUnknown: true}})
	if status, text := r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"","extra":0}`); status != 400 || !strings.Contains(text, "extra: ") {
		t.Errorf("%d %s, want 400 and the member's name", status, text)
	}
	if status, text := r.do(http.MethodPost, "/tag/encrypt", hello); status != 200 {
		t.Errorf("without unknown members: %d %s", status, text)
	}
	if status, text := r.do(http.MethodPost, "/tag/acl", `{"ipList":["192.0.2.1"],"IpList":["192.0.2.2"]}`); status != 400 || !strings.Contains(text, "IpList: ") {
		t.Errorf("IpList beside ipList: %d %s, want 400 and the member's name", status, text)
	}
}

// TestUnknownMembersAreNotedWhereverTheyAre: also inside the items of a list.
func TestUnknownMembersAreNotedWhereverTheyAre(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.held = nil // the description knows no other members there
	path := "/api/v1/sub-accounts/" + r.service.Accounts()[1].ID + "/access-rules/api"
	body := `{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"10.0.0.0/8"},{"type":"IP","source":"10.0.0.1","note":1,"Y2FuYXJ5LWNhbmFyeQ==":2}],"extra":{"type":3}}`
	if status, text := r.call(r.signed("owner"), reference.SubAccount, http.MethodPut, path, body); status != 200 {
		t.Fatal(status, text)
	}
	got := r.service.Journal().Entries(reference.Filter{})[0].Unknown
	if want := []string{"apiAllowSources/1/(20 bytes)", "apiAllowSources/1/note", "extra"}; !slices.Equal(got, want) {
		t.Errorf("unknown are %q, want %q", got, want)
	}
}

// TestManyUnknownMembersAreCounted: the first eight in order are named, also those of several lists.
func TestManyUnknownMembersAreCounted(t *testing.T) {
	first := []string{"m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08"}
	for many, want := range map[int][]string{1: first[:1], 8: first, 9: append(slices.Clone(first), "and 1 more"), 12: append(slices.Clone(first), "and 4 more")} {
		body := `"plaintext":""}`
		for i := range many {
			body = fmt.Sprintf(`"m%02d":0,`, i+1) + body
		}
		r := newRig(t, reference.Options{})
		if status, text := r.do(http.MethodPost, "/tag/encrypt", "{"+body); status != 200 {
			t.Fatal(status, text)
		}
		if got := r.service.Journal().Entries(reference.Filter{})[0].Unknown; !slices.Equal(got, want) {
			t.Errorf("%d unknown members are noted as %q, want %q", many, got, want)
		}
	}
}

func TestMetricsCountCalls(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.tokens("tag")
	for range 3 {
		r.do(http.MethodPost, "/tag/encrypt", hello)
	}
	r.do(http.MethodPost, "/other/encrypt", hello)
	r.admin(http.MethodPut, "/admin/limits", `{"api20":"1/1"}`)
	r.do(http.MethodPost, "/tag/encrypt", hello)
	r.do(http.MethodPost, "/tag/encrypt", hello)
	_, text := r.admin(http.MethodGet, "/metrics", "")
	for _, line := range []string{
		`region_calls_total{region="KR"} 8`,
		`region_calls_total{region="JPN"} 0`,
		`calls_total{api="api20",op="encrypt",status="200"} 4`,
		`calls_total{api="api20",op="encrypt",status="404"} 1`,
		`calls_total{api="api20",op="encrypt",status="429"} 1`,
		`call_seconds_count{api="api20",op="encrypt"} 6`,
		`refusals_total{api="api20",reason="over-limit"} 1`,
		`limiter_decisions_total{api="api20",decision="admitted"} 4`,
		`limiter_decisions_total{api="api20",decision="refused"} 1`,
		`limiter_decisions_total{api="api10",decision="refused"} 0`,
		`tokens_issued_total{kind="ACCESS"} 1`,
		`tokens_issued_total{kind="REFRESH"} 1`,
		`keys 1`,
	} {
		if !strings.Contains(text, "\nkmsproof_reference_"+line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestLimitsAreExchanged(t *testing.T) {
	r := newRig(t, reference.Options{})
	passed := func(api, path string) int {
		for n := range 1000 {
			if status, _ := r.call(r.signed("owner"), api, http.MethodPost, path, hello); status != 200 {
				return n
			}
		}
		return 1000
	}
	const path20, path10 = "/kms/v1/keys/tag/encrypt", "/keys/v2/tag/encrypt"
	for _, step := range []struct {
		put, want string
		n20, n10  int
	}{
		{``, `{"api10":"200/200","api20":"300/300"}`, 300, 200},
		{`{"api20":"7/5"}`, `{"api10":"200/200","api20":"7/5"}`, 5, 0},
		{`{"api10":"3","api20":"9/9"}`, `{"api10":"3/3","api20":"9/9"}`, 9, 3},
		{`{"api10":"off"}`, `{"api10":"off","api20":"9/9"}`, 0, 1000},
	} {
		if step.put != "" {
			if status, text := r.admin(http.MethodPut, "/admin/limits", step.put); status != 200 {
				t.Fatalf("%s: %d %s", step.put, status, text)
			}
		}
		_, text := r.admin(http.MethodGet, "/admin/limits", "")
		var got, want map[string]string
		_ = json.Unmarshal([]byte(text), &got)
		_ = json.Unmarshal([]byte(step.want), &want)
		if !cmp.Equal(got, want) {
			t.Errorf("%s: limits %s, want %s", step.put, text, step.want)
		}
		if n20, n10 := passed("api20", path20), passed("api10", path10); n20 != step.n20 || n10 != step.n10 {
			t.Errorf("%s: %d and %d calls passed, want %d and %d", step.put, n20, n10, step.n20, step.n10)
		}
	}
	for _, bad := range []string{`{}`, `[]`, `{"api20":"fast"}`, `{"api20":300}`, `{"api20":"1/1","api10":"0"}`, `{"api30":"1"}`, `{"api20":"2000000000"}`, `{"api10":"1/1000000001"}`} {
		status, text := r.admin(http.MethodPut, "/admin/limits", bad)
		if _, now := r.admin(http.MethodGet, "/admin/limits", ""); status != 400 || !strings.Contains(now, `"9/9"`) {
			t.Errorf("%s: %d %s; the limits are then %s", bad, status, text, now)
		}
	}
	r.admin(http.MethodPost, "/admin/reset", "")
	if _, text := r.admin(http.MethodGet, "/admin/limits", ""); !strings.Contains(text, `"300/300"`) {
		t.Errorf("after a reset: %s", text)
	}
}

func TestACrossOriginPageIsRefused(t *testing.T) {
	r := newRig(t, reference.Options{})
	status, _ := r.call(nil, reference.Admin, http.MethodPost, "/admin/reset", "", "Sec-Fetch-Site", "cross-site")
	if status != http.StatusForbidden {
		t.Errorf("a page of another origin resets the server: status %d, want 403", status)
	}
}

// BenchmarkEncrypt is one call of each kind in memory, and the same without anybody told of it, for
// what observing costs.
func BenchmarkEncrypt(b *testing.B) {
	for _, observed := range []bool{true, false} {
		b.Run(fmt.Sprintf("observed=%v", observed), func(b *testing.B) {
			r := newRig(b, reference.Options{})
			r.held = nil
			r.admin(http.MethodPut, "/admin/limits", `{"api20":"off"}`)
			access, _ := r.tokens("tag")
			if !observed {
				r.service.Blind()
			}
			b.ReportAllocs()
			for b.Loop() {
				r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello)
			}
		})
	}
}
