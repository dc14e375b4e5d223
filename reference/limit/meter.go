package limit

import (
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
	ring [Span]second // each at its Unix second modulo Span
}

// A second is a [Second] that is still counted. Its counts lie side by side, for the garbage collector to
// pass over.
type second struct {
	at     int64
	places map[string]int // of keys in counts
	counts []Count
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
	c := m.second(now.Unix()).count(key)
	if admitted {
		c.Admitted++
	} else {
		c.Refused++
	}
}

func (s *second) count(key string) *Count {
	place, ok := s.places[key]
	if !ok {
		place = len(s.counts)
		s.counts = append(s.counts, Count{})
		s.places[key] = place
	}
	return &s.counts[place]
}

// second returns the place of a second, emptied if it still holds another one. A new one has room for the
// keys of the one before, which are mostly the same.
func (m *Meter) second(at int64) *second {
	s := m.place(at)
	switch {
	case s.places == nil:
		s.places = make(map[string]int, len(m.place(at-1).places))
	case s.at != at:
		clear(s.places)
		s.counts = s.counts[:0]
	}
	s.at = at
	return s
}

func (m *Meter) place(at int64) *second { return &m.ring[((at%Span)+Span)%Span] }

// Seconds returns the seconds in which something was decided, the oldest first, from Span-1 seconds
// before now to now. After the clock was set back, what lies ahead of it is left out.
func (m *Meter) Seconds(now time.Time) []Second {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := []Second{}
	for _, s := range m.ring {
		if age := now.Unix() - s.at; len(s.counts) > 0 && age >= 0 && age < Span {
			out = append(out, s.told())
		}
	}
	slices.SortFunc(out, func(a, b Second) int { return int(a.At - b.At) })
	return out
}

func (s *second) told() Second {
	out := Second{s.at, make(map[string]Count, len(s.counts))}
	for key, place := range s.places {
		out.Keys[key] = s.counts[place]
	}
	return out
}
