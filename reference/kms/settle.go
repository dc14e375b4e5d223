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
	for {
		due := s.due.Load()
		if due <= t.UnixNano() || s.due.CompareAndSwap(due, t.UnixNano()) {
			return
		}
	}
}

// Settle does what is due at now, in order for each key: rotations by period, and the end of keys
// whose waiting time is over. It costs nothing while nothing is due.
func (s *Store) Settle(now time.Time) error {
	if now.UnixNano() < s.due.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due.Store(never)
	for _, k := range slices.Clone(s.order) {
		if err := s.settleKey(k, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) settleKey(k *Key, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		due := k.dueAt()
		if due.IsZero() || now.Before(due) {
			s.wake(due)
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

// turn does the rotation that is due. A key that is not enabled cannot rotate and misses its turn.
func (k *Key) turn() error {
	k.next = k.next.Add(k.spec.period())
	if k.store.rules.Allowed(k.state, RotateKey) != nil {
		return nil
	}
	material, err := k.store.rules.Material(k.store.random)
	if err != nil {
		return err
	}
	v, err := newVersion(material)
	if err != nil {
		return err
	}
	k.versions = append(slices.Clone(k.versions), v)
	return nil
}

// period returns the days between two rotations.
func (s Spec) period() time.Duration { return time.Duration(s.Period) * 24 * time.Hour }
