package kms

import (
	"math"
	"slices"
	"time"
)

// never is the due time of a store with nothing to do.
const never = math.MaxInt64

// wake sees to it that Settle has a look at t. A zero t asks for nothing.
func (v *vault) wake(t time.Time) {
	if t.IsZero() {
		return
	}
	v.woken.Add(1)
	for {
		due := v.due.Load()
		if due <= t.UnixNano() || v.due.CompareAndSwap(due, t.UnixNano()) {
			return
		}
	}
}

// Settle does what is due at now, in order for each key: what is under way to a region arrives, keys
// rotate by period, and those whose waiting time is over go. When it returns, all of it is done, also what another call began. It
// costs nothing while nothing is due. After an error the rest is still due.
func (s *Store) Settle(now time.Time) error {
	if now.UnixNano() < s.due.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.UnixNano() < s.due.Load() {
		return nil
	}
	for _, k := range slices.Clone(s.order) {
		if err := s.settleKey(k, now); err != nil {
			return err
		}
	}
	s.rest()
	return nil
}

// rest sets the time before which there is nothing to do. A key that asks for attention meanwhile is
// looked at again.
func (s *Store) rest() {
	for {
		seen, next := s.woken.Load(), int64(never)
		for _, k := range s.order {
			k.mu.RLock()
			if due := k.dueAt(); !due.IsZero() {
				next = min(next, due.UnixNano())
			}
			k.mu.RUnlock()
		}
		s.due.Store(next)
		if s.woken.Load() == seen {
			return
		}
	}
}

func (s *Store) settleKey(b *body, now time.Time) error {
	k := &Key{body: b}
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		k.deliver(now)
		due := k.dueAt()
		if k.gone && due.IsZero() || k.state == Pending && !now.Before(due) {
			s.drop(b)
			return nil
		}
		if due.IsZero() || now.Before(due) {
			return nil
		}
		if err := k.turn(); err != nil {
			return err
		}
	}
}

// dueAt returns when the key next needs attention; zero: never.
func (b *body) dueAt() time.Time {
	due := b.ownDue()
	for _, p := range b.late {
		if due.IsZero() || p.arrives.Before(due) {
			due = p.arrives
		}
	}
	return due
}

// ownDue returns when something happens to the key by itself; zero: never.
func (b *body) ownDue() time.Time {
	switch {
	case b.gone:
		return time.Time{}
	case b.state == Pending:
		return b.since.Add(b.rules.Pending)
	}
	return b.next
}
