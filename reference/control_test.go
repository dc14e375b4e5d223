package reference_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/reference"
)

// TestControlWhileCallsGoOn turns every knob while calls are under way. Each call must be answered as
// one of the worlds would; the race detector looks for the rest.
func TestControlWhileCallsGoOn(t *testing.T) {
	r := newRig(t, reference.Options{Journal: 50})
	_, state := r.admin(http.MethodGet, "/admin/state", "")
	const rounds = 200
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range rounds {
				status, text := r.do(http.MethodPost, "/tag/encrypt", `{"plaintext":"","extra":1}`)
				if status != 200 && status != 429 && status != 503 {
					t.Errorf("%d %s", status, text)
				}
			}
		})
	}
	for method, change := range map[string][2]string{
		"PUT /admin/accounts/encryptor": {"PUT", `{"canAPIGatewayAccess":false}`}, "PUT /admin/regions/JPN": {"PUT", `{"up":false,"lag":"1ms"}`},
		"POST /admin/reset": {"POST", ""}, "GET /admin/accounts": {"GET", ""}, "GET /admin/regions": {"GET", ""},
		"PUT /admin/limits": {"PUT", `{"api20":"50/50"}`}, "PUT /admin/state": {"PUT", state},
		"PUT /admin/faults": {"PUT", `faults: [{status: 503, times: 3}]`}, "GET /admin/faults": {"GET", ""},
		"GET /admin/journal": {"GET", ""}, "DELETE /admin/journal": {"DELETE", ""}, "GET /metrics": {"GET", ""}, "GET /admin/state": {"GET", ""},
	} {
		wg.Go(func() {
			for range rounds / 10 {
				_, path, _ := strings.Cut(method, " ")
				if status, text := r.admin(change[0], path, change[1]); status != 200 {
					t.Errorf("%s: %d %s", method, status, text)
				}
				r.clock.Advance(time.Millisecond)
			}
		})
	}
	wg.Wait()
	if last := r.service.Journal().Last(); last != 4*rounds {
		t.Errorf("the journal counted %d calls, want %d", last, 4*rounds)
	}
}

// TestANewStateLosesNoStanding: a state without accounts leaves them as they stand, also where one changes at the
// same time, or from where it may call.
func TestANewStateLosesNoStanding(t *testing.T) {
	r := newRig(t, reference.Options{})
	keys := slices.Repeat([]reference.Key{{Name: "many"}}, 20) // so that it takes a while
	for i := range keys {
		keys[i].Name += strconv.Itoa(i)
	}
	viewer := func() reference.Account { return r.service.Accounts()[1] }
	during := func(change func()) {
		begun, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			close(begun)
			if err := r.service.SetState(reference.State{Keys: keys}); err != nil {
				t.Error(err)
			}
		}()
		<-begun
		change()
		<-done
	}
	for i := range 200 {
		open, vpc := i%2 == 1, strconv.Itoa(i)
		during(func() {
			if err := r.service.SetStanding("viewer", reference.StandingChange{Gateway: &open}); err != nil {
				t.Error(err)
			}
		})
		if gateway := viewer().Gateway; (gateway == nil) != open {
			t.Fatalf("change %d is lost", i)
		}
		during(func() {
			rule := `{"useApiAllowSource":false,"apiAllowSources":[{"type":"VPC","source":"` + vpc + `"}]}`
			if status, text := r.rule("owner", http.MethodPut, viewer().ID, rule); status != 200 {
				t.Error(status, text)
			}
		})
		if rule := viewer().Access; rule == nil || rule.Sources[0].Source != vpc {
			t.Fatalf("rule %d is lost: %+v", i, rule)
		}
	}
}

// TestTheGuideIsTaken puts the scripts and files of the guide to a service.
func TestTheGuideIsTaken(t *testing.T) {
	guide, err := os.ReadFile("../docs/control.md")
	if err != nil {
		t.Fatal(err)
	}
	r, put := newRig(t, reference.Options{}), map[string]int{}
	try := func(path, body string) {
		put[path]++
		if status, text := r.admin(http.MethodPut, path, body); status != 200 {
			t.Errorf("%s: %s: %d %s", path, body, status, text)
		}
	}
	for _, state := range between(string(guide), "```yaml\n", "```\n") {
		try("/admin/state", state)
	}
	for _, script := range between(string(guide), "<<'SCRIPT'\n", "SCRIPT\n") {
		try("/admin/faults", script)
	}
	for _, call := range between(string(guide), "curl -X PUT -d '", "\n") {
		body, rest, _ := strings.Cut(call, "' \"$ADMIN")
		path, _, _ := strings.Cut(rest, "\"")
		try(path, body)
	}
	for path, want := range map[string]int{"/admin/state": 2, "/admin/faults": 1, "/admin/limits": 1, "/admin/regions/KR": 1, "/admin/regions/JPN": 1, "/admin/accounts/clerk": 2} {
		if put[path] < want {
			t.Errorf("the guide puts %d to %s, want %d", put[path], path, want)
		}
	}
}

