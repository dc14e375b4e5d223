package limit

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Span is how many seconds a [Meter] remembers.
const Span = 60

// A Meter counts what a limiter decided, for each key and second of the clock that now comes from. The
// zero value is ready. It is safe for concurrent use and holds no more than the keys of Span seconds.
type Meter struct {
	mu   sync.Mutex
	ring [Span]Second // each at its Unix second modulo Span
}

// A Second is what was decided within one second.
type Second struct {
	At   int64            `json:"at"` // Unix seconds
	Keys map[string]Count `json:"keys"`
}

// A Count is what was decided about one key.
type Count struct {
	Admitted int `json:"admitted"`
	Refused  int `json:"refused"`
}

// Note counts a decision about key at now.
func (m *Meter) Note(now time.Time, key string, admitted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.second(now.Unix())
	c := s.Keys[key]
	if admitted {
		c.Admitted++
	} else {
		c.Refused++
	}
	s.Keys[key] = c
}

// second returns the place of a second, emptied if it still holds another one.
func (m *Meter) second(at int64) *Second {
	s := &m.ring[((at%Span)+Span)%Span]
	switch {
	case s.Keys == nil:
		s.Keys = map[string]Count{}
	case s.At != at:
		clear(s.Keys)
	}
	s.At = at
	return s
}

// Seconds returns the seconds in which something was decided, the oldest first, from Span-1 seconds
// before now to now. After the clock was set back, what lies ahead of it is left out.
func (m *Meter) Seconds(now time.Time) []Second {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := []Second{}
	for _, s := range m.ring {
		if age := now.Unix() - s.At; len(s.Keys) > 0 && age >= 0 && age < Span {
			out = append(out, Second{s.At, maps.Clone(s.Keys)})
		}
	}
	slices.SortFunc(out, func(a, b Second) int { return int(a.At - b.At) })
	return out
}
