package kms

import (
	"crypto/rsa"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// A Creator signs the tokens of one key. It does not change once it is made; taking it out of office
// makes another value without a signing key.
type Creator struct {
	Key   *rsa.PrivateKey // nil when out of office
	known genuine         // tokens of this creator, so it dies with it

	ID         string
	EnabledAt  time.Time
	DisabledAt time.Time // zero while in office
}

// A Line is the creators that follow each other on one key, which may be in another store by then. No two of them get
// the same term, also where calls on both stores are under way. The zero value is of a key that had none.
type Line struct {
	mu     sync.Mutex
	seated bool // the first creator draws the seat
	seat   uint64
	terms  int
}

// Adopted is the seat of creators that came from elsewhere, and of those that follow them or others of which nothing
// is known. They must not take their keys from a list: it may hold one that left.
const Adopted = math.MaxUint64

// UnknownLine is of a key that may have had creators of which nothing is known.
func UnknownLine() *Line { return &Line{seated: true, seat: Adopted} }

// next returns the line's seat, drawn if there was none, and the term that nobody of the line had.
func (l *Line) next(draw func() uint64) (seat uint64, term int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seated {
		l.seated, l.seat = true, draw()
	}
	l.terms++
	return l.seat, l.terms - 1
}

// Active reports whether the creator is in office. A nil creator is not.
func (c *Creator) Active() bool { return c != nil && c.Key != nil }

// An Authority puts creators into office, issues their tokens and verifies them. It is safe for
// concurrent use.
type Authority interface {
	// Enable returns a new creator of a line that takes office after old, which is nil for a key's first and where
	// those who were before are gone with their store. Every token of old is dead from then on.
	Enable(line *Line, old *Creator, now time.Time) (*Creator, error)
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
func (s *Signatures) Enable(line *Line, _ *Creator, now time.Time) (*Creator, error) {
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return nil, fmt.Errorf("creator id: %w", err)
	}
	key, err := s.Keys(line.next(func() uint64 { return s.seats.Add(1) - 1 }))
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return &Creator{ID: id.String(), EnabledAt: now, Key: key}, nil
}

// Disable implements [Authority].
func (s *Signatures) Disable(c *Creator, now time.Time) *Creator {
	return &Creator{ID: c.ID, EnabledAt: c.EnabledAt, DisabledAt: now}
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
		return c, nil
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