// between returns the parts of a text between two marks.
func between(text, from, to string) (parts []string) {
	for {
		_, rest, found := strings.Cut(text, from)
		part, after, closed := strings.Cut(rest, to)
		if !found || !closed {
			return parts
		}
		parts, text = append(parts, part), after
	}
}

// staircase is a YAML text that goes a column deeper with each line.
func staircase(steps int) string {
	var b strings.Builder
	for i := range steps {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestATextThatNestsTooDeepIsRefused takes of each way to nest the deepest that is taken and the first that is not:
// what is taken may be wrong in another way.
func TestATextThatNestsTooDeepIsRefused(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.held = nil // the texts are too deep for the validator's reader
	for text, deep := range map[string]bool{
		strings.Repeat("[", 100) + strings.Repeat("]", 100): false, strings.Repeat("[", 101) + strings.Repeat("]", 101): true,
		strings.Repeat("{a: ", 100): false, strings.Repeat("{a: ", 101): true, strings.Repeat("[", 100_000): true,
		strings.Repeat("[]\n", 101): false, "[" + strings.Repeat("[],", 200) + "]": false,
		"a: [" + strings.Repeat(`"]", [`, 101): true, `a: "` + strings.Repeat("[", 1000) + `"`: false, "a: b # " + strings.Repeat("[", 1000): false,
		strings.Repeat("- ", 99) + "a": false, strings.Repeat("- ", 101) + "a": true, strings.Repeat("? ", 101) + "a": true, strings.Repeat("- ", 50_000): true,
		staircase(200): false, staircase(202): true, "a: |\n  " + strings.Repeat("-", 1000): false,
	} {
		for _, path := range []string{"/admin/faults", "/admin/state"} {
			status, said := r.admin(http.MethodPut, path, text)
			if status != 400 && deep || strings.Contains(said, "nests too deep") != deep {
				t.Errorf("%s: %.40q of %d bytes: %d %s; too deep is to be %v", path, text, len(text), status, said, deep)
			}
		}
	}
}

// holdsItsExport takes the state of a service to another.
func holdsItsExport(t *testing.T, one *rig) {
	t.Helper()
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	two := newRig(t, reference.Options{})
	two.held = nil
	if status, said := two.admin(http.MethodPut, "/admin/state", file); status != 200 {
		t.Fatalf("the import: %d %s\n%s", status, said, file)
	}
	if diff := cmp.Diff(one.service.State(), two.service.State()); diff != "" {
		t.Errorf("imported it differs:\n%s", diff)
	}
}

// FuzzControl puts any text to the parts of the admin listener that read YAML: what they refuse, they
// refuse with a sentence, and what they take they can show, and a state can be imported as it was exported.
func FuzzControl(f *testing.F) {
	for _, seed := range []string{
		"faults: [{op: encrypt, status: 503, header: {A: b}, data: {a: [1, null]}, after: true}]",
		"seed: 1\nfaults:\n  - {probability: 0.5, until: 1h, json: {a: {b: c}}}",
		"accounts: [{name: a, accessKey: k, secretKey: s}]\nkeys: [{name: abc, registered: -1h}]",
		"keys: [{name: abc, creator: {disabled: 2026-01-01T00:00:00Z}, acl: {allowed: [10.0.0.1]}}]",
		`{"faults":[{"name":"\u0001","status":200,"json":{"a":["\u0000\u007f",1.5e3,1e400]}}]}`, "faults: [{name: \"\\x01\", delay: 1s, header: {}, status: 500}]",
		"{", "- &a [*a]", "faults: &a {<<: *a}",
		"accounts: [{name: \"\\ta\", accessKey: k, secretKey: \"\\n \\r\"}]\nkeys: [{name: abc, memo: \"? a\\n\\n\"}]",
		strings.Repeat("[", 1000), strings.Repeat("{a: ", 1000), strings.Repeat("- ", 1000), strings.Repeat("? ", 1000), staircase(300), "a: \"" + strings.Repeat("[", 1000) + "\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := newRig(t, reference.Options{})
		r.held = nil // a text may be YAML here and none to the validator's reader
		for _, path := range []string{"/admin/faults", "/admin/state"} {
			status, said := r.admin(http.MethodPut, path, text)
			if status != 200 && (status != 400 || !strings.Contains(said, `"error":"`)) || !json.Valid([]byte(said)) {
				t.Errorf("PUT %s: %d %s", path, status, said)
			}
			if status, said := r.admin(http.MethodGet, path, ""); status != 200 || path == "/admin/faults" && !json.Valid([]byte(said)) {
				t.Errorf("GET %s: %d %s", path, status, said)
			}
		}
		holdsItsExport(t, r)
		r.call(nil, reference.API20, http.MethodPost, "/kms/v1/keys/abc/encrypt", hello)
	})
}
