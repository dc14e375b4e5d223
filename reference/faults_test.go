package reference_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// strikes sends calls one after the other and says which of them a fault turned into a 503.
func (r *rig) strikes(calls int, path string, header ...string) string {
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

// TestAScriptWithANameThatIsNoTextIsRefused: what the name belongs to would be passed over in silence.
func TestAScriptWithANameThatIsNoTextIsRefused(t *testing.T) {
	for _, text := range []string{"0: 1", "true: 1", "~: 1", "1.5: []", "faults: []\n0: 1", "faults: [{0: 1, status: 503}]", "faults: [{status: 503, json: {1: a}}]"} {
		_, err := reference.ParseFaults("f.yaml", []byte(text))
		_, err2 := reference.ParseDialect("d.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "f.yaml:") || err2 == nil {
			t.Errorf("%q: %v and %v, want the line", text, err, err2)
		}
	}
}

// TestANumberThatCannotBeHeldIsRefused: the library would make a text of it, and the struck answer have that.
func TestANumberThatCannotBeHeldIsRefused(t *testing.T) {
	for number, ok := range map[string]bool{
		"1e400": false, "1e21": false, "1E5": false, "-1e-400": false, "18446744073709551616": false, "-9223372036854775809": false, "1" + strings.Repeat("0", 30): false,
		"1.0e21": true, "18446744073709551615": true, "-9223372036854775808": true, "0.1": true, "-0.5e-3": true, `"1e400"`: true, `"18446744073709551616"`: true, `"1e5 and more"`: true,
	} {
		for _, value := range []string{number, "[" + number + "]", `{"a":` + number + "}"} {
			r := newRig(t, reference.Options{})
			status, said := r.admin(http.MethodPut, "/admin/faults", `{"faults":[{"status":200,"json":`+value+"}]}")
			if ok != (status == 200) || !ok && !strings.Contains(said, "body:1: it is no number that can be held") {
				t.Errorf("%s: %d %s", value, status, said)
			}
			var want, got any
			if _, answer := r.do(http.MethodGet, "", ""); ok && (json.Unmarshal([]byte(value), &want) != nil || json.Unmarshal([]byte(answer), &got) != nil || !reflect.DeepEqual(got, want)) {
				t.Errorf("%s: the struck call has %s", value, answer)
			}
		}
	}
}

// TestAScriptIsShownAsItWasPut: what is shown of it can be put again.
func TestAScriptIsShownAsItWasPut(t *testing.T) {
	const script = `{"seed":7,"faults":[{"name":"\u0001\u007f","api":"api20","op":"encrypt","key":"a\u0000","caller":"owner","header":{"X":"\t"},` +
		`"from":"1s","until":"1h30m0.5s","skip":1,"times":2,"probability":0.25,"after":true,"delay":"10ms","jitter":"1µs","status":503,"data":{"a":[null,1,"\u0001\u2028"]}},` +
		`{"status":500,"json":{"big":18446744073709551615}},{"reset":true},{"body":"empty"}]}`
	r := newRig(t, reference.Options{})
	_, shown := r.admin(http.MethodPut, "/admin/faults", script)
	if put := strings.ReplaceAll(shown, `,"fired":0,"spent":false`, ""); !sameJSON(t, put, script) {
		t.Errorf("it is shown as\n%s, want\n%s", put, script)
	}
}

func sameJSON(t *testing.T, one, other string) bool {
	t.Helper()
	var a, b any
	if err := errors.Join(json.Unmarshal([]byte(one), &a), json.Unmarshal([]byte(other), &b)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(a, b)
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
		if got := r.strikes(6, "/tag/encrypt", "X-Test", "one"); got != tt.want {
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
		if got := r.strikes(1, "/tag/encrypt"); got != step.want {
			t.Errorf("%v after the script was set: %s, want %s", step.at, got, step.want)
		}
	}
}

func TestProbabilityComesFromTheSeed(t *testing.T) {
	run := func(seed uint64) string {
		r := newRig(t, reference.Options{Faults: reference.FaultScript{Seed: seed, Faults: []reference.Fault{{Status: 503, Until: time.Hour, Probability: 0.5}}}})
		return r.strikes(64, "/tag/encrypt")
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
	if got := r.strikes(2, "/tag/encrypt"); got != "X." {
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

func TestTheScriptShowsWhatFired(t *testing.T) {
	r := newRig(t, reference.Options{})
	put := `{"seed": 3, "faults": [
		{"name": "lost", "op": "encrypt", "key": "tag", "caller": "owner", "header": {"X-A": "b"}, "status": 503, "times": 2},
		{"from": "1m0s", "until": "2m0s", "delay": "100ms", "probability": 0.5, "after": true, "data": {"ciphertext": null}}]}`
	status, text := r.admin(http.MethodPut, "/admin/faults", put)
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	r.strikes(1, "/tag/encrypt", "X-A", "b")
	_, text = r.admin(http.MethodGet, "/admin/faults", "")
	want := `{"seed": 3, "faults": [
		{"name": "lost", "op": "encrypt", "key": "tag", "caller": "owner", "header": {"X-A": "b"}, "status": 503, "times": 2, "fired": 1, "spent": false},
		{"from": "1m0s", "until": "2m0s", "delay": "100ms", "probability": 0.5, "after": true, "data": {"ciphertext": null}, "fired": 0, "spent": false}]}`
	if normal(text) != normal(want) {
		t.Errorf("the script is shown as\n%s, want\n%s", text, want)
	}
	if again, text := r.admin(http.MethodDelete, "/admin/faults", ""); again != 200 || r.strikes(1, "/tag/encrypt") != "." {
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
		`faults: [{name: x, op: encript, status: 503}]`:      "fault x: op: there is no operation encript; there are create-key, list-keys, ",
		`faults: [{api: api30, status: 503}]`:                "fault #1: api: ",
		`faults: [{status: 42}]`:                             "fault #1: status: ",
		`faults: [{delay: 31s}]`:                             "fault #1: delay: ",
		`faults: [{delay: -1s}]`:                             "fault #1: delay: ",
		`{seed: 1, faults: [{delay: 20s, jitter: 11s}]}`:     "fault #1: delay: ",
		`{seed: 1, faults: [{jitter: -1s}]}`:                 "fault #1: delay: ",
		`faults: [{jitter: 1s}]`:                             "fault #1: a jitter needs the script to have a seed",
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

// TestARefusedCallIsNoneForFaultsThatStrikeAfter: it uses up neither a turn, nor a call that is to be let through,
// nor what the seed has for the next.
func TestARefusedCallIsNoneForFaultsThatStrikeAfter(t *testing.T) {
	for name, script := range map[string]string{
		"a turn":                       `{faults: [{after: true, status: 503}]}`,
		"calls to let through":         `{faults: [{after: true, status: 503, skip: 2, times: 2}]}`,
		"calls to let through, of two": `{faults: [{after: true, status: 503, skip: 3}, {after: true, status: 503, skip: 1}]}`,
		"the dice":                     `{seed: 3, faults: [{after: true, status: 503, probability: 0.5, times: 5}]}`,
	} {
		struck := func(refused bool) string {
			r := newRig(t, reference.Options{})
			if status, text := r.admin(http.MethodPut, "/admin/faults", script); status != 200 {
				t.Fatalf("%s: %d %s", name, status, text)
			}
			var out strings.Builder
			for range 12 {
				if refused {
					if status, _ := r.do(http.MethodPost, "/tag/encrypt", "{"); status != 400 {
						t.Errorf("%s: the wrong call gets %d", name, status)
					}
				}
				out.WriteString(r.strikes(1, "/tag/encrypt"))
			}
			return out.String()
		}
		if with, want := struck(true), struck(false); with != want || !strings.Contains(want, "X") || !strings.Contains(want, ".") {
			t.Errorf("%s: with refused calls between %s, without %s", name, with, want)
		}
	}
}
