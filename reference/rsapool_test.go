package reference

import (
	"crypto/rsa"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

// TestCreatorsTakePublishedKeysUnlessAskedNotTo: a key that was made for a request is none of the
// published ones, and no creator signs with a key that RSA material is made of.
func TestCreatorsTakePublishedKeysUnlessAskedNotTo(t *testing.T) {
	published := map[any]bool{}
	for i := range uint64(testkeys.Len) {
		published[testkeys.RSA(i)] = i >= materialKeys
	}
	for name, tt := range map[string]struct {
		o    Options
		want bool
	}{
		"at random":         {Options{}, true},
		"by a seed":         {Options{Seed: 7}, true},
		"fresh":             {Options{FreshKeys: true}, false},
		"fresh with a seed": {Options{Seed: 7, FreshKeys: true}, false},
	} {
		keys := tt.o.signingKeys().take
		for seat := range uint64(3) {
			old, err := keys(seat, 0)
			if err != nil {
				t.Fatal(err)
			}
			next, err := keys(seat, 1)
			if err != nil {
				t.Fatal(err)
			}
			if published[old] != tt.want || published[next] != tt.want {
				t.Errorf("%s: seat %d has published keys %v and %v, want %v", name, seat, published[old], published[next], tt.want)
			}
			if old == next {
				t.Errorf("%s: seat %d keeps its key when the creator is replaced", name, seat)
			}
		}
	}
}

// TestASeedOutlastsThePool: material and creators beyond the published keys follow from the seed as well,
// and none is anybody else's.
func TestASeedOutlastsThePool(t *testing.T) {
	const pool = testkeys.Len - materialKeys
	beyond := func(seed uint64) (keys []*rsa.PrivateKey) {
		o := Options{Seed: seed}
		material, creators := o.rsaMaterial(genesis{}), o.signingKeys().take
		for n := range materialKeys + 1 {
			if k := material()(); n >= materialKeys {
				keys = append(keys, k)
			}
		}
		for _, at := range []struct {
			seat uint64
			term int
		}{{0, pool}, {kms.Adopted, 1}, {kms.Adopted, 1}} {
			keys = append(keys, taken(t, func() (*rsa.PrivateKey, error) { return creators(at.seat, at.term) }))
		}
		return keys
	}
	one, two := beyond(7), beyond(7)
	seen := map[string]int{}
	for i := range uint64(testkeys.Len) {
		seen[testkeys.RSA(i).N.String()] = -1
	}
	for i := range one {
		if !one[i].Equal(two[i]) {
			t.Errorf("key %d: the same seed leads to two", i)
		}
		if at, taken := seen[one[i].N.String()]; taken {
			t.Errorf("key %d is key %d", i, at)
		}
		seen[one[i].N.String()] = i
	}
	if o := (&Options{Seed: 8}); o.derived("material", materialKeys, 0).Equal(one[0]) {
		t.Error("another seed leads to the same key")
	}
}

// TestANewKeySharesNoneWithAnImportedOne: each state is put into a service that starts from the same seed, which
// has drawn nothing yet.
func TestANewKeySharesNoneWithAnImportedOne(t *testing.T) {
	o := Options{Seed: 7}
	for round := range 3 {
		s, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprint("key-", round)
		if _, err := s.world.Load().store.Create(kms.Spec{Name: name, Type: kms.RSA2048, Protection: "BASIC"}, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
		o.Keys = s.State().Keys
		seen := map[string]string{}
		for _, k := range o.Keys {
			if twin, shared := seen[k.Versions[0].Material]; shared {
				t.Errorf("round %d: %s has the private key of %s", round, k.Name, twin)
			}
			seen[k.Versions[0].Material] = k.Name
		}
		if len(seen) != round+1 {
			t.Errorf("round %d: %d keys, want %d", round, len(seen), round+1)
		}
	}
}

// TestNoKeyGetsASigningKeyTwice: in each round a service that starts from the same seed gets the state of the one
// before it, replaces the creators of the keys in it and makes another key. No signing key serves a key twice, not
// even one that left office rounds ago, and none that is in office serves another key too.
func TestNoKeyGetsASigningKeyTwice(t *testing.T) {
	o, seen := Options{Seed: 7}, map[string]string{}
	for round := range 4 {
		s := began(t, o)
		store, now := s.world.Load().store, s.clock.Now()
		held := map[string]string{}
		for _, k := range o.Keys {
			held[k.Creator.Key] = k.Name
		}
		name := fmt.Sprint("key-", round)
		enable(t, create(t, s, name, kms.AES256))
		for _, k := range store.List() {
			if i := k.Info(); i.Spec.Name != name {
				if err := k.ReplaceCreator(now); err != nil {
					t.Fatal(err)
				}
			}
		}
		o.Keys = s.State().Keys
		for _, k := range o.Keys {
			is := fmt.Sprintf("%s in round %d", k.Name, round)
			if k.Creator == nil || k.Creator.Key == "" {
				t.Fatalf("%s has no creator", is)
			}
			if other, shared := held[k.Creator.Key]; shared {
				t.Errorf("the creator of %s has the signing key that the creator of %s came with", is, other)
			}
			if before, twice := seen[k.Name+k.Creator.Key]; twice {
				t.Errorf("the creator of %s has the signing key of %s", is, before)
			}
			seen[k.Name+k.Creator.Key] = is
		}
	}
}

// TestAKeyThatIsThereAgainGetsOtherSigningKeys goes back to a key that had creators before, by resets and by states.
func TestAKeyThatIsThereAgainGetsOtherSigningKeys(t *testing.T) {
	for name, o := range map[string]Options{
		"without a creator": {Seed: 7, Keys: []Key{{Name: "orders", Tag: "tag"}}}, "with one": {Seed: 7, Keys: []Key{{Name: "orders", Tag: "tag", Creator: &Creator{}}}},
		"at random": {Keys: []Key{{Name: "orders", Tag: "tag", Creator: &Creator{}}}},
	} {
		s := began(t, o)
		seen := map[string]bool{}
		for round := range 4 {
			k, _ := s.world.Load().store.Key("tag")
			if !k.CreatorInfo().Active {
				enable(t, k)
			}
			for range 2 {
				key := s.State().Keys[0].Creator.Key
				if seen[key] {
					t.Errorf("%s: in round %d a signing key serves again", name, round)
				}
				seen[key] = true
				if err := k.ReplaceCreator(s.clock.Now()); err != nil {
					t.Fatal(err)
				}
			}
			seen[s.State().Keys[0].Creator.Key] = true
			back := s.reset
			if round%2 == 1 {
				back = func() error { return s.SetState(State{Keys: o.Keys}) }
			}
			if err := back(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestAKeyThatNeverHadACreatorKeepsItsPlaceInThePool: its first creator takes a published key, however often the key
// was there before, and one that another store makes at the same time takes another.
func TestAKeyThatNeverHadACreatorKeepsItsPlaceInThePool(t *testing.T) {
	published := map[string]bool{}
	for i := range uint64(testkeys.Len) {
		published[writeRSA(testkeys.RSA(i))] = true
	}
	o := Options{Seed: 7, Keys: []Key{{Name: "orders", Tag: "tag"}}}
	for name, back := range map[string]func(*Service) error{
		"a reset": (*Service).reset,
		"a state": func(s *Service) error { return s.SetState(State{Keys: o.Keys}) },
	} {
		s := began(t, o)
		old, _ := s.world.Load().store.Key("tag")
		for range 2 {
			if err := back(s); err != nil {
				t.Fatal(err)
			}
		}
		k, _ := s.world.Load().store.Key("tag")
		enable(t, k)
		enable(t, old)
		_, was, _ := old.Snapshot()
		if key := s.State().Keys[0].Creator.Key; !published[key] || key == writeRSA(was.Creator.Key) {
			t.Errorf("after %s the first creator has a published key: %v; it has that of one of the store before: %v",
				name, published[key], key == writeRSA(was.Creator.Key))
		}
	}
}

// TestAnImportedKeyIsKnownHoweverItIsWritten gives a service all published keys for creators but one, as it
// writes them and otherwise.
func TestAnImportedKeyIsKnownHoweverItIsWritten(t *testing.T) {
	const left = uint64(testkeys.Len - 1)
	for name, write := range map[string]func(*rsa.PrivateKey) string{
		"as it writes them": writeRSA,
		"in one line":       func(k *rsa.PrivateKey) string { return inOneLine(writeRSA(k)) },
		"with CR":           func(k *rsa.PrivateKey) string { return strings.ReplaceAll(writeRSA(k), "\n", "\r\n") },
		"with its label":    func(k *rsa.PrivateKey) string { return "the creator's:\n" + writeRSA(k) },
		"primes swapped":    func(k *rsa.PrivateKey) string { return writeRSA(swapped(k)) },
	} {
		var given []Key
		for n := uint64(materialKeys); n < left; n++ {
			given = append(given, Key{Name: fmt.Sprint("key-", n), Creator: &Creator{Key: write(testkeys.RSA(n))}})
		}
		s := began(t, Options{Seed: 7, Keys: given})
		k := create(t, s, "new", kms.AES256)
		enable(t, k)
		if _, past, _ := k.Snapshot(); !past.Creator.Key.Equal(testkeys.RSA(left)) {
			t.Errorf("%s: a new creator has not the one published key that no creator in the state has", name)
		}
	}
}

// inOneLine joins the lines of a PEM's text between the first and the last.
func inOneLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := len(lines) - 1
	return lines[0] + "\n" + strings.Join(lines[1:last], "") + "\n" + lines[last] + "\n"
}

// swapped returns the same key with its primes in the other order.
func swapped(k *rsa.PrivateKey) *rsa.PrivateKey {
	other := &rsa.PrivateKey{PublicKey: k.PublicKey, D: k.D, Primes: []*big.Int{k.Primes[1], k.Primes[0]}}
	other.Precompute()
	return other
}

// TestAnImportDelaysNoOtherCreators: keys that are made after an import take published signing keys at once, and
// what a state that is refused brings changes nothing.
func TestAnImportDelaysNoOtherCreators(t *testing.T) {
	published := map[string]bool{}
	for i := range uint64(testkeys.Len) {
		published[writeRSA(testkeys.RSA(i))] = true
	}
	s := began(t, Options{Seed: 7})
	enable(t, create(t, s, "one", kms.AES256))
	state := s.State()
	wrong := state
	wrong.Keys = append([]Key{{Name: "?"}}, state.Keys...)
	if err := s.SetState(wrong); err == nil || s.signing.share.Load().beside != "" {
		t.Errorf("a wrong state gives error %v, and its creators are kept apart", err)
	}
	if err := s.SetState(state); err != nil {
		t.Fatal(err)
	}
	enable(t, create(t, s, "two", kms.AES256))
	one, two := s.State().Keys[0].Creator.Key, s.State().Keys[1].Creator.Key
	if !published[two] || one == two {
		t.Errorf("after an import a new key has a published signing key: %v; it is the imported one: %v", published[two], one == two)
	}
	if err := s.reset(); err != nil || s.signing.share.Load().beside != "" {
		t.Errorf("after a reset (%v) the creators of the state are kept apart", err)
	}
}

// TestASeedRepeatsNothingOfAStateThatItBrings: each state is put into a service that starts from the same seed, at
// its start and later, and which then makes the same call.
func TestASeedRepeatsNothingOfAStateThatItBrings(t *testing.T) {
	o := Options{Seed: 7, Accounts: []Account{{Name: "owner", ID: "id", AccessKey: "AO", SecretKey: "SO"}}} // for whom nothing is drawn
	makes := func(of kms.Type) func(s *Service, round int) {
		return func(s *Service, round int) { create(t, s, fmt.Sprint("key-", round), of) }
	}
	for name, call := range map[string]func(s *Service, round int){
		"AES256": makes(kms.AES256), "ECDSA": makes(kms.ECDSA), "RSA2048": makes(kms.RSA2048),
		"creators": func(s *Service, round int) {
			if round == 0 {
				if err := s.SetState(State{Keys: []Key{{Name: "key-0", Tag: "tag", Creator: &Creator{}}}}); err != nil {
					t.Fatal(err)
				}
				return
			}
			k, _ := s.world.Load().store.Key("tag")
			if err := k.ReplaceCreator(s.clock.Now()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for _, later := range []bool{false, true} {
			seen, s := map[string]int{}, began(t, o)
			for round := range 3 {
				call(s, round)
				state := s.State()
				newest := state.Keys[len(state.Keys)-1]
				drawn := []string{newest.Tag, newest.Versions[0].Material}
				if name == "creators" {
					drawn = []string{newest.Creator.ID, newest.Creator.Key}
				}
				for _, text := range drawn {
					if before, again := seen[text]; again {
						t.Errorf("%s, put later %v: in round %d is drawn what was in round %d", name, later, round, before)
					}
					seen[text] = round
				}
				if later {
					s = began(t, o)
					if err := s.SetState(state); err != nil {
						t.Fatal(err)
					}
					continue
				}
				next := o
				next.Use(state)
				s = began(t, next)
			}
		}
	}
}

// began starts a service.
func began(t *testing.T, o Options) *Service {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func create(t *testing.T, s *Service, name string, of kms.Type) *kms.Key {
	t.Helper()
	store := s.world.Load().store
	info, err := store.Create(kms.Spec{Name: name, Type: of, Protection: "BASIC"}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	k, bad := store.Key(info.Tag)
	if bad != nil {
		t.Fatal(bad)
	}
	return k
}

func enable(t *testing.T, k *kms.Key) {
	t.Helper()
	if err := k.EnableCreator(k.Info().Registered); err != nil {
		t.Fatal(err)
	}
}

func taken(t *testing.T, from func() (*rsa.PrivateKey, error)) *rsa.PrivateKey {
	t.Helper()
	k, err := from()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
