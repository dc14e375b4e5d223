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
	sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, nil, noon)
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
		_, decrypt := k.Decrypt(manager, sealed, nil, noon)
		_, reencrypt := k.Reencrypt(kms.Reencrypt, manager, sealed, nil, noon)
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
				if _, bad := k.Decrypt(manager, sealed[n-1:n], nil, noon); (bad == nil) != (on && enabled[n-1]) {
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
	out, err := k.Encrypt(manager, [][]byte{[]byte("text")}, nil, noon)
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
		first, err := k.Encrypt(manager, [][]byte{[]byte("one"), []byte("two")}, under(b64("c")), noon)
		if err != nil {
			t.Fatal(err)
		}
		rotate(t, k, noon)
		rotate(t, k, noon)
		again, err := k.Reencrypt(kms.ReencryptUnhyphen, manager, first, under(b64("c")), noon)
		if err != nil || len(again) != 2 || !strings.HasPrefix(again[0], "ncpkms:v3:") || !strings.HasPrefix(again[1], "ncpkms:v3:") {
			t.Errorf("%s: got %v, %v, want two of version 3", name, again, err)
		}
	}
}
