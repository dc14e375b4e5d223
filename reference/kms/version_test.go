package kms_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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

func rotate(t testing.TB, k *kms.Key, at time.Time) kms.VersionInfo {
	t.Helper()
	v, err := k.Rotate(at)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestADisabledVersionDoesNothingUntilItIsEnabled(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.RSA2048})
	sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := k.Sign(manager, []byte("data"), noon)
	if err != nil {
		t.Fatal(err)
	}
	rotate(t, k, noon)
	check := func(when string, want kms.Reason) {
		t.Helper()
		_, decrypt := k.Decrypt(manager, sealed, "", noon)
		_, reencrypt := k.Reencrypt(kms.Reencrypt, manager, sealed, "", noon)
		_, verify := k.Verify(manager, []byte("data"), signature, noon)
		_, public := k.PublicKey(manager, 1, noon)
		for name, err := range map[string]error{"decrypt": asError(decrypt), "re-encrypt": reencrypt, "verify": asError(verify), "get-pub-key": public} {
			if reason(err) != want {
				t.Errorf("%s: %s: got %v, want %q", when, name, err, want)
			}
		}
		if _, err := k.Sign(manager, []byte("data"), noon); err != nil {
			t.Errorf("%s: the newest does not sign: %v", when, err)
		}
	}
	move := func(op kms.Op, n int) error { _, bad := k.MoveVersion(op, n, noon.Add(time.Hour)); return asError(bad) }
	check("at first", "")
	if err := move(kms.DisableVersion, 1); err != nil {
		t.Fatal(err)
	}
	check("disabled", kms.WrongState)
	if v := k.Versions()[0]; v.State != kms.Disabled || !v.Since.Equal(noon.Add(time.Hour)) || !v.Rotated.Equal(noon) {
		t.Errorf("it is listed as %+v", v)
	}
	for _, op := range []kms.Op{kms.DisableKey, kms.EnableKey} {
		if _, bad := k.Move(op, noon); bad != nil {
			t.Fatal(bad)
		}
	}
	check("after the key was disabled and enabled", kms.WrongState)
	if err := move(kms.EnableVersion, 1); err != nil {
		t.Fatal(err)
	}
	check("enabled", "")
}

func TestWhatStandsAgainstMovingAVersion(t *testing.T) {
	s := newStore(kms.Documented())
	k := plant(t, s, kms.Spec{Type: kms.AES256})
	rotate(t, k, noon)
	for name, c := range map[string]struct {
		op   kms.Op
		n    int
		want kms.Reason
	}{
		"disable the newest": {kms.DisableVersion, 2, kms.WrongState},
		"enable an enabled":  {kms.EnableVersion, 1, kms.WrongState},
		"disable none":       {kms.DisableVersion, 3, kms.NoVersion},
		"enable none":        {kms.EnableVersion, 0, kms.NoVersion},
	} {
		if _, bad := k.MoveVersion(c.op, c.n, noon); reason(asError(bad)) != c.want {
			t.Errorf("%s: got %v, want %q", name, bad, c.want)
		}
	}
	if _, bad := k.MoveVersion(kms.DisableVersion, 1, noon); bad != nil {
		t.Fatal(bad)
	}
	if _, bad := k.MoveVersion(kms.DisableVersion, 1, noon); reason(asError(bad)) != kms.WrongState {
		t.Errorf("disable a disabled: got %v, want a refusal", bad)
	}
	if _, bad := k.Move(kms.DisableKey, noon); bad != nil {
		t.Fatal(bad)
	}
	for _, op := range []kms.Op{kms.EnableVersion, kms.DisableVersion} {
		if _, bad := k.MoveVersion(op, 1, noon); reason(asError(bad)) != kms.WrongState {
			t.Errorf("%s while the key is disabled: got %v, want a refusal", op, bad)
		}
	}
}

func TestIdleCallsMaySucceedAndThenChangeNothing(t *testing.T) {
	rules := kms.Documented()
	rules.TakeIdle()
	k := plant(t, newStore(rules), kms.Spec{Type: kms.AES256, AutoRotation: true, Period: 30})
	rotate(t, k, noon)
	later := noon.Add(time.Hour)
	if v, bad := k.MoveVersion(kms.EnableVersion, 1, later); bad != nil || !v.Since.Equal(noon) {
		t.Errorf("enable an enabled version: %+v, %v, want it as it was", v, bad)
	}
	if _, bad := k.MoveVersion(kms.DisableVersion, 2, later); reason(asError(bad)) != kms.WrongState {
		t.Errorf("disable the newest: got %v, want a refusal all the same", bad)
	}
	if i, bad := k.SetAuto(true, later); bad != nil || !i.NextRotation.Equal(noon.Add(30*day)) {
		t.Errorf("switch on what is on: next at %v, %v, want the date of before", i.NextRotation, bad)
	}
}

