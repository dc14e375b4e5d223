package proof

import (
	"crypto/rsa"
	"fmt"
	"sync"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// issued are tokens that were signed in this process. RS256 signs the same words with the same key the same
// way (RFC 8017, section 8.2.1), and what is signed for a scenario is the same on every mutant: signing
// is a third of what the matrix costs. The zero value is empty. It is safe for concurrent use.
type issued struct{ tokens sync.Map } // issue to string

// An issue is what a token says and the key that signs it.
type issue struct {
	key          *rsa.PrivateKey
	subject, tag string
	kind         kms.Kind
	from, until  int64
	permissions  string
}

// in puts the tokens in front of an authority.
func (i *issued) in(a kms.Authority) kms.Authority { return issuing{a, i} }

type issuing struct {
	kms.Authority
	before *issued
}

// Issue implements [kms.Authority].
func (i issuing) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	this := issue{by.Key, c.Subject, c.KeyTag, c.Kind, c.IssuedAt.Unix(), c.Expires.Unix(), fmt.Sprint(c.Permissions)}
	if token, ok := i.before.tokens.Load(this); ok {
		return token.(string), nil
	}
	token, err := i.Authority.Issue(by, c)
	if err == nil {
		i.before.tokens.Store(this, token)
	}
	return token, err
}
