package kms_test

import (
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// in returns the key with this tag as a region has it.
func in(t *testing.T, s *kms.Store, r kms.Region, tag string) *kms.Key {
	t.Helper()
	k, bad := s.In(kms.Place{Region: r}).Key(tag)
	if bad != nil {
		t.Fatalf("%s: %v", r, bad)
	}
	return k
}

func TestAChangeIsSeenWhereItIsMadeAndLateElsewhere(t *testing.T) {
	const lag = 2 * time.Second
	for name, change := range map[string]func(k *kms.Key, s *kms.Store, at time.Time) error{
		"state": func(k *kms.Key, _ *kms.Store, at time.Time) error {
			_, bad := k.Move(kms.DisableKey, at)
			return asError(bad)
		},
		"memo":    func(k *kms.Key, _ *kms.Store, at time.Time) error { return asError(k.SetMemo("new", at)) },
		"name":    func(k *kms.Key, s *kms.Store, at time.Time) error { return asError(s.Rename(k, "other", at)) },
		"version": func(k *kms.Key, _ *kms.Store, at time.Time) error { _, err := k.Rotate(at); return err },
		"period":  func(k *kms.Key, _ *kms.Store, at time.Time) error { _, bad := k.SetAuto(true, at); return asError(bad) },
	} {
		s := newStore(kms.Documented())
		tag := plant(t, s, kms.Spec{Type: kms.AES256}).Tag()
		s.SetLag(kms.JPN, lag)
		before := in(t, s, kms.JPN, tag).Info()
		if err := change(in(t, s, kms.KR, tag), s.In(kms.Place{Region: kms.KR}), noon); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if in(t, s, kms.KR, tag).Info() == before {
			t.Errorf("%s: the region that made the change does not see it", name)
		}
		settleAt(t, s, noon.Add(lag-1))
		if in(t, s, kms.JPN, tag).Info() != before {
			t.Errorf("%s: the other region sees it 1 ns before its time", name)
		}
		settleAt(t, s, noon.Add(lag))
		if in(t, s, kms.JPN, tag).Info() != in(t, s, kms.KR, tag).Info() {
			t.Errorf("%s: after the lag the regions differ", name)
		}
	}
}

func TestARevocationIsLateByItsLagAlone(t *testing.T) {
	s := newStore(kms.Documented())
	tag := plant(t, s, kms.Spec{Type: kms.AES256}).Tag()
	s.SetLag(kms.JPN, time.Second)
	here, there := in(t, s, kms.KR, tag), in(t, s, kms.JPN, tag)
	if err := here.EnableCreator(noon); err != nil {
		t.Fatal(err)
	}
	set, err := here.Issue(kms.CreateTokenSet, manager, kms.Ask{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	settleAt(t, s, noon.Add(time.Second))
	at := noon.Add(time.Minute)
	use := func(k *kms.Key, region kms.Region, at time.Time) error {
		claims, err := s.In(kms.Place{Region: region}).Bearer(set.Access, k, at)
		if err == nil {
			_, err = k.Encrypt(kms.Caller{Claims: claims, From: netip.MustParseAddr("192.0.2.1")}, [][]byte{nil}, nil, at)
		}
		return err
	}
	if err := here.ReplaceCreator(at); err != nil {
		t.Fatal(err)
	}
	if err := use(here, kms.KR, at); reason(err) != kms.BadToken {
		t.Errorf("where the creator was replaced its token gets %v", err)
	}
	if err := use(there, kms.JPN, at); err != nil {
		t.Errorf("before the lag is over the token gets %v elsewhere", err)
	}
	settleAt(t, s, at.Add(time.Second))
	if err := use(there, kms.JPN, at.Add(time.Second)); reason(err) != kms.BadToken {
		t.Errorf("when the lag is over the token gets %v elsewhere", err)
	}
}

func TestAKeyAppearsAndGoesElsewhereAfterTheLag(t *testing.T) {
	s := newStore(kms.Documented())
	s.SetLag(kms.JPN, time.Second)
	kr, jpn := s.In(kms.Place{Region: kms.KR}), s.In(kms.Place{Region: kms.JPN})
	info, err := kr.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if len(kr.List()) != 1 || len(jpn.List()) != 0 {
		t.Errorf("KR lists %d and JPN %d keys, want 1 and 0", len(kr.List()), len(jpn.List()))
	}
	if _, err := jpn.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon); reason(err) != kms.Duplicate {
		t.Errorf("a name that is taken elsewhere: %v", err)
	}
	settleAt(t, s, noon.Add(time.Second))
	at := noon.Add(time.Minute)
	k := in(t, s, kms.JPN, info.Tag)
	if _, bad := k.Move(kms.RequestDeletion, at); bad != nil {
		t.Fatal(bad)
	}
	if bad := jpn.Delete(k, at); bad != nil {
		t.Fatal(bad)
	}
	if len(kr.List()) != 0 || len(jpn.List()) != 0 {
		t.Error("a lag of JPN holds up what JPN tells KR")
	}
	s.SetLag(kms.KR, time.Second)
	info, _ = jpn.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, at)
	settleAt(t, s, at.Add(time.Second))
	k = in(t, s, kms.JPN, info.Tag)
	_, _ = k.Move(kms.RequestDeletion, at.Add(time.Second))
	settleAt(t, s, at.Add(2*time.Second))
	_ = jpn.Delete(k, at.Add(2*time.Second))
	if len(kr.List()) != 1 || len(jpn.List()) != 0 {
		t.Errorf("just deleted in JPN, KR lists %d keys, want 1", len(kr.List()))
	}
	settleAt(t, s, at.Add(3*time.Second))
	if len(kr.List()) != 0 || s.Len() != 0 {
		t.Error("a deleted key is still there when the lag is over")
	}
}

// TestNothingIsLostBetweenRegions changes a key here and there under lags that change, and holds what
// each region sees against a list of all changes.
func TestNothingIsLostBetweenRegions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStore(kms.Documented())
		info, err := s.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		type change struct {
			memo    string
			origin  kms.Region
			arrives time.Time
		}
		history := []change{{}}
		now := noon
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "passes")) * time.Second)
			_ = s.Settle(now)
			region := rapid.SampledFrom(kms.Regions()).Draw(t, "region")
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				s.SetLag(region, time.Duration(rapid.IntRange(0, 4).Draw(t, "lag"))*time.Second)
				continue
			}
			other := kms.Regions()[1]
			if region == other {
				other = kms.Regions()[0]
			}
			k, bad := s.In(kms.Place{Region: region}).Key(info.Tag)
			if bad != nil {
				t.Fatal(bad)
			}
			memo := string(rune('a' + i))
			if bad := k.SetMemo(memo, now); bad != nil {
				t.Fatal(bad)
			}
			history = append(history, change{memo, region, now.Add(s.Lag(other))})
			for _, r := range kms.Regions() {
				want := ""
				for _, c := range history {
					if c.origin == r || !now.Before(c.arrives) {
						want = c.memo
					}
				}
				k, _ := s.In(kms.Place{Region: r}).Key(info.Tag)
				if got := k.Info().Spec.Memo; got != want {
					t.Fatalf("%s sees change %q, want %q of %v", r, got, want, history)
				}
			}
		}
		_ = s.Settle(now.Add(time.Hour))
		for _, r := range kms.Regions() {
			k, _ := s.In(kms.Place{Region: r}).Key(info.Tag)
			if got := k.Info().Spec.Memo; got != history[len(history)-1].memo {
				t.Fatalf("in the end %s sees change %q of %v", r, got, history)
			}
		}
	})
}

