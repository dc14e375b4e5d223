package reference

import (
	"testing"

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
		keys := tt.o.rsaKeys()
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
