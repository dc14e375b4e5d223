package reference_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// members returns the names of what an answer's data has, in order.
func members(r reply) string {
	var names []string
	for name := range r.data {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// TestAnswersHaveTheDocumentedMembers checks each answer for just the members that its page lists.
func TestAnswersHaveTheDocumentedMembers(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	aes, ec := c.key("orders", "AES256", ""), c.key("signer", "ECDSA", "")
	c.must(http.MethodPost, aes+"/rotate", "")
	text := c.must(http.MethodPost, aes+"/encrypt", `{"plaintext":"aGVsbG8="}`).str("ciphertext")
	signature := c.must(http.MethodPost, ec+"/sign", `{"data":"aGVsbG8="}`).str("signature")
	for _, row := range []struct{ method, path, body, want string }{
		{"POST", aes + "/rotate", "", "keyTag rotatedDate version"},
		{"POST", aes + "/enable-auto-rotation", "", "isAutoRotation keyTag nextRotationDate rotationPeriod"},
		{"PUT", aes + "/rotation-period", `{"rotationPeriod":7}`, "keyTag nextRotationDate rotationPeriod"},
		{"POST", aes + "/disable-auto-rotation", "", "isAutoRotation keyTag"},
		{"GET", aes + "/versions", "", "currentVersion keyTag versionList"},
		{"POST", aes + "/versions/1/disable", "", "status statusDate version"},
		{"POST", aes + "/versions/1/enable", "", "status statusDate version"},
		{"GET", aes + "/activities", "", "activityLogList currentPageNo pageSize totalCount totalPageNo"},
		{"GET", aes + "/last-use-info", "", "data message timestamp"},
		{"POST", aes + "/create-custom-key", "", "ciphertext"},
		{"POST", aes + "/create-custom-key", `{"requestPlainKey":true}`, "ciphertext plaintext"},
		{"POST", aes + "/re-encrypt", `{"ciphertext":"` + text + `"}`, "newCiphertext"},
		{"POST", aes + "/reencrypt", `{"ciphertext":["` + text + `"]}`, "newCiphertext"},
		{"POST", ec + "/sign", `{"data":""}`, "signature"},
		{"POST", ec + "/verify", `{"data":"","signature":"` + signature + `"}`, "valid"},
		{"POST", ec + "/get-pub-key", "", "publicKey"},
	} {
		if r := c.must(row.method, row.path, row.body); members(r) != row.want {
			t.Errorf("%s %s: members %s, want %s", row.method, row.path, members(r), row.want)
		}
	}
	for _, row := range [][4]string{
		{aes, "createCustomKey", `{"requestPlainKey":true}`, "ciphertext key_version plaintext"},
		{aes, "createCustomKey", ``, "ciphertext key_version"},
		{aes, "reencrypt", `{"ciphertext":"` + text + `"}`, "newCiphertext"},
		{aes, "reencrypt", `{"ciphertext":["` + text + `"]}`, "newCiphertextList"},
		{ec, "sign", `{"data":""}`, "signature"},
		{ec, "verify", `{"data":"","signature":"` + signature + `"}`, "valid"},
	} {
		if r := c.old(2, row[0], row[1], row[2]); !r.ok() || members(r) != row[3] {
			t.Errorf("1.0 %s: %v, want members %s", row[1], r, row[3])
		}
	}
}

func TestTheValuesOfVersionsAndRotation(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "AES256", `,"isAutoRotation":true,"rotationPeriod":30`)
	c.advance(time.Hour)
	if r := c.post(key+"/rotate", ""); r.num("version") != 2 || r.num("rotatedDate") != int(proof.Epoch.Add(time.Hour).UnixMilli()) {
		t.Errorf("rotate: %v", r)
	}
	if r := c.get(key); r.num("nextRotationDate") != int(proof.Epoch.AddDate(0, 0, 30).UnixMilli()) || r.num("currentVersion") != 2 {
		t.Errorf("a rotation by hand moved the date: %v", r)
	}
	c.advance(30*24*time.Hour - time.Hour)
	r := c.get(key + "/versions")
	list, _ := r.data["versionList"].([]any)
	if r.num("currentVersion") != 3 || len(list) != 3 {
		t.Fatalf("after the period: %v, want version 3", r)
	}
	want := map[string]any{"version": 3., "status": "ENABLE", "statusDate": float64(proof.Epoch.AddDate(0, 0, 30).UnixMilli()), "rotatedDate": float64(proof.Epoch.AddDate(0, 0, 30).UnixMilli())}
	if !reflect.DeepEqual(list[2], want) {
		t.Errorf("the newest is listed as %v, want %v", list[2], want)
	}
	if r := c.post(key+"/versions/1/disable", ""); r.num("version") != 1 || r.str("status") != "DISABLE" {
		t.Errorf("disable a version: %v", r)
	}
}

// TestTokensOpenTheSevenUses shows which calls an access token opens, and that a refresh token opens
// none of them.
func TestTokensOpenTheSevenUses(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "RSA2048", "")
	access := c.token(key)
	refresh := target.Token(c.must(http.MethodPost, key+"/token-set", "").str("refreshToken"))
	text := c.must(http.MethodPost, key+"/encrypt", `{"plaintext":""}`).str("ciphertext")
	signature := c.must(http.MethodPost, key+"/sign", `{"data":""}`).str("signature")
	for action, body := range map[string]string{
		"encrypt": `{"plaintext":""}`, "decrypt": `{"ciphertext":"` + text + `"}`, "create-custom-key": "",
		"re-encrypt": `{"ciphertext":"` + text + `"}`, "reencrypt": `{"ciphertext":"` + text + `"}`,
		"sign": `{"data":""}`, "verify": `{"data":"","signature":"` + signature + `"}`, "get-pub-key": "",
	} {
		path := "/kms/v1/keys" + key + "/" + action
		if r := c.as(access, target.API20, http.MethodPost, path, body); !r.ok() {
			t.Errorf("%s by an access token: %v", action, r)
		}
		if r := c.as(refresh, target.API20, http.MethodPost, path, body); r.status != http.StatusForbidden {
			t.Errorf("%s by a refresh token: %v, want 403", action, r)
		}
	}
	for _, call := range [][2]string{{"POST", "/rotate"}, {"GET", "/versions"}, {"POST", "/versions/1/disable"}, {"GET", "/activities"}, {"PUT", "/rotation-period"}, {"POST", "/migrate"}} {
		if r := c.as(access, target.API20, call[0], "/kms/v1/keys"+key+call[1], ""); r.status != http.StatusUnauthorized {
			t.Errorf("%s %s by an access token: %v, want 401", call[0], call[1], r)
		}
	}
}

