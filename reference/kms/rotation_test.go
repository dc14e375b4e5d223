package kms_test

import (
	"crypto/rsa"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

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

// TestTwoYearsOfDailyRotationsMakeNoRSAKey: making one takes tens of milliseconds, and nobody may wait for it.
func TestTwoYearsOfDailyRotationsMakeNoRSAKey(t *testing.T) {
	random, made := &locked{r: rand.NewChaCha8([32]byte{1})}, 0
	s := kms.NewStore(kms.Documented(), &kms.Signatures{Random: random}, random, func() func() *rsa.PrivateKey {
		return sync.OnceValue(func() *rsa.PrivateKey { made++; return testkeys.RSA(uint64(made)) })
	})
	k := plant(t, s, kms.Spec{Type: kms.RSA2048, AutoRotation: true, Period: 1})
	settle(t, s, 730)
	if n := k.Info().CurrentVersion; n != 731 || made != 0 {
		t.Errorf("after 730 days: version %d, %d keys made; want 731, none", n, made)
	}
	public := func(version int) string {
		text, err := k.PublicKey(manager, version, noon.Add(730*day))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if newest := public(0); newest == public(700) || newest != public(731) || made != 2 {
		t.Errorf("two versions were asked for their keys, %d were made", made)
	}
}
