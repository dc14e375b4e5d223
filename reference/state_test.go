package reference_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// lived is a rig whose keys have been through something; its tokens and ciphertext with it.
func lived(t *testing.T) (r *rig, access, refresh target.Token, ciphertext string) {
	r = newRig(t, reference.Options{})
	access, refresh = r.tokens("tag")
	_, text := r.do(http.MethodPost, "/tag/encrypt", hello)
	ciphertext = member(t, text, "ciphertext")
	r.clock.Advance(time.Hour)
	r.do(http.MethodPost, "/tag/acl/enable", "")
	r.do(http.MethodPost, "/tag/acl", `{"ipList":["127.0.0.1","192.0.2.1"]}`)
	r.do(http.MethodPut, "/tag/memo", `{"memo":"two: lines\n# of it"}`)
	_, text = r.do(http.MethodPost, "", `{"keyName":"turning","keyType":"AES256","protectionType":"COMMON_HSM","isAutoRotation":true,"rotationPeriod":2}`)
	turning := member(t, text, "keyTag")
	r.clock.Advance(49 * time.Hour)
	r.do(http.MethodPost, "/"+turning+"/token-generator", "")
	r.do(http.MethodDelete, "/"+turning+"/token-generator", "")
	r.do(http.MethodPost, "/"+turning+"/request-deletion", "")
	sub := r.service.Accounts()[1].ID
	r.call(r.signed("owner"), reference.SubAccount, http.MethodPut, "/api/v1/sub-accounts/"+sub+"/access-rules/api",
		`{"useApiAllowSource":true,"apiAllowSources":[{"type":"IP","source":"10.0.0.0/8"}]}`)
	r.clock.Advance(time.Minute)
	return r, access, refresh, ciphertext
}

func TestWhatIsExportedImportsToTheSameState(t *testing.T) {
	one, access, refresh, ciphertext := lived(t)
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	two := newRig(t, reference.Options{Keys: []reference.Key{{Name: "gone"}}})
	two.clock.Set(one.clock.Now())
	if status, text := two.admin(http.MethodPut, "/admin/state", file); status != 200 || text != `{"accounts":7,"keys":2}` {
		t.Fatalf("%d %s\n%s", status, text, file)
	}
	if _, again := two.admin(http.MethodGet, "/admin/state", ""); again != file {
		t.Errorf("exported again it differs:\n%s", cmp.Diff(file, again))
	}
	for name, call := range map[string]func(r *rig) (int, string){
		"key list": func(r *rig) (int, string) { return r.do(http.MethodGet, "", "") },
		"key info": func(r *rig) (int, string) { return r.do(http.MethodGet, "/tag", "") },
		"creator":  func(r *rig) (int, string) { return r.do(http.MethodGet, "/tag/token-generator", "") },
		"ACL":      func(r *rig) (int, string) { return r.do(http.MethodGet, "/tag/acl", "") },
		"decrypt by account": func(r *rig) (int, string) {
			return r.do(http.MethodPost, "/tag/decrypt", `{"ciphertext":"`+ciphertext+`"}`)
		},
		"decrypt by token": func(r *rig) (int, string) {
			return r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/decrypt", `{"ciphertext":"`+ciphertext+`"}`)
		},
		"a viewer's call": func(r *rig) (int, string) {
			return r.call(r.signed("viewer"), reference.API20, http.MethodGet, "/kms/v1/keys", "")
		},
	} {
		status1, text1 := call(one)
		status2, text2 := call(two)
		if status1 != status2 || name != "key info" && text1 != text2 {
			t.Errorf("%s: %d %s on the first, %d %s on the second", name, status1, text1, status2, text2)
		}
	}
	if status, text := two.call(refresh, reference.API20, http.MethodPost, "/kms/v1/keys/tag/access-token", ""); status != 200 {
		t.Errorf("the refresh token of the first on the second: %d %s", status, text)
	}
	two.clock.Advance(72*time.Hour - time.Minute)
	if _, text := two.do(http.MethodGet, "", ""); !strings.Contains(text, `"totalCount":1`) {
		t.Errorf("the pending key is not gone when its time is over: %s", text)
	}
}

