package target_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// create makes a key as the owner and returns its tag.
func create(t *testing.T, tg *target.Target, name string) string {
	t.Helper()
	a, err := tg.Do(t.Context(), target.Request{
		Method: http.MethodPost, Path: "/kms/v1/keys", Auth: target.SignatureV2(tg.Credentials["owner"]),
		Body: []byte(`{"keyName":"` + name + `","keyType":"AES256","protectionType":"BASIC"}`),
	})
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("%s: %v, %v", name, a, err)
	}
	var made struct{ Data struct{ KeyTag string } }
	if err := json.Unmarshal(a.Body, &made); err != nil {
		t.Fatal(err)
	}
	return made.Data.KeyTag
}

func TestASweepTakesOldKeysOfRunsAlone(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	create(t, tg, "kp-abcdef-00001")
	create(t, tg, "orders")
	if err := tg.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	create(t, tg, "kp-ghijkl-00001")
	strays, err := tg.Strays(t.Context(), time.Hour)
	if err != nil || len(strays) != 1 {
		t.Fatalf("strays %v, %v; want the old key of a run", strays, err)
	}
	if left := tg.Sweep(t.Context(), strays); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if strays, err = tg.Strays(t.Context(), 0); err != nil || len(strays) != 1 {
		t.Errorf("then %v, %v; want the young key of a run", strays, err)
	}
}

// TestKeysAreRemovedWhereTheyLive migrates a key and makes an isolated one, and then sweeps.
func TestKeysAreRemovedWhereTheyLive(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1, Keys: []reference.Key{
		{Name: "kp-abcdef-00001", Tag: "moved", State: "DISABLE"}, {Name: "kp-abcdef-00002", Tag: "korean", Home: "KR"},
	}})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := tg.Do(t.Context(), target.Request{
		Method: http.MethodPost, Path: "/kms/v1/keys/moved/migrate", Auth: target.SignatureV2(tg.Credentials["owner"]),
		Body: []byte(`{"targetRegion":"JPN"}`),
	})
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("migrate: %v, %v", a, err)
	}
	strays, err := tg.Strays(t.Context(), 0)
	if err != nil || len(strays) != 2 {
		t.Fatalf("strays %v, %v; want both", strays, err)
	}
	if left := tg.Sweep(t.Context(), strays); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if strays, err = tg.Strays(t.Context(), 0); err != nil || len(strays) != 0 {
		t.Errorf("then %v, %v; want none", strays, err)
	}
}

// TestALedgerTellsWhatARunLeft: by tag, and by the run's own prefix for a key of whose making it never
// heard. A name that it was about to give may have been somebody else's all along.
func TestALedgerTellsWhatARunLeft(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]string{}
	for _, name := range []string{"kp-abcdef-00001", "kp-abcdef-00002", "kab", "kcd", "kp-ghijkl-00001", "orders"} {
		made[name] = create(t, tg, name)
	}
	ledger := `{"created":"gone","name":"kp-abcdef-00000"}
{"removed":"gone"}
{"named":"kab"}
{"named":"kcd"}
{"created":"` + made["kcd"] + `","name":"kcd"}
{"created":"cut`
	keys, err := tg.Listed(t.Context(), strings.NewReader(ledger))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(slices.Sorted(maps.Values(keys)), " ")
	if want := "kcd kp-abcdef-00001 kp-abcdef-00002"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
