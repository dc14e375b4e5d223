package kms

import (
	"testing"
	"time"
)

// The secret of a key's first version lies in the key. Who keeps it, as a service keeps its first world's, must not keep
// the key with it, and so the store with all that is in it.
func TestKeptSecretsKeepNoKey(t *testing.T) {
	s := NewStore(Documented(), &Signatures{}, zeros{}, nil)
	info, err := s.Create(Spec{Name: "key", Type: AES256, Protection: "BASIC"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k, bad := s.Key(info.Tag)
	if bad != nil {
		t.Fatal(bad)
	}
	if k.versions[0].secret != secret(&k.plain) {
		t.Error("the secret of the first version does not lie in the key")
	}
	if kept := k.Secrets().of[0]; kept == secret(&k.plain) {
		t.Error("who keeps the secret keeps the key")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