// TestSixCallsCountAgainstTheLimit uses a limit of one call a second on a clock that stands still.
func TestSixCallsCountAgainstTheLimit(t *testing.T) {
	counted := []string{"encrypt", "decrypt", "create-custom-key", "re-encrypt", "reencrypt", "sign", "verify"}
	for _, action := range slices.Concat(counted, []string{"get-pub-key", "rotate", "enable-auto-rotation"}) {
		c := newCaller(t, reference.Options{Limit20: perKey(1)}, nil)
		key := c.key("orders", "RSA2048", "")
		c.post(key+"/sign", `{"data":""}`)
		want := action != "get-pub-key" && action != "rotate" && action != "enable-auto-rotation"
		if r := c.post(key+"/"+action, ""); (r.status == http.StatusTooManyRequests) != want {
			t.Errorf("%s beyond the limit: %v; it counts: %v", action, r, want)
		}
	}
	for _, action := range []string{"encrypt", "decrypt", "createCustomKey", "reencrypt", "sign", "verify"} {
		c := newCaller(t, reference.Options{Limit10: perKey(1)}, nil)
		key := c.key("orders", "RSA2048", "")
		c.old(2, key, "sign", `{"data":""}`)
		if r := c.old(1, key, action, ""); r.status != http.StatusTooManyRequests {
			t.Errorf("1.0, %s beyond the limit: %v, want 429", action, r)
		}
	}
}

func TestAViewerLooksAndChangesNothing(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "RSA2048", "")
	viewer := target.SignatureV2(c.tg.Credentials["viewer"])
	for call, want := range map[string]int{
		"GET /versions": 200, "GET /activities": 200, "GET /last-use-info": 200, "GET /acl": 200, "GET /token-generator": 200, "GET ": 200,
		"POST /rotate": 403, "PUT /rotation-period": 403, "POST /enable-auto-rotation": 403, "POST /disable-auto-rotation": 403,
		"POST /versions/1/enable": 403, "POST /versions/1/disable": 403, "POST /create-custom-key": 403, "POST /re-encrypt": 403,
		"POST /reencrypt": 403, "POST /migrate": 403, "POST /sign": 403, "POST /verify": 403, "POST /get-pub-key": 403,
	} {
		method, path, _ := strings.Cut(call, " ")
		if r := c.as(viewer, target.API20, method, "/kms/v1/keys"+key+path, ""); r.status != want {
			t.Errorf("%s: %v, want %d", call, r, want)
		}
	}
}

