package kms

import (
	"crypto/subtle"
	"slices"
	"sync"
	"sync/atomic"
	"unique"
)

// genuine are the tokens that a creator signed and that were verified once. The zero value is empty. It is
// safe for concurrent use.
type genuine struct {
	latest atomic.Pointer[verified] // that was asked for: mostly the next one, too
	mu     sync.RWMutex
	byEnd  map[end]*verified // all of them; nil while there is but the latest
}

// A verified token is never changed.
type verified struct {
	token  string
	claims Claims
}

// end are the last characters of a token. They are of a signature, so hardly any two genuine tokens share
// them, and looking them up is cheaper than hashing a whole token.
type end [16]byte

func endOf(token string) (e end) {
	copy(e[:], token[max(0, len(token)-len(e)):])
	return e
}

// find returns what a token says that is among them, to the last character.
func (g *genuine) find(token string) (*Claims, bool) {
	v := g.like(token)
	if v == nil || subtle.ConstantTimeCompare([]byte(v.token), []byte(token)) != 1 {
		return nil, false
	}
	return &v.claims, true
}

// like returns the one among them that ends like a token, which then is the same, unless somebody made it up;
// nil: none does.
func (g *genuine) like(token string) *verified {
	e := endOf(token)
	if v := g.latest.Load(); v != nil && endOf(v.token) == e {
		return v
	}
	g.mu.RLock()
	v := g.byEnd[e]
	g.mu.RUnlock()
	if v != nil {
		g.latest.Store(v)
	}
	return v
}

// maxVerified bounds how many verified tokens a creator remembers. Beyond it tokens are verified
// each time.
const maxVerified = 4096

// add remembers a token that was verified. Most creators see one, which needs no map.
func (g *genuine) add(token string, c Claims) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.byEnd) >= maxVerified {
		return
	}
	v := &verified{token, c.shared()}
	before := g.latest.Load()
	if before == nil {
		g.latest.Store(v)
		return
	}
	if g.byEnd == nil {
		g.byEnd = map[end]*verified{endOf(before.token): before}
	}
	g.byEnd[endOf(token)] = v
}

// shared returns the claims with what equal claims share, so that with thousands of keys the caches hold it
// once.
func (c Claims) shared() Claims {
	c.Subject, c.Permissions = unique.Make(c.Subject).Value(), lists.shared(c.Permissions)
	return c
}

// lists are the permissions that verified tokens had lately. Tokens of one policy have the same.
var lists shelf

// A shelf holds a few lists that many share.
type shelf struct {
	mu   sync.Mutex
	held [8][]Permission
	next int
}

func (s *shelf) shared(list []Permission) []Permission {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, held := range s.held {
		if slices.Equal(held, list) {
			return held
		}
	}
	s.held[s.next] = list
	s.next = (s.next + 1) % len(s.held)
	return list
}
