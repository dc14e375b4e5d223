package kms

import (
	"crypto/rsa"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// A Creator signs the tokens of one key. It does not change once it is made; taking it out of office
// makes another value without a signing key.
type Creator struct {
	ID         string
	EnabledAt  time.Time
	DisabledAt time.Time // zero while in office
	Term       int       // how many creators this key had before

	line  *Line           // whom it follows and who follows it
	Key   *rsa.PrivateKey // nil when out of office
	known genuine         // tokens of this creator, so it dies with it
}

// A Line is the creators that follow each other on one key, which may be in another store by then. No two of them get
// the same term, also where calls on both stores are under way.
type Line struct {
	seat  uint64
	terms atomic.Int64
}

// Adopted is the seat of creators that came from elsewhere, and of those that follow them or others of which nothing
// is known. They must not take their keys from a list: it may hold one that left.
const Adopted = math.MaxUint64

// UnknownLine is of a key that may have had creators of which nothing is known.
func UnknownLine() *Line { return &Line{seat: Adopted} }

// next returns the term that nobody of the line had.
func (l *Line) next() int { return int(l.terms.Add(1) - 1) }

// Active reports whether the creator is in office. A nil creator is not.
func (c *Creator) Active() bool { return c != nil && c.Key != nil }

// predecessor is whom a creator follows: old, or, where there is none, somebody of the line that the key goes on.
func predecessor(old *Creator, goesOn *Line) *Creator {
	if old == nil && goesOn != nil {
		return &Creator{Term: -1, line: goesOn}
	}
	return old
}

// An Authority puts creators into office, issues their tokens and verifies them. It is safe for
// concurrent use.
type Authority interface {
	// Enable returns a new creator that takes office after old, which is nil for a key's first, and out of office
	// and without an id where those who were before are gone with their store.
	// Every token of old is dead from then on.
	Enable(old *Creator, now time.Time) (*Creator, error)
	// Disable returns what stays of a creator that leaves office: no token of it is good any more.
	Disable(c *Creator, now time.Time) *Creator
	// Issue returns the token that says c, signed by a creator in office.
	Issue(by *Creator, c Claims) (string, error)
	// Verify returns what a token says if the given creator signed it and is in office. It does not
	// look at the times. The creator may be nil. The error is a *Refusal.
	Verify(by *Creator, token string) (Claims, error)
}

// RSAKeys hands out signing keys of 2048 bits. A seat gets a different key for each term.
type RSAKeys func(seat uint64, term int) (*rsa.PrivateKey, error)

// Signatures is the documented Authority: a creator is its RSA key, and a token is good if the key
// in office verifies it. So replacing or disabling a creator needs to remember nothing.
type Signatures struct {
	Keys   RSAKeys
	Random io.Reader // for creator ids
	seats  atomic.Uint64
}

var _ Authority = (*Signatures)(nil)

// Enable implements [Authority].
func (s *Signatures) Enable(old *Creator, now time.Time) (*Creator, error) {
	c := &Creator{EnabledAt: now}
	if old != nil {
		c.line, c.Term = old.line, old.Term+1
	}
	if c.line == nil {
		c.line = &Line{seat: s.seats.Add(1) - 1}
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return nil, fmt.Errorf("creator id: %w", err)
	}
	c.ID = id.String()
	if c.Key, err = s.Keys(c.line.seat, c.line.next()); err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return c, nil
}

// Disable implements [Authority].
func (s *Signatures) Disable(c *Creator, now time.Time) *Creator {
	return &Creator{ID: c.ID, EnabledAt: c.EnabledAt, DisabledAt: now, Term: c.Term, line: c.line}
}

// Issue implements [Authority].
func (s *Signatures) Issue(by *Creator, c Claims) (string, error) { return sign(c, by.Key) }

// Verify implements [Authority]. A token that was verified once is remembered as long as its
// creator is in office.
func (s *Signatures) Verify(by *Creator, token string) (Claims, error) {
	if !by.Active() {
		return Claims{}, refuse(BadToken, "the key has no token creator in office")
	}
	if c, ok := by.known.find(token); ok {
		return *c, nil
	}
	p, bad := parse(token)
	if bad != nil {
		return Claims{}, bad
	}
	if !p.verify(&by.Key.PublicKey) {
		return Claims{}, refuse(BadToken, "it was not signed by the token creator in office")
	}
	by.known.add(token, p.claims)
	return p.claims, nil
}