func TestTheNewestStaysIsARuleOfItsOwn(t *testing.T) {
	rules := kms.Documented()
	rules.NewestStops = true
	k := plant(t, newStore(rules), kms.Spec{Type: kms.AES256})
	if v, bad := k.MoveVersion(kms.DisableVersion, 1, noon); bad != nil || v.State != kms.Disabled {
		t.Errorf("without it the newest is %+v, %v, want it disabled", v, bad)
	}
}

const day = 24 * time.Hour

// settle settles the store at so many days after noon.
func settle(t *testing.T, s *kms.Store, days float64) {
	t.Helper()
	if err := s.Settle(noon.Add(time.Duration(days * float64(day)))); err != nil {
		t.Fatal(err)
	}
}

func TestRotationByPeriod(t *testing.T) {
	s := newStore(kms.Documented())
	k := plant(t, s, kms.Spec{Type: kms.AES256, AutoRotation: true, Period: 30})
	expect := func(when string, versions int, next float64) {
		t.Helper()
		i := k.Info()
		if want := noon.Add(time.Duration(next * float64(day))); i.CurrentVersion != versions || !i.NextRotation.Equal(want) {
			t.Errorf("%s: version %d, next at %v; want %d, %v", when, i.CurrentVersion, i.NextRotation, versions, want)
		}
	}
	settle(t, s, 29.999)
	expect("before the period is over", 1, 30)
	settle(t, s, 30)
	expect("when it is over", 2, 60)
	rotate(t, k, noon.Add(31*day))
	expect("after a rotation by hand", 3, 60)
	settle(t, s, 121)
	expect("after three periods at once", 6, 150)
	for i, want := range []float64{0, 30, 31, 60, 90, 120} {
		if v := k.Versions()[i]; !v.Rotated.Equal(noon.Add(time.Duration(want * float64(day)))) {
			t.Errorf("version %d dates from %v, want day %v", v.Number, v.Rotated, want)
		}
	}
	if _, bad := k.SetPeriod(10, noon.Add(121*day)); bad != nil {
		t.Fatal(bad)
	}
	expect("after a shorter period was set", 6, 131)
	if _, bad := k.Move(kms.DisableKey, noon.Add(122*day)); bad != nil {
		t.Fatal(bad)
	}
	settle(t, s, 150)
	expect("while the key is disabled", 6, 151)
	if _, bad := k.Move(kms.EnableKey, noon.Add(150*day)); bad != nil {
		t.Fatal(bad)
	}
	settle(t, s, 151)
	expect("after it was enabled", 7, 161)
	if i, bad := k.SetAuto(false, noon.Add(152*day)); bad != nil || !i.NextRotation.IsZero() {
		t.Errorf("switched off: next at %v, %v; want never", i.NextRotation, bad)
	}
	settle(t, s, 500)
	if n := k.Info().CurrentVersion; n != 7 {
		t.Errorf("switched off: version %d, want 7", n)
	}
	if i, bad := k.SetAuto(true, noon.Add(500*day)); bad != nil || i.Spec.Period != 10 || !i.NextRotation.Equal(noon.Add(510*day)) {
		t.Errorf("switched on again: every %d days, next at %v, %v; want the 10 days of before", i.Spec.Period, i.NextRotation, bad)
	}
}

func TestWhatStandsAgainstRotationByPeriod(t *testing.T) {
	k := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256, Period: 5000}) // does not apply, so nobody looks
	if _, bad := k.SetPeriod(30, noon); reason(asError(bad)) != kms.WrongState {
		t.Errorf("a period while it is off: got %v, want a refusal", bad)
	}
	if _, bad := k.SetAuto(false, noon); reason(asError(bad)) != kms.WrongState {
		t.Errorf("off while off: got %v, want a refusal", bad)
	}
	if i, bad := k.SetAuto(true, noon); bad != nil || i.Spec.Period != 90 {
		t.Errorf("on: every %d days, %v; want 90", i.Spec.Period, bad)
	}
	if _, bad := k.SetAuto(true, noon); reason(asError(bad)) != kms.WrongState {
		t.Errorf("on while on: got %v, want a refusal", bad)
	}
	for days, want := range map[int]kms.Reason{-1: kms.Malformed, 0: kms.Malformed, 1: "", 730: "", 731: kms.Malformed} {
		if _, bad := k.SetPeriod(days, noon); reason(asError(bad)) != want {
			t.Errorf("%d days: got %v, want %q", days, bad, want)
		}
	}
}

