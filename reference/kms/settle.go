package kms

import (
	"math"
	"slices"
	"time"
)

// never is the due time of a store with nothing to do.
const never = math.MaxInt64

// wake sees to it that Settle has a look at t. A zero t asks for nothing.
func (s *Store) wake(t time.Time) {
	if t.IsZero() {
		return
	}
	s.woken.Add(1)
	for {
		due := s.due.Load()
		if due <= t.UnixNano() || s.due.CompareAndSwap(due, t.UnixNano()) {
			return
		}
	}
}

// Settle does what is due at now, in order for each key: rotations by period, and the end of keys
// whose waiting time is over. When it returns, all of it is done, also what another call began. It
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

func (s *Store) settleKey(k *Key, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		due := k.dueAt()
		if due.IsZero() || now.Before(due) {
			return nil
		}
		if k.state == Pending {
			s.drop(k)
			return nil
		}
		if err := k.turn(); err != nil {
			return err
		}
	}
}

// dueAt returns when the key next needs attention; zero: never.
func (k *Key) dueAt() time.Time {
	if k.state == Pending {
		return k.since.Add(k.store.rules.Pending)
	}
	return k.next
}