// TestTheReasonsForRefusalsOnTheWire takes one of each kind that the new calls have.
func TestTheReasonsForRefusalsOnTheWire(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	aes, ec, con := c.key("orders", "AES256", ""), c.key("signer", "ECDSA", ""), c.key("equal", "AES256", `,"isConvergent":true`)
	for _, row := range []struct {
		path, body, code string
		status           int
	}{
		{aes + "/sign", `{"data":""}`, "INVALID_REQUEST", 400},
		{aes + "/get-pub-key", "", "INVALID_REQUEST", 400},
		{ec + "/encrypt", `{"plaintext":""}`, "INVALID_REQUEST", 400},
		{ec + "/create-custom-key", "", "INVALID_REQUEST", 400},
		{con + "/encrypt", `{"plaintext":""}`, "INVALID_REQUEST", 400},
		{ec + "/get-pub-key", `{"keyVersion":2}`, "NOT_FOUND", 404},
		{aes + "/versions/2/enable", "", "NOT_FOUND", 404},
		{aes + "/versions/1/disable", "", "UNPROCESSABLE_ENTITY", 422},
		{aes + "/versions/1/enable", "", "UNPROCESSABLE_ENTITY", 422},
		{aes + "/disable-auto-rotation", "", "UNPROCESSABLE_ENTITY", 422},
		{aes + "/migrate", `{"targetRegion":"KR"}`, "UNPROCESSABLE_ENTITY", 422},
	} {
		if r := c.post(row.path, row.body); r.status != row.status || r.code != row.code {
			t.Errorf("%s %s: %v, want %d %s", row.path, row.body, r, row.status, row.code)
		}
	}
	if r := c.put(aes+"/rotation-period", `{"rotationPeriod":30}`); r.status != 422 {
		t.Errorf("a period while automatic rotation is off: %v, want 422", r)
	}
	c.must(http.MethodPost, aes+"/disable", "")
	for path, want := range map[string]int{"/rotate": 422, "/versions/1/enable": 422, "/create-custom-key": 422, "/enable-auto-rotation": 200} {
		if r := c.post(aes+path, ""); r.status != want {
			t.Errorf("%s of a disabled key: %v, want %d", path, r, want)
		}
	}
}

func TestACustomKeyHas256BitsUnlessAskedOtherwise(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	key := c.key("orders", "AES256", "")
	for body, bits := range map[string]int{`{"requestPlainKey":true}`: 256, `{"requestPlainKey":true,"bits":128}`: 128, `{"requestPlainKey":true,"bits":512}`: 512} {
		if r := c.must(http.MethodPost, key+"/create-custom-key", body); len(decoded(r.str("plaintext")))*8 != bits {
			t.Errorf("%s: %v, want %d bits", body, r, bits)
		}
	}
}

func TestPublicKeysAreDistinctAndNotTheCreators(t *testing.T) {
	c := newCaller(t, reference.Options{}, nil)
	seen := map[string]string{}
	for i := range 3 {
		key := c.key(fmt.Sprintf("key-%d", i), "RSA2048", "")
		for version := 1; version <= 2; version++ {
			pem := c.must(http.MethodPost, key+"/get-pub-key", fmt.Sprintf(`{"keyVersion":%d}`, version)).str("publicKey")
			if !pemText.MatchString(pem) || seen[pem] != "" {
				t.Errorf("key %d, version %d: it is not PEM, or that of %s: %s", i, version, seen[pem], pem)
			}
			seen[pem] = fmt.Sprintf("key %d, version %d", i, version)
			if version == 1 {
				c.must(http.MethodPost, key+"/rotate", "")
			}
		}
	}
}

// TestASeedMakesKeysReproducible makes the same calls on two servers of one seed, which must tell the same,
// and on one of another seed, which must tell nothing of it.
func TestASeedMakesKeysReproducible(t *testing.T) {
	about := func(seed uint64) map[string]string {
		c := newCaller(t, reference.Options{Seed: seed}, nil)
		told := map[string]string{"access key": c.owner.AccessKey, "secret key": c.owner.SecretKey, "API key": c.owner.APIKey}
		for role, credential := range c.tg.Credentials {
			told["access key of "+role] = credential.AccessKey
		}
		for _, kind := range []string{"RSA2048", "ECDSA"} {
			key := c.key("key-"+kind, kind, "")
			told["tag of "+kind] = key
			told["public key of "+kind] = c.must(http.MethodPost, key+"/get-pub-key", "").str("publicKey")
		}
		key := c.key("equal", "AES256", `,"isConvergent":true`)
		told["tag"] = key
		told["ciphertext"] = c.must(http.MethodPost, key+"/encrypt", `{"plaintext":"","context":"YQ=="}`).str("ciphertext")
		told["custom key"] = c.must(http.MethodPost, key+"/create-custom-key", `{"requestPlainKey":true,"context":"YQ=="}`).str("plaintext")
		for _, change := range []string{http.MethodPost, http.MethodPut} {
			c.must(change, key+"/token-generator", "")
			told["creator after "+change] = c.must(http.MethodGet, key+"/token-generator", "").str("tokenGeneratorId")
			access := c.must(http.MethodPost, key+"/token-set", "").str("accessToken") // names the account, and shows the signing key
			told["token after "+change] = access
		}
		return told
	}
	one, two, other := about(7), about(7), about(8)
	for what, text := range one {
		if two[what] != text || text == "" {
			t.Errorf("%s: the same seed leads to %s and %s", what, text, two[what])
		}
		if other[what] == text {
			t.Errorf("%s: another seed leads to the same: %s", what, text)
		}
	}
}
