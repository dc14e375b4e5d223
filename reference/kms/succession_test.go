package kms_test

import (
	"crypto/rsa"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/testkeys"
)

// interrupted does something in the middle of its first issue.
type interrupted struct {
	kms.Authority
	mu   sync.Mutex
	once func()
}

func (i *interrupted) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	i.mu.Lock()
	do := i.once
	i.once = nil
	i.mu.Unlock()
	if do != nil {
		do()
	}
	return i.Authority.Issue(by, c)
}

// TestASuccessorIssuesWhatItsPredecessorBegan: a creator is in office all along, so nobody may be told
// that there is none.
func TestASuccessorIssuesWhatItsPredecessorBegan(t *testing.T) {
	random := &locked{r: rand.NewChaCha8([32]byte{1})}
	authority := &interrupted{Authority: &kms.Signatures{Random: random, Keys: func(seat uint64, term int) (*rsa.PrivateKey, error) {
		return testkeys.RSA(40 + seat + uint64(term)), nil
	}}}
	k := plant(t, kms.NewStore(kms.Documented(), authority, random, nil), kms.Spec{Type: kms.AES256})
	if err := k.EnableCreator(noon); err != nil {
		t.Fatal(err)
	}
	authority.once = func() {
		if err := k.ReplaceCreator(noon); err != nil {
			t.Error(err)
		}
	}
	set, err := k.Issue(kms.CreateTokenSet, manager, kms.Ask{}, noon)
	if err != nil || set.Access == "" || k.CreatorInfo().Issued != 2 {
		t.Errorf("%v, counted %d; want a set of the successor", err, k.CreatorInfo().Issued)
	}
	authority.once = func() { _ = k.DisableCreator(noon) }
	if _, err := k.Issue(kms.CreateTokenSet, manager, kms.Ask{}, noon); err == nil {
		t.Error("tokens of a creator that was disabled meanwhile were handed out")
	}
}

// fragile panics as it issues a kind of token.
type fragile struct {
	kms.Authority
	kind kms.Kind
}

func (f fragile) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	if c.Kind == f.kind {
		panic("it breaks")
	}
	return f.Authority.Issue(by, c)
}

// TestAnAuthorityThatPanicsDoesSoBeforeItsCaller: a server answers for the one call, whichever of the two signatures it is.
func TestAnAuthorityThatPanicsDoesSoBeforeItsCaller(t *testing.T) {
	for _, kind := range []kms.Kind{kms.Access, kms.Refresh} {
		random := &locked{r: rand.NewChaCha8([32]byte{1})}
		authority := fragile{&kms.Signatures{Random: random, Keys: func(uint64, int) (*rsa.PrivateKey, error) { return testkeys.RSA(40), nil }}, kind}
		k := plant(t, kms.NewStore(kms.Documented(), authority, random, nil), kms.Spec{Type: kms.AES256})
		if err := k.EnableCreator(noon); err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("an %s token: it did not panic", kind)
				}
			}()
			_, _ = k.Issue(kms.CreateTokenSet, manager, kms.Ask{}, noon)
		}()
	}
}
