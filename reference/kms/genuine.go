package kms

import (
	"slices"
	"sync"
	"sync/atomic"
)

// genuine are the tokens that a creator signed and that were verified once. The zero value is empty. It is
// safe for concurrent use.
type genuine struct {
	latest atomic.Pointer[verified] // that was asked for: mostly the next one, too
	first  verified                 // once latest is set; most creators see one, which then lies beside the rest
	mu     sync.RWMutex
	byEnd  map[end]*verified // all of them; nil while there is but the first
}

// A verified token is never changed. Of its text there is but the seal: a kilobyte of each, read at every call, would
// push what else a call needs of its key out of the processor's cache.
type verified struct {
	end    end
	seal   seal
	claims Claims
}

// verifiedAs keeps what a call reads of the claims in one place, and what equal claims share once for all.
func verifiedAs(token string, c Claims) verified {
	text := c.KeyTag + c.Subject
	c.KeyTag, c.Subject, c.Permissions = text[:len(c.KeyTag)], text[len(c.KeyTag):], lists.shared(c.Permissions)
	return verified{endOf(token), sealOf(token), c}
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
	if v == nil || v.seal != sealOf(token) {
		return nil, false
	}
	return &v.claims, true
}

// like returns the one among them that ends like a token, which then is the same, unless somebody made it up;
// nil: none does.
func (g *genuine) like(token string) *verified {
	e := endOf(token)
	if v := g.latest.Load(); v != nil && v.end == e {
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

// add remembers a token that was verified.
func (g *genuine) add(token string, c Claims) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.byEnd) >= maxVerified {
		return
	}
	v := verifiedAs(token, c)
	if g.latest.Load() == nil {
		g.first = v
		g.latest.Store(&g.first)
		return
	}
	if g.byEnd == nil {
		g.byEnd = map[end]*verified{g.first.end: &g.first}
	}
	g.byEnd[v.end] = &v
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
