package loadgen

import (
	"math/rand/v2"
	"time"
)

// A slot is one call that is due.
type slot struct {
	key int
	due time.Duration // since the start of the phase
}

// A stream is the due times of one key in one phase.
type stream struct {
	key   int
	n     int // calls left
	next  int // number of the next call
	phase float64
	rate  float64
}

// due returns the due time of the stream's next call.
func (s *stream) due() time.Duration {
	return time.Duration((float64(s.next) + s.phase) / s.rate * float64(time.Second))
}

// A schedule merges the streams of all keys of a phase by due time.
type schedule struct {
	streams []stream
}

// newSchedule returns the calls of ph. A key's offset within its interval depends on the seed and
// the key alone, so that a key has the same stream in every phase of the same rate.
func newSchedule(ph Phase, seed uint64) *schedule {
	s := &schedule{}
	for key := range ph.Keys {
		offset := rand.New(rand.NewPCG(seed, uint64(key))).Float64()
		s.streams = append(s.streams, stream{key: key, n: ph.planned(), phase: offset, rate: ph.Rate})
	}
	return s
}

// take removes the call that is due first and returns it; ok is false when none is left.
func (s *schedule) take() (next slot, ok bool) {
	best := -1
	for i := range s.streams {
		st := &s.streams[i]
		if st.n == 0 {
			continue
		}
		if due := st.due(); best < 0 || due < next.due {
			best, next = i, slot{key: st.key, due: due}
		}
	}
	if best < 0 {
		return slot{}, false
	}
	s.streams[best].n--
	s.streams[best].next++
	return next, true
}
