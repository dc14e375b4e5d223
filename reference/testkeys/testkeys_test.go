package testkeys_test

import (
	"testing"

	"github.com/kmsproof/kmsproof/reference/testkeys"
)

func TestEachKeyIsItsOwnAndHas2048Bits(t *testing.T) {
	seen := map[string]bool{}
	for i := range uint64(testkeys.Len) {
		key := testkeys.RSA(i)
		if bits := key.N.BitLen(); bits != 2048 {
			t.Errorf("key %d has %d bits, want 2048", i, bits)
		}
		seen[key.N.String()] = true
	}
	if len(seen) != testkeys.Len {
		t.Errorf("%d different keys, want %d", len(seen), testkeys.Len)
	}
	if testkeys.RSA(testkeys.Len) != testkeys.RSA(0) {
		t.Error("key 64 is not key 0 again")
	}
}
