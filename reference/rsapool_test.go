package reference

import (
	"crypto/rsa"
	"fmt"
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
		material, creators := o.rsaMaterial(nil), o.signingKeys().take
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

// TestANewCreatorSharesNoKeyWithAnImportedOne: in each round a service that starts from the same seed gets the
// state of the one before it, replaces the creators of the keys in it and makes another key. No signing key serves twice,
// not even one that left office rounds ago.
func TestANewCreatorSharesNoKeyWithAnImportedOne(t *testing.T) {
	o, seen := Options{Seed: 7}, map[string]string{}
	for round := range 4 {
		s, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		store, now := s.world.Load().store, s.clock.Now()
		for _, k := range store.List() {
			if err := k.ReplaceCreator(now); err != nil {
				t.Fatal(err)
			}
		}
		name := fmt.Sprint("key-", round)
		if _, err := store.Create(kms.Spec{Name: name, Type: kms.AES256, Protection: "BASIC"}, now); err != nil {
			t.Fatal(err)
		}
		if err := store.List()[len(store.List())-1].EnableCreator(now); err != nil {
			t.Fatal(err)
		}
		o.Keys = s.State().Keys
		for _, k := range o.Keys {
			is := fmt.Sprintf("%s in round %d", k.Name, round)
			if k.Creator == nil || k.Creator.Key == "" {
				t.Fatalf("%s has no creator", is)
			}
			if twin, shared := seen[k.Creator.Key]; shared {
				t.Errorf("the creator of %s has the signing key of %s", is, twin)
			}
			seen[k.Creator.Key] = is
		}
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
