package reference_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// struck sends calls one after the other and says which of them a fault turned into a 503.
func (r *rig) struck(calls int, path string, header ...string) string {
	var out strings.Builder
	for range calls {
		status, _ := r.do(http.MethodPost, path, hello, header...)
		switch status {
		case http.StatusOK:
			out.WriteByte('.')
		case http.StatusServiceUnavailable:
			out.WriteByte('X')
		default:
			out.WriteByte('?')
		}
	}
	return out.String()
}

func TestWhichCallsAFaultStrikes(t *testing.T) {
	for name, tt := range map[string]struct{ script, want string }{
		"none":                     {``, "......"},
		"one shot":                 {`{status: 503}`, "X....."},
		"two entries, one by one":  {`{status: 503}, {status: 503}`, "XX...."},
		"three times":              {`{status: 503, times: 3}`, "XXX..."},
		"after two":                {`{status: 503, skip: 2}`, "..X..."},
		"its operation":            {`{status: 503, op: encrypt}`, "X....."},
		"another operation":        {`{status: 503, op: decrypt}`, "......"},
		"its key":                  {`{status: 503, key: tag}`, "X....."},
		"another key":              {`{status: 503, key: gat}`, "......"},
		"its caller":               {`{status: 503, caller: owner}`, "X....."},
		"another caller":           {`{status: 503, caller: viewer}`, "......"},
		"its API":                  {`{status: 503, api: api20}`, "X....."},
		"another API":              {`{status: 503, api: api10}`, "......"},
		"a header":                 {`{status: 503, header: {X-Test: one}}`, "X....."},
		"a header of any value":    {`{status: 503, header: {x-test: ""}}`, "X....."},
		"a header of other value":  {`{status: 503, header: {X-Test: two}}`, "......"},
		"a header that is missing": {`{status: 503, header: {X-Other: ""}}`, "......"},
		"a window":                 {`{status: 503, until: 1s}`, "XXXXXX"},
		"a window, once":           {`{status: 503, until: 1s, times: 1}`, "X....."},
		"a window to come":         {`{status: 503, from: 1s, until: 2s}`, "......"},
		"the first that matches":   {`{op: decrypt, status: 500}, {status: 503, times: 2}, {status: 503}`, "XXX..."},
	} {
		r := newRig(t, reference.Options{})
		if status, text := r.admin(http.MethodPut, "/admin/faults", "faults: ["+tt.script+"]"); status != 200 {
			t.Fatalf("%s: %d %s", name, status, text)
		}
		if got := r.struck(6, "/tag/encrypt", "X-Test", "one"); got != tt.want {
			t.Errorf("%s: struck %s, want %s", name, got, tt.want)
		}
	}
}

func TestAWindowIsOnTheServersClock(t *testing.T) {
	r := newRig(t, reference.Options{})
	if err := r.service.SetFaults(reference.FaultScript{Faults: []reference.Fault{{From: time.Minute, Until: time.Hour, Status: 503}}}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Duration
		want string
	}{{time.Minute - 1, "."}, {time.Minute, "X"}, {time.Hour - 1, "X"}, {time.Hour, "."}, {0, "."}} {
		r.clock.Set(start.Add(step.at))
		if got := r.struck(1, "/tag/encrypt"); got != step.want {
			t.Errorf("%v after the script was set: %s, want %s", step.at, got, step.want)
		}
	}
}

func TestProbabilityComesFromTheSeed(t *testing.T) {
	run := func(seed uint64) string {
		r := newRig(t, reference.Options{Faults: reference.FaultScript{Seed: seed, Faults: []reference.Fault{{Status: 503, Until: time.Hour, Probability: 0.5}}}})
		return r.struck(64, "/tag/encrypt")
	}
	one := run(1)
	if hits := strings.Count(one, "X"); hits < 16 || hits > 48 {
		t.Errorf("half of 64 calls should be struck: %s", one)
	}
	if again := run(1); again != one {
		t.Errorf("the same seed gave %s, then %s", one, again)
	}
	if other := run(2); other == one {
		t.Errorf("two seeds gave the same: %s", one)
	}
}

func TestBeforeAndAfterTheChange(t *testing.T) {
	memo := func(r *rig) string {
		_, text := r.do(http.MethodGet, "/tag", "")
		_, rest, _ := strings.Cut(text, `"memo":"`)
		memo, _, _ := strings.Cut(rest, `"`)
		return memo
	}
	for _, tt := range []struct {
		after bool
		want  string
	}{{false, ""}, {true, "new"}} {
		for name, f := range map[string]reference.Fault{
			"status": {Status: 503}, "reset": {Reset: true}, "garbage": {Body: "garbage"}, "empty": {Body: "empty"},
			"truncated": {Body: "truncated", Status: 500}, "json": {JSON: map[string]any{"code": "SUCCESS"}},
		} {
			f.Op, f.After = "update-memo", tt.after
			r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{f}}})
			resp, err := r.try(r.signed("owner"), reference.API20, http.MethodPut, "/kms/v1/keys/tag/memo", `{"memo":"new"}`)
			if err == nil {
				resp.Body.Close()
			}
			if got := memo(r); got != tt.want {
				t.Errorf("%s, after: %v: the memo is %q, want %q", name, tt.after, got, tt.want)
			}
		}
	}
}

