package reference_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/target"
)

// made is what a history made and a later state must still take.
type made struct {
	host, tag, call, body string
	token                 target.Token // empty: the owner calls
}

// A history is what somebody did to a service: keys of all types at all hosts, each with what it made.
type history struct {
	*rig
	keys []made // host and tag
	made []made
}

var hosts = []string{reference.API20, reference.API20KR, reference.API20JP}

// anyText draws text that people write, and that YAML would take for something else.
var anyText = rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringN(0, 100, -1), rapid.StringOfN(rapid.SampledFrom([]rune("a1 \t\r\n:-?#.\"'\\|>")), 0, 12, -1))

// jsonText writes a value as JSON.
func jsonText(t interface{ Fatal(...any) }, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// holders are accounts with texts at random wherever a file may have any.
func holders(t *rapid.T) []reference.Account {
	some := anyText.Filter(func(text string) bool { return text != "" })
	return []reference.Account{
		{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: some.Draw(t, "secret"), APIKey: anyText.Draw(t, "API key"), Policy: "NCP_ADMINISTRATOR"},
		{Name: "viewer", ID: "id-viewer", AccessKey: "AV", SecretKey: some.Draw(t, "secret"), Policy: "NCP_KMS_VIEWER", Policies: []reference.UserPolicy{
			{Name: some.Draw(t, "policy"), Actions: []kms.Op{kms.Encrypt}, Keys: []string{some.Draw(t, "tag")}},
		}},
		{Name: "third " + anyText.Draw(t, "name"), ID: some.Draw(t, "id"), AccessKey: "A3" + anyText.Draw(t, "access key"), SecretKey: some.Draw(t, "secret")},
	}
}

// ask makes a call about a key at the host where it was made.
func (h *history) ask(k made, method, rest, body string) (int, string) {
	return h.call(h.signed("owner"), k.host, method, "/kms/v1/keys/"+k.tag+rest, body)
}

// step does something at random. Much of it is refused, which is part of a history.
func (h *history) step(t *rapid.T) {
	switch {
	case len(h.keys) == 0 || rapid.IntRange(0, 9).Draw(t, "new") == 0:
		h.create(t)
		return
	case rapid.IntRange(0, 3).Draw(t, "time") == 0:
		h.clock.Advance(time.Duration(rapid.Int64Range(1, int64(40*time.Hour)).Draw(t, "passes")))
		return
	}
	i := rapid.IntRange(0, len(h.keys)-1).Draw(t, "key")
	k := &h.keys[i]
	version := rapid.IntRange(1, 4).Draw(t, "version")
	calls := []string{
		"POST /rotate", "POST /rotate", fmt.Sprintf("POST /versions/%d/disable", version), fmt.Sprintf("POST /versions/%d/enable", version),
		"POST /enable", "POST /enable", "POST /disable", "POST /request-deletion", "POST /cancel-deletion", "DELETE ",
		"MEMO", "SOURCE", fmt.Sprintf(`PUT /name {"keyName":"key-%d"}`, rapid.IntRange(0, 9).Draw(t, "name")),
		"POST /enable-auto-rotation", "POST /disable-auto-rotation", `PUT /rotation-period {"rotationPeriod":2}`,
		"POST /token-generator", "PUT /token-generator", "DELETE /token-generator",
		"POST /acl/enable", "POST /acl/disable", `POST /acl {"ipList":["127.0.0.1","192.0.2.1"]}`, `DELETE /acl {"ipList":["192.0.2.1"]}`,
		`POST /migrate {"targetRegion":"JPN"}`, "ENCRYPT", "ENCRYPT", "SIGN", "TOKENS", "TOKENS",
	}
	method, rest, _ := strings.Cut(rapid.SampledFrom(calls).Draw(t, "call"), " ")
	path, body, _ := strings.Cut(rest, " ")
	switch method {
	case "ENCRYPT":
		if status, text := h.ask(*k, "POST", "/encrypt", `{"plaintext":"aGVsbG8=","context":"YQ=="}`); status == 200 {
			h.made = append(h.made, made{host: k.host, tag: k.tag, call: "/decrypt", body: `{"context":"YQ==","ciphertext":"` + member(h.t, text, "ciphertext") + `"}`})
		}
	case "SIGN":
		if status, text := h.ask(*k, "POST", "/sign", `{"data":"aGVsbG8="}`); status == 200 {
			h.made = append(h.made, made{host: k.host, tag: k.tag, call: "/verify", body: `{"data":"aGVsbG8=","signature":"` + member(h.t, text, "signature") + `"}`})
		}
	case "MEMO":
		h.ask(*k, "PUT", "/memo", jsonText(t, map[string]string{"memo": anyText.Draw(t, "memo")}))
	case "SOURCE":
		source := map[string]string{"type": "VPC", "source": anyText.Draw(t, "source")}
		h.rule("owner", "PUT", "id-viewer", jsonText(t, map[string]any{"useApiAllowSource": false, "apiAllowSources": []any{source}}))
	case "TOKENS":
		if status, text := h.ask(*k, "POST", "/token-set", `{"accessTokenHours":30}`); status == 200 {
			h.made = append(h.made, made{host: k.host, tag: k.tag, call: "/create-custom-key", body: `{"context":"YQ=="}`, token: tokenIn(h.t, text)})
		}
	default:
		if status, _ := h.ask(*k, method, path, body); status == 200 && path == "/migrate" {
			k.host = reference.API20JP
		}
	}
}

func (h *history) create(t *rapid.T) {
	kind := rapid.SampledFrom([]string{`"AES256"`, `"AES256","isConvergent":true`, `"RSA2048"`, `"ECDSA"`}).Draw(t, "type")
	host := rapid.SampledFrom(hosts).Draw(t, "host")
	auto := rapid.SampledFrom([]string{"", `,"isAutoRotation":true`, `,"isAutoRotation":true,"rotationPeriod":1`, `,"isAutoRotation":false,"rotationPeriod":7`}).Draw(t, "rotation")
	status, text := h.call(h.signed("owner"), host, "POST", "/kms/v1/keys", fmt.Sprintf(`{"keyName":"made-%d","keyType":%s,"protectionType":"BASIC"%s}`, len(h.keys), kind, auto))
	if status == 200 {
		h.keys = append(h.keys, made{host: host, tag: member(h.t, text, "keyTag")})
	}
}

// views are all that a service tells of its keys, and what it makes of all that the history made.
func (h *history) views(on *rig) map[string]string {
	out := map[string]string{}
	see := func(name string, auth target.Auth, host, method, path, body string) {
		status, text := on.call(auth, host, method, "/kms/v1/keys"+path, body)
		out[name] = fmt.Sprint(status, " ", text)
	}
	for _, host := range hosts {
		see("list "+host, on.signed("viewer"), host, "GET", "?pageSize=200", "")
	}
	for _, k := range h.keys {
		for _, rest := range []string{"", "/versions", "/activities?timestampFrom=0", "/last-use-info", "/token-generator", "/acl"} {
			see(k.tag+rest, on.signed("owner"), k.host, "GET", "/"+k.tag+rest, "")
		}
	}
	for i, m := range h.made {
		auth := target.Auth(m.token)
		if m.token == "" {
			auth = on.signed("owner")
		}
		status, text := on.call(auth, m.host, "POST", "/kms/v1/keys/"+m.tag+m.call, m.body)
		if m.token != "" && status == 200 {
			text = "" // it is drawn
		}
		out[fmt.Sprint("made ", i, m.call)] = fmt.Sprint(status, " ", text)
	}
	return out
}

// TestAnyHistoryGoesThroughAStateFile does things at random, takes the state to another service, and
// holds what the two tell and do against each other, then and when time has passed.
func TestAnyHistoryGoesThroughAStateFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dialect := rapid.SampledFrom([]reference.Dialect{{}, {}, {FreePendingNames: true}, {SpentNames: true}}).Draw(rt, "dialect")
		h := &history{rig: newRig(t, reference.Options{Dialect: dialect, Accounts: holders(rt)})}
		h.service.SetRegion("JPN", reference.Region{Lag: time.Duration(rapid.IntRange(0, 2).Draw(rt, "lag")) * time.Second})
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			h.step(rt)
		}
		h.clock.Advance(2 * time.Second) // what is under way arrives
		_, file := h.admin(http.MethodGet, "/admin/state", "")
		two := newRig(t, reference.Options{Dialect: dialect})
		two.clock.Set(h.clock.Now())
		if status, text := two.admin(http.MethodPut, "/admin/state", file); status != 200 {
			rt.Fatalf("the import: %d %s\n%s", status, text, file)
		}
		if _, again := two.admin(http.MethodGet, "/admin/state", ""); again != file {
			rt.Fatalf("exported again it differs:\n%s", cmp.Diff(file, again))
		}
		for range 2 {
			if diff := cmp.Diff(h.views(h.rig), h.views(two)); diff != "" {
				rt.Fatalf("the two differ:\n%s\n%s", diff, file)
			}
			h.clock.Advance(50 * time.Hour)
			two.clock.Advance(50 * time.Hour)
		}
		body := `{"keyName":"next-one","keyType":"ECDSA","protectionType":"BASIC"}`
		_, one := h.do(http.MethodPost, "", body)
		_, other := two.do(http.MethodPost, "", body)
		if id := `"keyId":`; after(one, id) != after(other, id) {
			rt.Fatalf("the next key is %s and %s", one, other)
		}
	})
}

