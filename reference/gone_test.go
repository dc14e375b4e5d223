package reference_test

import (
	"net/http"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// TestATokenOutlivesItsAccount puts a state without the account that had a token issued.
func TestATokenOutlivesItsAccount(t *testing.T) {
	for live, want := range map[bool]int{false: 200, true: 403} {
		r := newRig(t, reference.Options{Dialect: reference.Dialect{LivePermissions: live}})
		access, _ := r.tokens("tag")
		state := r.service.State()
		state.Accounts = state.Accounts[1:]
		text, err := state.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := r.admin(http.MethodPut, "/admin/state", string(text)); status != 200 {
			t.Fatalf("the state: %d %s", status, answer)
		}
		if status, answer := r.call(access, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello); status != want {
			t.Errorf("livePermissions %v: %d %s, want %d", live, status, answer, want)
		}
	}
}
