package kms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// states is the state table: what a key takes when it is enabled, disabled, or waits for its deletion.
// Where the documents name no state, the call is taken in all of which it makes sense.
const states = `
operation                ENABLE DISABLE REVOKE
key-info                 yes    yes     yes
enable-key               no     yes     no
disable-key              yes    no      no
update-key-name          yes    yes     no
update-memo              yes    yes     no
rotate-key               yes    no      no
update-rotation-period   yes    yes     no
enable-auto-rotation     yes    yes     no
disable-auto-rotation    yes    yes     no
key-version-list         yes    yes     yes
enable-key-version       yes    no      no
disable-key-version      yes    no      no
request-key-deletion     yes    yes     no
cancel-key-deletion      no     no      yes
delete-key               no     no      yes
migrate-key              no     yes     no
key-activity-logs        yes    yes     yes
latest-use-info          yes    yes     yes
encrypt                  yes    no      no
decrypt                  yes    no      no
create-custom-key        yes    no      no
re-encrypt               yes    no      no
reencrypt                yes    no      no
sign                     yes    no      no
verify                   yes    no      no
get-pub-key              yes    no      no
create-token-generator   yes    yes     no
get-token-generator      yes    yes     yes
update-token-generator   yes    yes     no
delete-token-generator   yes    yes     yes
create-token-set         yes    yes     no
renew-token-set          yes    no      no
create-access-token      yes    no      no
enable-ip-acl            yes    yes     yes
disable-ip-acl           yes    yes     yes
acl-rule-list            yes    yes     yes
add-acl-rule             yes    yes     yes
delete-acl-rule          yes    yes     yes
`

func TestTheStateTableCellByCell(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(states), "\n")
	columns := strings.Fields(rows[0])[1:]
	s, told := newStore(kms.Documented()), map[kms.Op]bool{kms.CreateKey: true, kms.ListKeys: true}
	keys := map[string]*kms.Key{}
	for _, state := range columns {
		info, err := s.Plant(kms.Seed{Spec: kms.Spec{Name: "k" + state, Type: kms.RSA2048, Protection: "BASIC"}, State: kms.State(state)}, noon)
		if err != nil {
			t.Fatal(err)
		}
		keys[state], _ = s.Key(info.Tag)
	}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		told[kms.Op(cells[0])] = true
		for i, state := range columns {
			want := map[string]kms.Reason{"yes": "", "no": kms.WrongState}[cells[i+1]]
			if got := reason(asError(keys[state].Ready(kms.Op(cells[0])))); got != want {
				t.Errorf("%s in %s: got %q, want %q", cells[0], state, got, want)
			}
		}
	}
	for _, op := range kms.Ops() {
		if !told[op] {
			t.Errorf("the table does not tell about %s", op)
		}
	}
}

// TestStateCallsCellByCell makes the calls that change a key's state, from each state.
func TestStateCallsCellByCell(t *testing.T) {
	const refused kms.State = "refused"
	for from, row := range map[kms.State]map[kms.Op][2]kms.State{ // what it leads to; the same where idle calls succeed
		kms.Enabled: {
			kms.EnableKey: {refused, kms.Enabled}, kms.DisableKey: {kms.Disabled, kms.Disabled},
			kms.RequestDeletion: {kms.Pending, kms.Pending}, kms.CancelDeletion: {refused, kms.Enabled},
		},
		kms.Disabled: {
			kms.EnableKey: {kms.Enabled, kms.Enabled}, kms.DisableKey: {refused, kms.Disabled},
			kms.RequestDeletion: {kms.Pending, kms.Pending}, kms.CancelDeletion: {refused, kms.Disabled},
		},
		kms.Pending: {
			kms.EnableKey: {refused, refused}, kms.DisableKey: {refused, refused},
			kms.RequestDeletion: {refused, kms.Pending}, kms.CancelDeletion: {kms.Disabled, kms.Disabled},
		},
	} {
		for op, wants := range row {
			for i, want := range wants {
				rules := kms.Documented()
				if i == 1 {
					rules.TakeIdle()
				}
				s := newStore(rules)
				info, err := s.Plant(kms.Seed{Spec: kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, State: from}, noon)
				if err != nil {
					t.Fatal(err)
				}
				k, _ := s.Key(info.Tag)
				got, bad := k.Move(op, noon.Add(time.Hour))
				state, after := got.State, k.Info()
				if bad != nil {
					state = refused
				}
				if state != want || bad != nil && after.State != from {
					t.Errorf("%s in %s, idle %v: got %s (%v) and then %s, want %s", op, from, i == 1, state, bad, after.State, want)
				}
				if moved := after.StateSince.After(noon); moved != (after.State != from) {
					t.Errorf("%s in %s, idle %v: the state dates from %v", op, from, i == 1, after.StateSince)
				}
			}
		}
	}
}