func TestPlacesHaveTheirKeys(t *testing.T) {
	s := newStore(kms.Documented())
	places := map[string]kms.Place{
		"KR": {Region: kms.KR}, "JPN": {Region: kms.JPN},
		"KR alone": {Region: kms.KR, Isolated: true}, "JPN alone": {Region: kms.JPN, Isolated: true},
	}
	for made, sees := range map[string][]string{
		"KR": {"KR", "JPN"}, "KR alone": {"KR alone"}, "JPN alone": {"JPN alone"},
	} {
		info, err := s.In(places[made]).Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
		if err != nil {
			t.Fatalf("%s: %v", made, err) // the names of isolated keys are theirs alone
		}
		for name, p := range places {
			want := false
			for _, n := range sees {
				want = want || n == name
			}
			if _, bad := s.In(p).Key(info.Tag); (bad == nil) != want {
				t.Errorf("a key made in %s, seen from %s: %v", made, name, bad)
			}
		}
	}
}

func TestAKeyIsPlantedInARegionThatThereIs(t *testing.T) {
	s := newStore(kms.Documented())
	spec := kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}
	if _, err := s.Plant(kms.Seed{Spec: spec, Home: "US"}, noon); reason(err) != kms.Malformed {
		t.Errorf("in a region that there is not: %v", err)
	}
	if info, err := s.Plant(kms.Seed{Spec: spec, Home: kms.JPN}, noon); err != nil || info.Home != kms.JPN {
		t.Errorf("in Japan: %v, %v", info, err)
	}
}

func TestMigration(t *testing.T) {
	s := newStore(kms.Documented())
	global, isolated := s.In(kms.Place{Region: kms.KR}), s.In(kms.Place{Region: kms.JPN, Isolated: true})
	info, _ := global.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
	k, _ := global.Key(info.Tag)
	sealed, err := k.Encrypt(manager, [][]byte{[]byte("text")}, nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if bad := global.Migrate(k, kms.JPN, noon); bad == nil || bad.Reason != kms.WrongState {
		t.Errorf("an enabled key: %v", bad)
	}
	_, _ = k.Move(kms.DisableKey, noon)
	namesake, _ := isolated.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon)
	if bad := global.Migrate(k, kms.JPN, noon); bad == nil || bad.Reason != kms.Duplicate {
		t.Errorf("to where the name is taken: %v", bad)
	}
	n, _ := isolated.Key(namesake.Tag)
	if bad := isolated.Rename(n, "namesake", noon); bad != nil {
		t.Fatal(bad)
	}
	if bad := global.Migrate(k, kms.JPN, noon); bad != nil {
		t.Fatal(bad)
	}
	if _, bad := global.Key(info.Tag); bad == nil || bad.Reason != kms.NoKey {
		t.Errorf("it is still global: %v", bad)
	}
	moved, bad := isolated.Key(info.Tag)
	if bad != nil {
		t.Fatal(bad)
	}
	if bad := isolated.Migrate(moved, kms.KR, noon); bad == nil || bad.Reason != kms.WrongState {
		t.Errorf("on and back: %v", bad)
	}
	if _, err := global.Create(kms.Spec{Name: "key", Type: kms.AES256, Protection: "BASIC"}, noon); err != nil {
		t.Errorf("its name is not free again: %v", err)
	}
	_, _ = moved.Move(kms.EnableKey, noon)
	if got, bad := moved.Decrypt(manager, sealed, nil, noon); bad != nil || string(got[0]) != "text" {
		t.Errorf("its ciphertext decrypts to %q: %v", got, bad)
	}
}

// settleAt does what is due at an instant.
func settleAt(t *testing.T, s *kms.Store, at time.Time) {
	t.Helper()
	if err := s.Settle(at); err != nil {
		t.Fatal(err)
	}
}