func TestTheNumberOfVersionsCanBeBounded(t *testing.T) {
	rules := kms.Documented()
	rules.MaxVersions = 3
	s := newStore(rules)
	k := plant(t, s, kms.Spec{Type: kms.AES256, AutoRotation: true, Period: 1})
	rotate(t, k, noon)
	rotate(t, k, noon)
	if _, err := k.Rotate(noon); reason(err) != kms.WrongState {
		t.Errorf("a fourth: got %v, want a refusal", err)
	}
	settle(t, s, 5)
	if n := k.Info().CurrentVersion; n != 3 {
		t.Errorf("by period: version %d, want 3", n)
	}
	unbounded := plant(t, newStore(kms.Documented()), kms.Spec{Type: kms.AES256})
	for range 150 {
		rotate(t, unbounded, noon)
	}
	if n := unbounded.Info().CurrentVersion; n != 151 {
		t.Errorf("unbounded: version %d, want 151", n)
	}
}

// TestVersionsAgainstAModel plays any order of calls against the few lines that say what must be.
func TestVersionsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := plantIn(t, newStore(kms.Documented()))
		on, enabled := true, []bool{true}
		sealed := []string{seal(t, k)}
		pick := func() int { return rapid.IntRange(1, len(enabled)).Draw(t, "version") }
		move := func(op kms.Op, to bool) {
			n := pick()
			may := on && enabled[n-1] != to && (to || n < len(enabled))
			_, bad := k.MoveVersion(op, n, noon)
			if (bad == nil) != may {
				t.Fatalf("%s of %d: got %v; it must be allowed: %v", op, n, bad, may)
			}
			if may {
				enabled[n-1] = to
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"rotate": func(t *rapid.T) {
				if _, err := k.Rotate(noon); (err == nil) != on {
					t.Fatalf("rotate: %v; it must be allowed: %v", err, on)
				}
				if on {
					enabled = append(enabled, true)
					sealed = append(sealed, seal(t, k))
				}
			},
			"disable version": func(*rapid.T) { move(kms.DisableVersion, false) },
			"enable version":  func(*rapid.T) { move(kms.EnableVersion, true) },
			"switch the key": func(t *rapid.T) {
				op := map[bool]kms.Op{true: kms.DisableKey, false: kms.EnableKey}[on]
				if _, bad := k.Move(op, noon); bad != nil {
					t.Fatal(bad)
				}
				on = !on
			},
			"": func(t *rapid.T) {
				var states []bool
				for _, v := range k.Versions() {
					states = append(states, v.State == kms.Enabled)
				}
				if !slices.Equal(states, enabled) {
					t.Fatalf("versions enabled: %v, want %v", states, enabled)
				}
				n := pick()
				if _, bad := k.Decrypt(manager, sealed[n-1:n], "", noon); (bad == nil) != (on && enabled[n-1]) {
					t.Fatalf("version %d decrypts: %v; key on %v, versions %v", n, bad, on, enabled)
				}
			},
		})
	})
}

func plantIn(t *rapid.T, s *kms.Store) *kms.Key {
	info, err := s.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	k, _ := s.Key(info.Tag)
	return k
}

// seal encrypts under the newest version and checks that the ciphertext says so.
func seal(t *rapid.T, k *kms.Key) string {
	out, err := k.Encrypt(manager, [][]byte{[]byte("text")}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("ncpkms:v%d:", k.Info().CurrentVersion); !strings.HasPrefix(out[0], want) {
		t.Fatalf("got %s, want it to begin with %s", out[0], want)
	}
	return out[0]
}

func TestReencryptionLeadsToTheNewestVersion(t *testing.T) {
	for name, spec := range map[string]kms.Spec{"AES256": {Type: kms.AES256}, "convergent": convergent, "RSA2048": {Type: kms.RSA2048}} {
		k := plant(t, newStore(kms.Documented()), spec)
		first, err := k.Encrypt(manager, [][]byte{[]byte("one"), []byte("two")}, b64("c"), noon)
		if err != nil {
			t.Fatal(err)
		}
		rotate(t, k, noon)
		rotate(t, k, noon)
		again, err := k.Reencrypt(kms.ReencryptUnhyphen, manager, first, b64("c"), noon)
		if err != nil || len(again) != 2 || !strings.HasPrefix(again[0], "ncpkms:v3:") || !strings.HasPrefix(again[1], "ncpkms:v3:") {
			t.Errorf("%s: got %v, %v, want two of version 3", name, again, err)
		}
	}
}
