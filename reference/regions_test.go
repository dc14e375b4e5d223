package reference_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/target"
)

// at makes a call as the owner on one of the APIs.
func (c *caller) at(api target.API, method, path, body string) reply {
	c.t.Helper()
	return c.as(target.SignatureV2(c.owner), api, method, "/kms/v1/keys"+path, body)
}

// region sets how a region is.
func (c *caller) region(name, how string) {
	c.t.Helper()
	if _, err := c.tg.AdminCall(c.t.Context(), http.MethodPut, "/admin/regions/"+name, []byte(how)); err != nil {
		c.t.Fatal(err)
	}
}

// isolated creates a key on one of the isolated hosts and returns /{keyTag}.
func (c *caller) isolated(api target.API, name string) string {
	c.t.Helper()
	r := c.at(api, http.MethodPost, "", `{"keyName":"`+name+`","keyType":"AES256","protectionType":"BASIC"}`)
	if !r.ok() {
		c.t.Fatalf("create on %s: %v", api, r)
	}
	return "/" + r.str("keyTag")
}

// TestAnOutageCellByCell lists who answers when which regions are down.
func TestAnOutageCellByCell(t *testing.T) {
	const table = `
        none KR  JPN both
api20   200  200 200 503
api20kr 200  503 200 503
api20jp 200  200 503 503
api10   200  503 200 503`
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "AES256", "")
	keys := map[string]string{
		"api20": key, "api10": key, "api20kr": c.isolated(target.API20KR, "orders"), "api20jp": c.isolated(target.API20JP, "orders"),
	}
	rows := strings.Split(strings.TrimSpace(table), "\n")
	for column, down := range []string{"", "KR", "JPN", "KR JPN"} {
		for _, name := range kms.Regions() {
			c.region(string(name), fmt.Sprintf(`{"up":%t}`, !strings.Contains(down, string(name))))
		}
		for _, row := range rows[1:] {
			cells := strings.Fields(row)
			api, want := cells[0], cells[column+1]
			r := c.at(target.API(api), http.MethodPost, keys[api]+"/encrypt", hello)
			if api == "api10" {
				r = c.old(2, keys[api], "encrypt", hello)
			}
			if fmt.Sprint(r.status) != want || r.status == 503 && r.code != "500" {
				t.Errorf("down: %q, %s: %v, want %s", down, api, r, want)
			}
		}
	}
}

func TestIsolatedKeysLiveAtTheirOwnHost(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	keys := map[target.API]string{
		target.API20: c.key("orders", "AES256", ""), target.API20KR: c.isolated(target.API20KR, "orders"), target.API20JP: c.isolated(target.API20JP, "orders"),
	}
	for host := range keys {
		for home, key := range keys {
			want := 404
			if host == home {
				want = 200
			}
			if r := c.at(host, http.MethodPost, key+"/encrypt", hello); r.status != want {
				t.Errorf("a key of %s at %s: %v, want %d", home, host, r, want)
			}
		}
		if r := c.at(host, http.MethodGet, "", ""); r.num("totalCount") != 1 {
			t.Errorf("%s lists %v, want its one key", host, r)
		}
	}
	for home, want := range map[target.API]int{target.API20: 200, target.API20KR: 404, target.API20JP: 404} {
		if r := c.old(2, keys[home], "encrypt", hello); r.status != want {
			t.Errorf("a key of %s at API 1.0: %v, want %d", home, r, want)
		}
	}
}

func TestKeyInfoTellsTheBaseURLOfItsBoundary(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1, Keys: []reference.Key{
		{Name: "global", Tag: "global"}, {Name: "korean", Tag: "korean", Home: kms.KR}, {Name: "japanese", Tag: "japanese", Home: kms.JPN},
	}})
	defer server.Close()
	owner := server.Accounts()[0]
	client := newClient(t, server)
	for tag, api := range map[string]string{"global": reference.API20, "korean": reference.API20KR, "japanese": reference.API20JP} {
		req, err := http.NewRequest(http.MethodGet, server.URLs[api]+"/kms/v1/keys/"+tag, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}.Authorize(req, time.Now())
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text := readAll(t, resp)
		if got := member(t, text, "baseUrl"); got != server.URLs[api] {
			t.Errorf("%s: baseUrl %s, want %s", tag, got, server.URLs[api])
		}
		if tag == "japanese" && !strings.HasPrefix(member(t, text, "nrn"), "nrn:PUB:KMS:JPN:") {
			t.Errorf("an isolated key of Japan has the name %s", member(t, text, "nrn"))
		}
	}
}

