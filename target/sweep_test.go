package target_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

func TestASweepTakesOldKeysOfRunsAlone(t *testing.T) {
	tg, err := proof.Reference(reference.Options{Seed: 1})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	make := func(name string) {
		t.Helper()
		a, err := tg.Do(t.Context(), target.Request{
			Method: http.MethodPost, Path: "/kms/v1/keys", Auth: target.SignatureV2(tg.Credentials["owner"]),
			Body: []byte(`{"keyName":"` + name + `","keyType":"AES256","protectionType":"BASIC"}`),
		})
		if err != nil || a.Status != http.StatusOK {
			t.Fatalf("%s: %v, %v", name, a, err)
		}
	}
	make("kp-abcdef-00001")
	make("orders")
	if err := tg.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	make("kp-ghijkl-00001")
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