func TestAFaultAfterTheChangeSparesRefusedCalls(t *testing.T) {
	r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{{Status: 503, After: true}}}})
	if status, _ := r.do(http.MethodPost, "/tag/encrypt", `{}`); status != 400 {
		t.Errorf("a malformed call: status %d, want 400", status)
	}
	if got := r.struck(2, "/tag/encrypt"); got != "X." {
		t.Errorf("the calls after it: %s, want X.", got)
	}
}

func TestAStrangerIsStruckByFaultsForAll(t *testing.T) {
	stranger := target.SignatureV2{AccessKey: "nobody", SecretKey: "nothing"}
	for caller, want := range map[string]int{"": 503, "owner": 401} {
		r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{{Caller: caller, Status: 503}}}})
		if status, _ := r.call(stranger, reference.API20, http.MethodGet, "/kms/v1/keys", ""); status != want {
			t.Errorf("caller %q: status %d, want %d", caller, status, want)
		}
	}
}

// wires are the ways to a service: sockets, with and without TLS, and memory.
func wires(t *testing.T, script reference.FaultScript, test func(t *testing.T, send func() (*http.Response, error))) {
	o := reference.Options{Seed: 1, Keys: []reference.Key{{Name: "orders", Tag: "tag"}}, Faults: script}
	request := func(t *testing.T, s *reference.Service, base string) *http.Request {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/kms/v1/keys/tag/encrypt", strings.NewReader(hello))
		if err != nil {
			t.Fatal(err)
		}
		owner := s.Accounts()[0]
		target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}.Authorize(req, s.Clock().Now())
		return req
	}
	t.Run("socket", func(t *testing.T) {
		server := reference.NewServer(o)
		defer server.Close()
		client := newClient(t, nil)
		test(t, func() (*http.Response, error) {
			return client.Do(request(t, server.Service, server.URLs[reference.API20]))
		})
	})
	t.Run("TLS", func(t *testing.T) {
		server, err := reference.Start(o, reference.Listen{TLS: true})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(server.CA)
		client := newClient(t, &tls.Config{RootCAs: roots})
		test(t, func() (*http.Response, error) {
			return client.Do(request(t, server.Service, server.URLs[reference.API20]))
		})
	})
	t.Run("memory", func(t *testing.T) {
		service, err := reference.New(o)
		if err != nil {
			t.Fatal(err)
		}
		send := service.RoundTripper(loopback)
		test(t, func() (*http.Response, error) { return send.RoundTrip(request(t, service, "http://api20.kms.test")) })
	})
}

func TestAResetReachesTheCaller(t *testing.T) {
	wires(t, reference.FaultScript{Faults: []reference.Fault{{Reset: true}}}, func(t *testing.T, send func() (*http.Response, error)) {
		if _, err := send(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("error %v, want a reset connection", err)
		}
		resp, err := send()
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	})
}

func TestATruncatedBodyEndsTooEarly(t *testing.T) {
	wires(t, reference.FaultScript{Faults: []reference.Fault{{Body: "truncated", After: true}}}, func(t *testing.T, send func() (*http.Response, error)) {
		resp, err := send()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(text) < 10 || json.Valid(text) {
			t.Errorf("%q, error %v; want the first half and an unexpected end", text, err)
		}
	})
}

func TestSpoiltBodies(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  reference.Fault
		status int
		good   func(text string) bool
	}{
		"garbage": {reference.Fault{Body: "garbage"}, 200, func(s string) bool { return s != "" && !json.Valid([]byte(s)) }},
		"empty":   {reference.Fault{Body: "empty", After: true}, 200, func(s string) bool { return s == "" }},
		"json":    {reference.Fault{JSON: []any{1, "two"}, Status: 502}, 502, func(s string) bool { return s == `[1,"two"]` }},
		"status": {reference.Fault{Status: 503, Name: "gone"}, 503, func(s string) bool {
			return s == `{"error":{"errorCode":"500","message":"Endpoint Error","details":"fault gone"}}`
		}},
		"data": {reference.Fault{Data: map[string]any{"ciphertext": "ncpkms:v9:"}, After: true}, 200, func(s string) bool {
			return s == `{"code":"SUCCESS","data":{"ciphertext":"ncpkms:v9:"}}`
		}},
	} {
		wires(t, reference.FaultScript{Faults: []reference.Fault{tt.fault}}, func(t *testing.T, send func() (*http.Response, error)) {
			resp, err := send()
			if err != nil {
				t.Fatal(err)
			}
			if text := readAll(t, resp); resp.StatusCode != tt.status || !tt.good(normal(text)) {
				t.Errorf("%s: %d %q", name, resp.StatusCode, text)
			}
		})
	}
}

// normal sorts the members of a JSON text.
func normal(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(v)
	if strings.HasPrefix(text, `{"error"`) {
		return text
	}
	return strings.TrimSpace(out.String())
}

