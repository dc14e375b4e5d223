package reference_test

import (
	"net/http"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

func TestAMigratedKeyLivesAtItsRegionsHost(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "AES256", "")
	token := c.token(key)
	sealed := c.must(http.MethodPost, key+"/encrypt", hello).str("ciphertext")
	if r := c.post(key+"/migrate", `{"targetRegion":"JPN"}`); r.status != 422 {
		t.Errorf("an enabled key: %v, want 422", r)
	}
	c.must(http.MethodPost, key+"/disable", "")
	for body, want := range map[string]int{`{"targetRegion":"jp"}`: 400, `{"targetRegion":"kr"}`: 400, `{"targetRegion":"jpn"}`: 400, `{"targetRegion":null}`: 400, `{}`: 400, `{"targetRegion":1}`: 400} {
		if r := c.post(key+"/migrate", body); r.status != want {
			t.Errorf("%s: %v, want %d", body, r, want)
		}
	}
	c.region("JPN", `{"up":false}`)
	if r := c.post(key+"/migrate", `{"targetRegion":"JPN"}`); r.status != 503 {
		t.Errorf("to a region that is down: %v, want 503", r)
	}
	c.region("JPN", `{"up":true}`)
	if r := c.must(http.MethodPost, key+"/migrate", `{"targetRegion":"JPN"}`); members(r) != "keyTag targetRegion" || "/"+r.str("keyTag") != key || r.str("targetRegion") != "JPN" {
		t.Errorf("migrate answers %v", r)
	}
	if r := c.get(key); r.status != 404 {
		t.Errorf("the global key: %v, want 404", r)
	}
	if r := c.at(target.API20JP, http.MethodPost, key+"/migrate", `{"targetRegion":"KR"}`); r.status != 422 {
		t.Errorf("an isolated key: %v, want 422", r)
	}
	c.at(target.API20JP, http.MethodPost, key+"/enable", "")
	path := "/kms/v1/keys" + key + "/decrypt"
	if r := c.as(token, target.API20JP, http.MethodPost, path, `{"ciphertext":"`+sealed+`"}`); r.str("plaintext") != "aGVsbG8=" {
		t.Errorf("its token and its ciphertext at its new host: %v", r)
	}
	if r := c.as(token, target.API20, http.MethodPost, path, `{"ciphertext":"`+sealed+`"}`); r.ok() {
		t.Errorf("at its old host: %v", r)
	}
}
