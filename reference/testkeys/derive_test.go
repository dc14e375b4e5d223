package testkeys_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"github.com/kmsproof/kmsproof/reference/testkeys"
)

func TestASeedLeadsToOneKey(t *testing.T) {
	key, again, other := testkeys.Derive([32]byte{1}), testkeys.Derive([32]byte{1}), testkeys.Derive([32]byte{2})
	if !key.Equal(again) {
		t.Error("the same seed leads to two keys")
	}
	if key.Equal(other) {
		t.Error("two seeds lead to one key")
	}
	if bits := key.N.BitLen(); bits != 2048 {
		t.Errorf("the key has %d bits, want 2048", bits)
	}
	hash := sha256.Sum256([]byte("text"))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	if err != nil || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, hash[:], signature) != nil {
		t.Errorf("the key does not sign: %v", err)
	}
}

func BenchmarkDerive(b *testing.B) {
	n := byte(0)
	for b.Loop() {
		n++
		testkeys.Derive([32]byte{n})
	}
}