// TestNamesGoThroughAStateFile: which names may be taken, and by whom, is the same before and after it.
func TestNamesGoThroughAStateFile(t *testing.T) {
	create := func(name string) string {
		return `{"keyName":"` + name + `","keyType":"AES256","protectionType":"BASIC"}`
	}
	keys := []reference.Key{{Name: "first", Tag: "one"}, {Name: "second", Tag: "two"}}
	for name, tt := range map[string]struct {
		dialect reference.Dialect
		lived   []string
		then    map[string]int
	}{
		"a pending key is newer than the holder of its name": {
			reference.Dialect{FreePendingNames: true}, []string{"POST /two/request-deletion", `PUT /one/name {"keyName":"second"}`},
			map[string]int{"POST /two/cancel-deletion": 422, "POST  " + create("second"): 422, "POST  " + create("first"): 200},
		},
		"two pending keys share a name": {
			reference.Dialect{FreePendingNames: true}, []string{"POST /one/request-deletion", `PUT /two/name {"keyName":"first"}`, "POST /two/request-deletion"},
			map[string]int{"POST /one/cancel-deletion": 200, "POST /two/cancel-deletion": 200, "POST  " + create("first"): 200},
		},
		"a deleted key had a name": {
			reference.Dialect{SpentNames: true}, []string{"POST /two/request-deletion", "DELETE /two"},
			map[string]int{"POST  " + create("second"): 422, "POST  " + create("third"): 200},
		},
		"a renamed key had another": {
			reference.Dialect{SpentNames: true}, []string{`PUT /one/name {"keyName":"third"}`},
			map[string]int{"POST  " + create("first"): 422, `PUT /two/name {"keyName":"first"}`: 422, `PUT /one/name {"keyName":"first"}`: 200},
		},
	} {
		for call, want := range tt.then { // each on a service of its own
			one := newRig(t, reference.Options{Dialect: tt.dialect, Keys: keys})
			do := func(r *rig, call string) (int, string) {
				parts := append(strings.SplitN(call, " ", 3), "")
				return r.do(parts[0], parts[1], parts[2])
			}
			for _, before := range tt.lived {
				if status, text := do(one, before); status != 200 {
					t.Fatalf("%s: %s: %d %s", name, before, status, text)
				}
			}
			_, file := one.admin(http.MethodGet, "/admin/state", "")
			two := newRig(t, reference.Options{Dialect: tt.dialect})
			if status, text := two.admin(http.MethodPut, "/admin/state", file); status != 200 {
				t.Fatalf("%s: the import: %d %s\n%s", name, status, text, file)
			}
			for where, r := range map[string]*rig{"before": one, "after": two} {
				if status, text := do(r, call); status != want {
					t.Errorf("%s: %s %s it: %d %s, want %d", name, call, where, status, text, want)
				}
			}
		}
	}
}

// TestAnIDThatAKeyHadIsNotGivenAgain deletes the newest key before the export.
func TestAnIDThatAKeyHadIsNotGivenAgain(t *testing.T) {
	one := newRig(t, reference.Options{})
	const body = `{"keyName":"short-lived","keyType":"AES256","protectionType":"BASIC"}`
	_, text := one.do(http.MethodPost, "", body)
	tag := member(t, text, "keyTag")
	one.do(http.MethodPost, "/"+tag+"/request-deletion", "")
	if status, text := one.do(http.MethodDelete, "/"+tag, ""); status != 200 {
		t.Fatal(status, text)
	}
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	two := newRig(t, reference.Options{})
	two.admin(http.MethodPut, "/admin/state", file)
	if _, again := two.do(http.MethodPost, "", body); after(again, `"keyId":`) != "1003" {
		t.Errorf("after keys 1001 and 1002 comes %s", again)
	}
}

// after returns the number that follows a text.
func after(in, text string) string {
	_, rest, _ := strings.Cut(in, text)
	number, _, _ := strings.Cut(rest, ",")
	return number
}
