package kms

import (
	"crypto/rsa"
	"math"
	"slices"
	"time"
)

// A Past is what a key has lived through since it was made: what a [Seed] leaves to the moment of
// planting. Zero times leave it at that.
type Past struct {
	ID      int       // keyId; 0: the next free one
	Made    time.Time // when it was made
	Since   time.Time // since when it is in its state
	Next    time.Time // when it rotates by itself
	ACL     ACL
	Creator *Office // nil: none so far
}

// An Office is what is left of a token creator, or makes one.
type Office struct {
	ID                    string          // empty: drawn at random
	EnabledAt, DisabledAt time.Time       // DisabledAt is zero while in office
	Key                   *rsa.PrivateKey // nil out of office; nil in office: a new one
	Issued                int
}

// Adopted is the seat of creators that came from elsewhere. Those that follow them must not take
// their keys from a list: it may hold the one that left.
const Adopted = math.MaxUint64

// Past returns what the key has lived through.
func (k *Key) Past() Past {
	k.mu.RLock()
	defer k.mu.RUnlock()
	p := Past{ID: k.spec.id, Made: k.made, Since: k.since, Next: k.next, ACL: k.acl}
	if c := k.creator; c != nil {
		p.Creator = &Office{ID: c.ID, EnabledAt: c.EnabledAt, DisabledAt: c.DisabledAt, Key: c.Key, Issued: int(k.issued.Load())}
	}
	return p
}

// Materials returns the material of the key's versions, the first first, as [Seed] takes it.
func (k *Key) Materials() [][]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	out := make([][]byte, len(k.versions))
	for i, v := range k.versions {
		out[i] = slices.Clone(v.secret.material())
	}
	return out
}

// Recall gives a key that was just planted its past.
func (s *Store) Recall(tag string, p Past, now time.Time) error {
	creator, err := s.recallCreator(p.Creator, now)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.byTag[tag]
	if k == nil {
		return noKey()
	}
	if bad := s.takeID(k, p.ID); bad != nil {
		return bad
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, at := range []struct {
		from time.Time
		into *time.Time
	}{{p.Made, &k.made}, {p.Since, &k.since}, {p.Next, &k.next}} {
		if !at.from.IsZero() {
			*at.into = at.from
		}
	}
	k.acl, k.creator = p.ACL, creator
	if creator != nil {
		k.issued.Store(int64(p.Creator.Issued))
	}
	s.wake(k.dueAt())
	return nil
}

// takeID gives k an id of its own.
func (s *Store) takeID(k *body, id int) *Refusal {
	if id == 0 || id == k.spec.id {
		return nil
	}
	if id < s.lastID && slices.ContainsFunc(s.order, func(o *body) bool { return o.spec.id == id }) {
		return &Refusal{Reason: Duplicate, Field: "keyId", Detail: "a key of this id exists"}
	}
	k.spec.id = id
	s.lastID = max(s.lastID, id)
	return nil
}

// recallCreator makes a creator of what is left of one.
func (s *Store) recallCreator(o *Office, now time.Time) (*Creator, error) {
	if o == nil {
		return nil, nil
	}
	c := &Creator{ID: o.ID, EnabledAt: o.EnabledAt, DisabledAt: o.DisabledAt, Key: o.Key, seat: Adopted}
	if o.Key != nil || !o.DisabledAt.IsZero() {
		return c, nil
	}
	fresh, err := s.authority.Enable(nil, now)
	if err != nil {
		return nil, err
	}
	if o.ID != "" {
		fresh.ID = o.ID
	}
	if !o.EnabledAt.IsZero() {
		fresh.EnabledAt = o.EnabledAt
	}
	return fresh, nil
}
