package reference

import (
	"testing"

	"github.com/kmsproof/kmsproof/reference/testkeys"
)

// TestACreatorThatIsThereAgainTakesAPublishedKey: after resets and states the creators of a key go on in the pool,
// and none of them, in whichever world, has a signing key that the key had before.
func TestACreatorThatIsThereAgainTakesAPublishedKey(t *testing.T) {
	published := map[string]bool{}
	for i := range uint64(testkeys.Len) {
		published[writeRSA(testkeys.RSA(i))] = true
	}
	keys := []Key{{Name: "orders", Tag: "tag", Creator: &Creator{}}, {Name: "drawn", Creator: &Creator{}}}
	for name, back := range map[string]func(s *Service) error{
		"a reset": (*Service).reset, "a state": func(s *Service) error { return s.SetState(State{Keys: keys}) },
	} {
		s, seen := began(t, Options{Seed: 7, Keys: keys}), map[string]bool{}
		for round := range 3 {
			for _, k := range s.world.Load().store.List() {
				if err := k.ReplaceCreator(s.clock.Now()); err != nil {
					t.Fatal(err)
				}
			}
			gone := s.world.Load().store
			if err := back(s); err != nil {
				t.Fatal(err)
			}
			late, _ := gone.Key("tag") // a call that began before
			if err := late.ReplaceCreator(s.clock.Now()); err != nil {
				t.Fatal(err)
			}
			_, past, _ := late.Snapshot()
			for _, text := range []string{writeRSA(past.Creator.Key), s.State().Keys[0].Creator.Key} {
				if seen[text] {
					t.Errorf("%s, round %d: a signing key serves again", name, round)
				}
				seen[text] = true
			}
			for _, k := range s.State().Keys {
				if !published[k.Creator.Key] {
					t.Errorf("%s, round %d: a signing key was made for %s", name, round, k.Name)
				}
			}
		}
	}
}

// TestTheLineOfAKeyEndsWithItsPool: a state that brings the first key of the pool takes it out. Without that state the
// second term means the key that the first one meant beside it.
func TestTheLineOfAKeyEndsWithItsPool(t *testing.T) {
	orders := Key{Name: "orders", Tag: "tag", Creator: &Creator{}}
	brought := Key{Name: "brought", Creator: &Creator{Key: writeRSA(testkeys.RSA(materialKeys))}}
	s := began(t, Options{Seed: 7, Keys: []Key{orders, brought}})
	first := s.State().Keys[0].Creator.Key
	if err := s.SetState(State{Keys: []Key{orders}}); err != nil {
		t.Fatal(err)
	}
	if s.State().Keys[0].Creator.Key == first {
		t.Error("the first signing key serves again")
	}
}
