package kms_test

import (
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// newStore returns an empty store that draws from a fixed seed.
func newStore(rules kms.Rules) *kms.Store {
	random := &locked{r: rand.NewChaCha8([32]byte{1})}
	var drawn atomic.Uint64
	keys := func() func() *rsa.PrivateKey {
		n := drawn.Add(1)
		return func() *rsa.PrivateKey { return testkeys.RSA(n) }
	}
	authority := &kms.Signatures{Random: random, Keys: func(seat uint64, term int) (*rsa.PrivateKey, error) {
		return testkeys.RSA(40 + seat + uint64(term)), nil
	}}
	return kms.NewStore(rules, authority, random, keys)
}

// locked makes a reader safe for concurrent use.
type locked struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

var manager = kms.Caller{Account: kms.NewAccount("someone", "", kms.Standing{Permissions: kms.Manager()})}

// plant makes a key named after its spec's type.
func plant(t testing.TB, s *kms.Store, spec kms.Spec) *kms.Key {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "key"
	}
	spec.Protection = "BASIC"
	info, err := s.Create(spec, noon)
	if err != nil {
		t.Fatal(err)
	}
	k, bad := s.Key(info.Tag)
	if bad != nil {
		t.Fatal(bad)
	}
	return k
}

// reason returns why a call was refused; empty if it was not.
func reason(err error) kms.Reason {
	if r, ok := errors.AsType[*kms.Refusal](err); ok && r != nil {
		return r.Reason.General()
	}
	if err != nil {
		return kms.Reason("failed: " + err.Error())
	}
	return ""
}

// asError keeps a nil refusal from becoming an error that is not nil.
func asError(r *kms.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// under is a context that is given; "" is none.
func under(context string) *string {
	if context == "" {
		return nil
	}
	return &context
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

var convergent = kms.Spec{Type: kms.AES256, Convergent: true}
