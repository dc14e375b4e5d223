package kms

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unique"
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
	end             end
	seal            seal
	issued, expires int64  // Unix seconds; see [Claims]
	tag             string // the copy that the key reads, too
	*mandate               // mostly shared by the tokens of an account and a kind
}

// verifiedAs takes down in little memory what a token says: the less there is, the more of it is in the processor's
// cache.
func verifiedAs(token string, c Claims) verified {
	return verified{
		endOf(token), sealOf(token), c.IssuedAt.Unix(), c.Expires.Unix(), unique.Make(c.KeyTag).Value(),
		mandates.shared(mandate{c.Subject, c.Kind, c.Permissions}),
	}
}

// claims returns what the token says.
func (v *verified) claims() Claims {
	return Claims{
		Subject: v.subject, IssuedAt: time.Unix(v.issued, 0).UTC(), Expires: time.Unix(v.expires, 0).UTC(),
		Kind: v.kind, KeyTag: v.tag, Permissions: v.permissions,
	}
}

// end are the last characters of a token. They are of a signature, so hardly any two genuine tokens share
// them, and looking them up is cheaper than hashing a whole token.
type end [16]byte

func endOf(token string) (e end) {
	copy(e[:], token[max(0, len(token)-len(e)):])
	return e
}

// find returns what a token says that is among them, to the last character.
func (g *genuine) find(token string) (Claims, bool) {
	v := g.like(token)
	if v == nil || v.seal != sealOf(token) {
		return Claims{}, false
	}
	return v.claims(), true
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

// A mandate is what tokens say alike that are of one kind and were issued to one account with the same permissions.
type mandate struct {
	subject     string
	kind        Kind
	permissions []Permission
}

func (m *mandate) equal(o *mandate) bool {
	return o != nil && m.subject == o.subject && m.kind == o.kind && slices.Equal(m.permissions, o.permissions)
}

// mandates are those of tokens that were verified lately.
var mandates shelf

// A shelf holds a few mandates that many tokens share.
type shelf struct {
	mu   sync.Mutex
	held [8]*mandate
	next int
}

func (s *shelf) shared(m mandate) *mandate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.held[:], m.equal); i >= 0 {
		return s.held[i]
	}
	s.held[s.next] = &m
	s.next = (s.next + 1) % len(s.held)
	return &m
}