// TestGlobalKeysLoseNoCallInAnOutage takes each region down in turn between calls that read and write.
func TestGlobalKeysLoseNoCallInAnOutage(t *testing.T) {
	c := newCaller(t, reference.Options{Route: reference.Alternate()}, nil)
	key := c.key("orders", "AES256", "")
	token := c.token(key)
	sealed := c.must(http.MethodPost, key+"/encrypt", hello).str("ciphertext")
	for i := range 20 {
		down := kms.Regions()[i%2]
		c.region(string(down), `{"up":false}`)
		for range 3 {
			c.must(http.MethodPost, key+"/rotate", "")
			if r := c.must(http.MethodPost, key+"/decrypt", `{"ciphertext":"`+sealed+`"}`); r.str("plaintext") != "aGVsbG8=" {
				t.Errorf("decrypts to %v", r)
			}
			if r := c.as(token, target.API20, http.MethodPost, "/kms/v1/keys"+key+"/encrypt", hello); !r.ok() {
				t.Errorf("by a token: %v", r)
			}
		}
		c.region(string(down), `{"up":true}`)
	}
	if r := c.must(http.MethodGet, key, ""); r.num("currentVersion") != 61 {
		t.Errorf("after 60 rotations: %v", r)
	}
}

func TestTheJournalTellsWhichRegionAnswered(t *testing.T) {
	r := newRig(t, reference.Options{Route: reference.Alternate()})
	for range 3 {
		r.do(http.MethodPost, "/tag/encrypt", hello)
	}
	r.service.SetRegion(kms.JPN, reference.Region{Down: true})
	r.do(http.MethodPost, "/tag/encrypt", hello)
	r.service.SetRegion(kms.KR, reference.Region{Down: true})
	status, text := r.do(http.MethodPost, "/tag/encrypt", hello)
	if status != 503 || !strings.Contains(text, `"errorCode":"500"`) {
		t.Errorf("with all down: %d %s", status, text)
	}
	var got []kms.Region
	for _, e := range r.service.Journal().Entries(reference.Filter{}) {
		got = append(got, e.Region)
	}
	if fmt.Sprintf("%q", got) != `["KR" "JPN" "KR" "KR" ""]` {
		t.Errorf("answered by %q", got)
	}
}

// TestADenialReachesTheOtherRegionWithinTheLag walks the ways to shut a token out.
func TestADenialReachesTheOtherRegionWithinTheLag(t *testing.T) {
	for name, deny := range map[string]func(c *caller, key string){
		"the key is disabled":       func(c *caller, key string) { c.must(http.MethodPost, key+"/disable", "") },
		"the creator is replaced":   func(c *caller, key string) { c.must(http.MethodPut, key+"/token-generator", "") },
		"the creator is disabled":   func(c *caller, key string) { c.must(http.MethodDelete, key+"/token-generator", "") },
		"the IP ACL is switched on": func(c *caller, key string) { c.must(http.MethodPost, key+"/acl/enable", "") },
		"the key is deleted": func(c *caller, key string) {
			c.must(http.MethodPost, key+"/request-deletion", "")
			c.must(http.MethodDelete, key, "")
		},
	} {
		c := newCaller(t, reference.Options{}, nil)
		key := c.key("orders", "AES256", "")
		token := c.token(key)
		c.region("JPN", `{"lag":"2s"}`)
		use := func() int {
			return c.as(token, target.API20, http.MethodPost, "/kms/v1/keys"+key+"/encrypt", hello).status
		}
		deny(c, key)
		if use() == 200 {
			t.Errorf("%s: the region that was told lets the token in", name)
		}
		c.region("KR", `{"up":false}`)
		c.advance(2*time.Second - 1)
		if status := use(); status != 200 {
			t.Errorf("%s: just before the lag is over the other region answers %d, want 200", name, status)
		}
		c.advance(1)
		if use() == 200 {
			t.Errorf("%s: when the lag is over the other region lets the token in", name)
		}
		c.region("KR", `{"up":true}`)
		if use() == 200 {
			t.Errorf("%s: the denial did not outlast the outage", name)
		}
	}
}

func TestWrongRegionRequestsChangeNothing(t *testing.T) {
	r := newRig(t, reference.Options{})
	_, before := r.admin(http.MethodGet, "/admin/regions", "")
	if before != `{"JPN":{"up":true,"lag":"0s"},"KR":{"up":true,"lag":"0s"}}` {
		t.Errorf("at the start: %s", before)
	}
	for call, want := range map[string]int{
		`KR {}`: 400, `KR {"lag":"-1s"}`: 400, `KR {"lag":"soon"}`: 400, `KR {"up":"no"}`: 400, `KR {"up":false,"lag":"soon"}`: 400, `US {"up":true}`: 404,
	} {
		name, body, _ := strings.Cut(call, " ")
		if status, text := r.admin(http.MethodPut, "/admin/regions/"+name, body); status != want || !strings.Contains(text, `"error"`) {
			t.Errorf("%s: %d %s, want %d", call, status, text, want)
		}
	}
	if _, after := r.admin(http.MethodGet, "/admin/regions", ""); after != before {
		t.Errorf("wrong requests changed it to %s", after)
	}
	r.admin(http.MethodPut, "/admin/regions/JPN", `{"up":false,"lag":"1m0s"}`)
	if _, after := r.admin(http.MethodGet, "/admin/regions", ""); after != `{"JPN":{"up":false,"lag":"1m0s"},"KR":{"up":true,"lag":"0s"}}` {
		t.Errorf("after a change: %s", after)
	}
	r.admin(http.MethodPost, "/admin/reset", "")
	if _, after := r.admin(http.MethodGet, "/admin/regions", ""); after != before {
		t.Errorf("after a reset: %s", after)
	}
}
