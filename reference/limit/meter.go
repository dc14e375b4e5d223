package limit

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Span is how many seconds a [Meter] remembers.
const Span = 60

// A Meter counts what a limiter decided, for each key and second of the clock that now comes from. The
// zero value is ready. It is safe for concurrent use. It goes through its keys for those that nobody asked
// lately when a new one comes and there are a thousand, and twice as many as it kept the last time; all others stay.
type Meter struct {
	mu   sync.Mutex
	book book
	most int // keys that the book may hold before it is gone through for those that nobody asked lately
}

// A book holds what is counted. Its keys have their places for all seconds: a map for each second would be too much
// for a processor's caches, where there are thousands of keys.
type book struct {
	places map[string]int
	keys   []string     // by place
	ring   [Span]second // each at its Unix second modulo Span
}

// A second is a [Second] that is still counted.
type second struct {
	at     int64
	counts []tally // by place; keys beyond have none
}

// A tally is a [Count] in little memory.
type tally struct{ admitted, refused uint32 }

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
	place, known := m.book.places[key]
	if !known {
		m.makeRoom(now.Unix())
		place = m.book.add(key)
	}
	t := m.book.at(now.Unix()).tally(place)
	if admitted {
		t.admitted++
	} else {
		t.refused++
	}
}

// makeRoom forgets the keys that nobody asked lately, once there are twice as many as there were after the last time.
func (m *Meter) makeRoom(now int64) {
	if len(m.book.keys) < max(few, m.most) {
		return
	}
	var kept book
	for _, s := range m.book.ring {
		if age := now - s.at; -Span < age && age < Span {
			kept.take(&s, m.book.keys)
		}
	}
	m.book, m.most = kept, 2*len(kept.keys)
}

// take takes over a second of a book that had these keys.
func (b *book) take(s *second, keys []string) {
	for i, t := range s.counts {
		if t == (tally{}) {
			continue
		}
		place, known := b.places[keys[i]]
		if !known {
			place = b.add(keys[i])
		}
		*b.at(s.at).tally(place) = t
	}
}

// add gives a key a place.
func (b *book) add(key string) int {
	if b.places == nil {
		b.places = map[string]int{}
	}
	place := len(b.keys)
	b.places[key], b.keys = place, append(b.keys, key)
	return place
}

// at returns a second, emptied if its place in the ring still holds another one.
func (b *book) at(at int64) *second {
	s := &b.ring[((at%Span)+Span)%Span]
	if s.at != at {
		s.at, s.counts = at, s.counts[:0]
	}
	return s
}

func (s *second) tally(place int) *tally {
	if n := len(s.counts); place >= n {
		s.counts = slices.Grow(s.counts, place+1-n)[:place+1]
		clear(s.counts[n:])
	}
	return &s.counts[place]
}

// Seconds returns the seconds in which something was decided, the oldest first, from Span-1 seconds before now, or
// from a Unix second since then, to now. After the clock was set back, what lies ahead of it is left out.
func (m *Meter) Seconds(from int64, now time.Time) []Second {
	seconds, keys := m.copied(max(from, now.Unix()-Span+1), now.Unix())
	out := make([]Second, 0, len(seconds))
	for i := range seconds {
		out = append(out, seconds[i].told(keys))
	}
	return out
}

// copied returns the seconds from one to another, the first first, and the keys by place. Only this much holds up who
// notes something.
func (m *Meter) copied(from, to int64) (seconds []second, keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.book.ring {
		if len(s.counts) > 0 && s.at >= from && s.at <= to {
			seconds = append(seconds, second{s.at, slices.Clone(s.counts)})
		}
	}
	slices.SortFunc(seconds, func(a, b second) int { return cmp.Compare(a.at, b.at) })
	return seconds, m.book.keys // which is only ever added to
}

func (s *second) told(keys []string) Second {
	out := Second{s.at, make(map[string]Count, len(s.counts))}
	for place, t := range s.counts {
		if t != (tally{}) {
			out.Keys[keys[place]] = Count{Admitted: int(t.admitted), Refused: int(t.refused)}
		}
	}
	return out
}