func TestAnImportedCreatorIsReplacedForGood(t *testing.T) {
	one, access, _, _ := lived(t)
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	two := newRig(t, reference.Options{})
	two.clock.Set(one.clock.Now())
	two.admin(http.MethodPut, "/admin/state", file)
	for range 3 {
		two.do(http.MethodPut, "/tag/token-generator", "")
		if status, _ := two.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello); status != 401 {
			t.Errorf("a token of the creator that left: status %d, want 401", status)
		}
	}
}

func TestTimesInAFileAreRelativeToItsImport(t *testing.T) {
	one, _, _, _ := lived(t)
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	two := newRig(t, reference.Options{})
	two.clock.Set(start.AddDate(5, 0, 0))
	two.admin(http.MethodPut, "/admin/state", file)
	two.clock.Advance(72*time.Hour - 2*time.Minute)
	if _, text := two.do(http.MethodGet, "", ""); !strings.Contains(text, `"totalCount":2`) {
		t.Errorf("two minutes before its time the pending key is gone: %s", text)
	}
	two.clock.Advance(2 * time.Minute)
	if _, text := two.do(http.MethodGet, "", ""); !strings.Contains(text, `"totalCount":1`) {
		t.Errorf("72 h after the request the pending key is there: %s", text)
	}
}

func TestAWrongStateChangesNothing(t *testing.T) {
	r, _, _, _ := lived(t)
	_, before := r.admin(http.MethodGet, "/admin/state", "")
	for file, want := range map[string]string{
		`keys: [{nam: x}]`:  "body:1: ",
		`keys: {`:           "body",
		`keys: [{name: x}]`: "key x: ",
		`keys: [{name: abc, tag: t}, {name: abd, tag: t}]`:                                                       "key abd: ",
		`keys: [{name: abc, id: 7}, {name: abd, id: 7}]`:                                                         "key abd: ",
		`keys: [{name: abc, registered: yesterday}]`:                                                             `key abc: registered: "yesterday": want a duration`,
		`keys: [{name: abc, nextRotation: 1h}]`:                                                                  "key abc: nextRotation: it needs autoRotation",
		`keys: [{name: abc, acl: {enabled: true, allowed: [10.0.0.0/8]}}]`:                                       "key abc: acl: allowed: ",
		`keys: [{name: abc, creator: {key: "x"}}]`:                                                               "key abc: creator: key: it is no PEM",
		`keys: [{name: abc, creator: {issued: -1}}]`:                                                             "body:1: keys[0].creator.issued: want a number from 0",
		`accounts: [{name: a, accessKey: k, secretKey: s, access: {useApiAllowSource: true}}]`:                   "account a: access: ",
		`accounts: [{name: a, id: i, accessKey: k, secretKey: s}, {name: b, id: i, accessKey: l, secretKey: s}]`: "account b: its id",
		"keys:\n- name: abc\n- name: abd\n  versions:\n  - state: REVOKE":                                        "body:5: keys[1].versions[0].state: it is none of",
		"keys:\n- name: abc\n  versions: [{state: DISABLE}]":                                                     "body:2: key abc: ",
		"keys:\n- name: abc\n  versions: [{secret: s3cr3t}]":                                                     "body:3: keys[0].versions[0].secret: there is no such member",
		"keys:\n- name: abc\n  activities: [{at: now, op: encrypt}]":                                             "body:2: key abc: activities[0].at: ",
		"keys:\n- name: abc\n  activities: [{at: 1h, op: fly}]":                                                  "body:2: key abc: activities[0].op: ",
		"regions: {KR: {lag: -2s}}":                                                                              "region KR: its lag is negative",
		"regions: {US: {}}":                                                                                      "body:1: regions.US: there is no such member",
		"keys:\n- name: abc\n  home: US":                                                                         "body:3: keys[0].home: it is none of [KR JPN]",
	} {
		status, text := r.admin(http.MethodPut, "/admin/state", file)
		if status != 400 || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), want) {
			t.Errorf("%s: %d %s, want 400 and %s", file, status, text, want)
		}
		if _, after := r.admin(http.MethodGet, "/admin/state", ""); after != before {
			t.Fatalf("%s: it was refused and changed the state:\n%s", file, cmp.Diff(before, after))
		}
	}
}