func TestADelayIsRealAndEndsWithTheServer(t *testing.T) {
	const delay = 50 * time.Millisecond
	r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{{Delay: delay}}}})
	began := time.Now()
	if got := r.struck(1, "/tag/encrypt"); got != "." || time.Since(began) < delay {
		t.Errorf("%s after %v, want an answer after %v", got, time.Since(began), delay)
	}
	if now := r.clock.Now(); !now.Equal(start) {
		t.Errorf("the server's clock moved to %v", now)
	}
	server := reference.NewServer(reference.Options{Seed: 1, Faults: reference.FaultScript{Faults: []reference.Fault{{Delay: 30 * time.Second}}}})
	answered := make(chan error, 1)
	go func() {
		resp, err := newClient(t, nil).Get(server.URLs[reference.API20] + "/kms/v1/keys")
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	for !server.Faults()[0].Spent {
		runtime.Gosched() // until the call arrived
	}
	began = time.Now()
	if err := server.Close(); err != nil || time.Since(began) > 4*time.Second {
		t.Errorf("Close took %v: %v", time.Since(began), err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the call under way: %v", err)
	}
}

func TestTheScriptShowsWhatFired(t *testing.T) {
	r := newRig(t, reference.Options{})
	put := `{"seed": 3, "faults": [
		{"name": "lost", "op": "encrypt", "key": "tag", "caller": "owner", "header": {"X-A": "b"}, "status": 503, "times": 2},
		{"from": "1m0s", "until": "2m0s", "delay": "100ms", "probability": 0.5, "after": true, "data": {"ciphertext": null}}]}`
	status, text := r.admin(http.MethodPut, "/admin/faults", put)
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	r.struck(1, "/tag/encrypt", "X-A", "b")
	_, text = r.admin(http.MethodGet, "/admin/faults", "")
	want := `{"seed": 3, "faults": [
		{"name": "lost", "op": "encrypt", "key": "tag", "caller": "owner", "header": {"X-A": "b"}, "status": 503, "times": 2, "fired": 1, "spent": false},
		{"from": "1m0s", "until": "2m0s", "delay": "100ms", "probability": 0.5, "after": true, "data": {"ciphertext": null}, "fired": 0, "spent": false}]}`
	if normal(text) != normal(want) {
		t.Errorf("the script is shown as\n%s, want\n%s", text, want)
	}
	if again, text := r.admin(http.MethodDelete, "/admin/faults", ""); again != 200 || r.struck(1, "/tag/encrypt") != "." {
		t.Errorf("after DELETE: %d %s", again, text)
	}
	journal := r.service.Journal().Entries(reference.Filter{Status: 503})
	if len(journal) != 1 || journal[0].Fault != "lost" {
		t.Errorf("the journal holds %+v, want one call struck by lost", journal)
	}
}

func TestAWrongScriptIsRefusedWithASentence(t *testing.T) {
	r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{{Status: 500}}}})
	for body, want := range map[string]string{
		`faults: [{stats: 503}]`:             "body:1: ",
		`faults: [{status: often}]`:          "body:1: ",
		`faults: [{delay: soon, status: 1}]`: "body",
		`faults: {`:                          "body",
		`- 1`:                                "body",
		`faults: [{}]`:                       "fault #1: it does nothing",
		`faults: [{op: encrypt}]`:            "fault #1: it does nothing",
		`faults: [{name: x, op: encript, status: 503}]`:      "fault x: op: there is no operation encript",
		`faults: [{api: api30, status: 503}]`:                "fault #1: api: ",
		`faults: [{status: 42}]`:                             "fault #1: status: ",
		`faults: [{delay: 31s}]`:                             "fault #1: delay: ",
		`faults: [{delay: -1s}]`:                             "fault #1: delay: ",
		`faults: [{status: 503, from: 2s, until: 1s}]`:       "fault #1: until: ",
		`faults: [{status: 503, times: -1}]`:                 "fault #1: skip and times: ",
		`faults: [{status: 503, probability: 0.5}]`:          "fault #1: a probability needs",
		`{seed: 1, faults: [{status: 503, probability: 2}]}`: "fault #1: probability: ",
		`faults: [{reset: true, status: 503}]`:               "fault #1: reset: ",
		`faults: [{body: garbage, json: 1}]`:                 "fault #1: body, json and data: ",
		`faults: [{body: half}]`:                             "fault #1: body: ",
		`faults: [{body: truncated}]`:                        "fault #1: body: ",
		`faults: [{data: {a: 1}}]`:                           "fault #1: data: ",
		`faults: [{status: 503}, {status: 503, skip: -2}]`:   "fault #2: skip and times: ",
	} {
		status, text := r.admin(http.MethodPut, "/admin/faults", body)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(text), &said); err != nil || status != 400 || !strings.Contains(said.Error, want) || strings.Contains(said.Error, "\n") {
			t.Errorf("%s: %d %s, want 400 and a sentence with %q", body, status, text, want)
		}
	}
	if states := r.service.Faults(); len(states) != 1 || states[0].Status != 500 {
		t.Errorf("the script is then %+v, want the one from before", states)
	}
}
