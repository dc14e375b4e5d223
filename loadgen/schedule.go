package loadgen

import (
	"math/rand/v2"
	"time"
)

// A slot is one call that is due.
type slot struct {
	key int
	due time.Duration // since the start of the phase

	held bool // it could not leave when it was due, because the target owed too many answers
}

// A stream is the due times of one key in one phase.
type stream struct {
	key    int
	n      int // calls left
	next   int // number of the next call
	offset float64
	jitter *rand.Rand // nil: the calls are evenly spaced
	rate   float64
	due    time.Duration // of the next call
}

// advance works out when the stream's next call is due: within the interval that is its own.
func (s *stream) advance() {
	within := s.offset
	if s.jitter != nil {
		within = (s.offset + s.jitter.Float64()) / 2
	}
	s.due = time.Duration((float64(s.next) + within) / s.rate * float64(time.Second))
	s.next++
}

// A schedule merges the streams of all keys of a phase by due time.
type schedule struct {
	streams []stream
}

// newSchedule returns the calls of ph.
//
// Where every call may be accepted (Conform), each key's calls are evenly spaced and the keys take
// turns, so that the sender asks for the smallest bucket. Everywhere else a key's calls are moved
// within half of their interval: keys in lock step would win or lose against each other for ever,
// and a key that is short by itself would look like keys that share. The moves depend on the seed
// and the key alone, so that a key has the same stream in every phase of the same rate.
func newSchedule(ph Phase, seed uint64) *schedule {
	s := &schedule{}
	for key := range ph.Keys {
		one := ph.of(key)
		st := stream{key: key, n: one.planned(), rate: one.Rate, offset: float64(key) / float64(ph.Keys)}
		if ph.Role != Conform {
			st.jitter = rand.New(rand.NewPCG(seed, uint64(key)))
			st.offset = st.jitter.Float64()
		}
		st.advance()
		s.streams = append(s.streams, st)
	}
	return s
}

// take removes the call that is due first and returns it; ok is false when none is left.
func (s *schedule) take() (next slot, ok bool) {
	best := -1
	for i := range s.streams {
		if st := &s.streams[i]; st.n > 0 && (best < 0 || st.due < next.due) {
			best, next = i, slot{key: st.key, due: st.due}
		}
	}
	if best < 0 {
		return slot{}, false
	}
	s.streams[best].n--
	s.streams[best].advance()
	return next, true
}