func TestTheSmallestStateGetsWhatItLacks(t *testing.T) {
	r := newRig(t, reference.Options{})
	owner := r.service.Accounts()[0]
	if status, text := r.admin(http.MethodPut, "/admin/state", "keys: [{name: orders, tag: t, creator: {}}]"); status != 200 {
		t.Fatal(status, text)
	}
	if now := r.service.Accounts()[0]; now.SecretKey != owner.SecretKey || now.ID != owner.ID {
		t.Error("a state without accounts changed the accounts")
	}
	if status, text := r.do(http.MethodPost, "/t/token-set", ""); status != 200 {
		t.Errorf("a token from the creator that was drawn: %d %s", status, text)
	}
}

func TestAStateGoesThroughAFile(t *testing.T) {
	r, _, _, _ := lived(t)
	text, err := r.service.State().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	state, err := reference.ParseState("s.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := state.Marshal()
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("read and written again it differs (%v):\n%s", err, cmp.Diff(string(text), string(again)))
	}
}

// TestAStateGoesThroughAFileInItsDialect: what a dialect takes, its state files hold.
func TestAStateGoesThroughAFileInItsDialect(t *testing.T) {
	d := reference.Dialect{ACLIPv6: true, ACLNetworks: true, MemoInBytes: true}
	r := newRig(t, reference.Options{Dialect: d})
	for _, c := range [][3]string{
		{http.MethodPost, "/tag/acl", `{"ipList":["2001:db8::1","192.0.2.0/24"]}`},
		{http.MethodPut, "/tag/memo", `{"memo":"` + strings.Repeat("a", 200) + `"}`},
	} {
		if status, text := r.do(c[0], c[1], c[2]); status != 200 {
			t.Fatal(c[1], status, text)
		}
	}
	text, err := r.service.State().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	state, err := d.ParseState("s.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := state.Marshal(); err != nil || !bytes.Equal(text, again) {
		t.Errorf("read and written again it differs (%v):\n%s", err, cmp.Diff(string(text), string(again)))
	}
	if _, err := reference.ParseState("s.yaml", text); err == nil {
		t.Error("the documented service takes it too")
	}
}

// TestTheSchemaOfStatesHasEachMember holds features/state.schema.json against the types that are read.
func TestTheSchemaOfStatesHasEachMember(t *testing.T) {
	var schema struct {
		Defs       map[string]map[string]any `json:"$defs"`
		Properties map[string]any            `json:"properties"`
	}
	if err := json.Unmarshal(features.StateSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	of := func(parts ...string) any {
		var at any = map[string]any(schema.Defs[parts[0]])
		for _, part := range parts[1:] {
			at = at.(map[string]any)[part]
		}
		return at.(map[string]any)["properties"]
	}
	for name, c := range map[string]struct {
		schema any
		of     reflect.Type
	}{
		"state":    {schema.Properties, reflect.TypeFor[reference.State]()},
		"region":   {of("region"), reflect.TypeFor[reference.Region]()},
		"account":  {of("account"), reflect.TypeFor[reference.Account]()},
		"pair":     {of("account", "properties", "keyPairs", "items"), reflect.TypeFor[reference.KeyPair]()},
		"policy":   {of("account", "properties", "policies", "items"), reflect.TypeFor[reference.UserPolicy]()},
		"access":   {of("account", "properties", "access"), reflect.TypeFor[reference.AccessRule]()},
		"key":      {of("key"), reflect.TypeFor[reference.Key]()},
		"version":  {of("key", "properties", "versions", "items"), reflect.TypeFor[reference.Version]()},
		"creator":  {of("key", "properties", "creator"), reflect.TypeFor[reference.Creator]()},
		"acl":      {of("key", "properties", "acl"), reflect.TypeFor[reference.ACL]()},
		"activity": {of("activity"), reflect.TypeFor[reference.Activity]()},
		"spent":    {of("spentName"), reflect.TypeFor[reference.SpentName]()},
	} {
		var want []string
		for f := range c.of.Fields() {
			member, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			want = append(want, member)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(c.schema.(map[string]any))); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the type %v", name, got, want)
		}
	}
}
