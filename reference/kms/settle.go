package kms

import (
	"math"
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

// Settle does what is due at now, in order of time over all keys, and for one instant in the order of
// their creation: what is under way to a region arrives, keys rotate by period, and those whose waiting
// time is over go. When it returns, all of it is done, also what another call began. It costs nothing
// while nothing is due. After an error the rest is still due.
func (s *Store) Settle(now time.Time) error {
	if now.UnixNano() < s.due.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.UnixNano() < s.due.Load() {
		return nil
	}
	for a := s.agenda(now); len(a) > 0; {
		next, err := s.step(a[0].body, now)
		if err != nil {
			return err
		}
		a.put(next, now)
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

// step does what is due next on a key, if that is by now, and returns when it is due again; zero: never.
func (s *Store) step(b *body, now time.Time) (time.Time, error) {
	k := &Key{body: b}
	k.mu.Lock()
	defer k.mu.Unlock()
	due := k.dueAt()
	if due.IsZero() || now.Before(due) { // somebody else was faster
		return due, nil
	}
	k.deliver(due)
	switch own := k.ownDue(); {
	case k.gone && len(k.late) == 0, k.state == Pending && own.Equal(due):
		s.drop(b)
		return time.Time{}, nil
	case own.Equal(due):
		if err := k.turn(); err != nil {
			return due, err
		}
	}
	return k.dueAt(), nil
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
