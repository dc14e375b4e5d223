package reference_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// TestAResetLeadsBackToTheStart draws all that can be drawn, changes everything that can be, and goes back twice.
func TestAResetLeadsBackToTheStart(t *testing.T) {
	r := newRig(t, reference.Options{
		Limit20: perKey(2),
		Keys: []reference.Key{
			{Name: "plain", RotationPeriod: 7, AutoRotation: true}, {Name: "convergent", Convergent: true}, {Name: "curve", Type: kms.ECDSA},
			{Name: "rsa", Type: kms.RSA2048, Versions: []reference.Version{{}, {}}}, {Name: "leaves", State: kms.Pending},
			{Name: "half", Versions: []reference.Version{{Material: "0101010101010101010101010101010101010101010101010101010101010101"}, {}}},
		},
	})
	first := r.exported()
	tag := r.service.State().Keys[0].Tag
	for round := range 2 {
		for n := range 3 {
			if status, text := r.do(http.MethodPost, "/"+tag+"/encrypt", hello); (status == 200) != (n < 2) {
				t.Fatalf("round %d, call %d: %d %s; the limit is 2", round, n, status, text)
			}
		}
		r.tokens(tag)
		r.do(http.MethodPost, "/"+tag+"/rotate", "")
		made := `{"keyName":"made","keyType":"RSA2048","protectionType":"BASIC"}`
		if status, text := r.do(http.MethodPost, "", made); status != 200 {
			t.Fatal(status, text)
		}
		r.service.SetRegion(kms.JPN, reference.Region{Down: true})
		seen := map[string]string{}
		for _, k := range r.service.State().Keys {
			for _, v := range k.Versions {
				if twin, taken := seen[v.Material]; taken {
					t.Errorf("round %d: %s has the material of %s", round, k.Name, twin)
				}
				seen[v.Material] = k.Name
			}
		}
		now := r.clock.Now()
		r.clock.Advance(100 * time.Hour) // the key that leaves is gone
		r.clock.Set(now)                 // for the times of the state, which count from here
		if status, text := r.admin(http.MethodPost, "/admin/reset", ""); status != 200 {
			t.Fatal(status, text)
		}
		if again := r.exported(); again != first {
			t.Errorf("round %d: after a reset the state is\n%s\nand was\n%s", round, again, first)
		}
	}
}
