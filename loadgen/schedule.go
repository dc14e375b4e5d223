package loadgen

import (
	"math"
	"math/rand/v2"
	"time"
)

// A slot is one call that is due.
type slot struct {
	key    int
	number int           // in the key's stream, from zero
	due    time.Duration // since the start of the phase

	held bool // it could not leave when it was due, because the target owed too many answers, or gave it no connection
}

// A stream is the due times of one key in one phase, in order.
type stream struct {
	key  int
	left int // calls, the next one included
	next int // its number
	due  time.Duration
	law  law

	every int // of its calls, so many on, one is taken
}

// pass leaves out n calls; it reports whether one is left after them.
func (s *stream) pass(n int) bool {
	if s.left <= n {
		return false
	}
	s.left -= n
	s.next += n
	for range n {
		s.due = s.law.next()
	}
	return true
}

// A law gives the due times of a key's calls, one after the other.
type law interface{ next() time.Duration }

// A schedule merges the streams of all keys of a phase by due time; of calls that are due at once, the
// one of the first key comes first.
type schedule struct {
	heap []stream // each is due no later than the two below it
}

// newSchedule returns the calls of ph. What is random about them depends on the seed and the key
// alone, so that a key has the same stream in every phase of the same course.
func newSchedule(ph Phase, seed uint64) *schedule { return scheduleOf(ph, seed, ph.lanes()) }

// scheduleOf returns the calls of some lanes of ph: they are due as they are among all.
func scheduleOf(ph Phase, seed uint64, lanes []Lane) *schedule {
	s := &schedule{}
	for _, lane := range lanes {
		one := ph.of(lane.Key)
		st := stream{key: lane.Key, left: one.planned(), law: one.law(lane.Key, seed), every: lane.of()}
		if st.left > 0 {
			st.due = st.law.next()
			if st.pass(lane.Stripe) {
				s.heap = append(s.heap, st)
			}
		}
	}
	for at := len(s.heap) / 2; at >= 0; at-- {
		s.sink(at)
	}
	return s
}

// before reports whether the next call of s comes before that of o.
func (s *stream) before(o *stream) bool { return s.due < o.due || s.due == o.due && s.key < o.key }

// take removes the call that is due first and returns it; ok is false when none is left.
func (s *schedule) take() (next slot, ok bool) {
	if len(s.heap) == 0 {
		return slot{}, false
	}
	first := &s.heap[0]
	next = slot{key: first.key, number: first.next, due: first.due}
	if !first.pass(first.every) {
		last := len(s.heap) - 1
		s.heap[0] = s.heap[last]
		s.heap = s.heap[:last]
	}
	s.sink(0)
	return next, true
}

// sink moves the stream at a place down to where it belongs.
func (s *schedule) sink(at int) {
	for {
		least := at
		for child := 2*at + 1; child <= 2*at+2 && child < len(s.heap); child++ {
			if s.heap[child].before(&s.heap[least]) {
				least = child
			}
		}
		if least == at {
			return
		}
		s.heap[at], s.heap[least] = s.heap[least], s.heap[at]
		at = least
	}
}

// law returns the due times of a key.
func (ph Phase) law(key int, seed uint64) law {
	random := rand.New(rand.NewPCG(seed, uint64(key)))
	spacing := ph.Spacing
	if spacing == "" && ph.Role != Conform {
		spacing = Moved
	}
	switch spacing {
	case Poisson:
		return &poisson{random: random, left: ph.planned(), gap: ph.Gap.Seconds(), room: ph.Length.Seconds() - float64(ph.planned())*ph.Gap.Seconds()}
	case Phased:
		return &course{stretches: ph.stretches(), offset: random.Float64()}
	case Moved:
		return &course{stretches: ph.stretches(), offset: random.Float64(), moved: random}
	}
	return &course{stretches: ph.stretches(), offset: float64(key) / float64(ph.Keys)}
}

// A course has one call in each interval in which one more is due: at the same point of all
// intervals, or moved at random within half of it.
type course struct {
	stretches []Stretch
	offset    float64    // in intervals, below one
	moved     *rand.Rand // nil: all at the offset

	number float64 // of the next call
	before float64 // calls due before the first of stretches
	start  float64 // of the first of stretches, in seconds
}

func (c *course) next() time.Duration {
	at := c.number + c.offset
	if c.moved != nil {
		at = c.number + (c.offset+c.moved.Float64())/2
	}
	c.number++
	for len(c.stretches) > 1 && at >= c.before+c.stretches[0].calls() {
		c.before += c.stretches[0].calls()
		c.start += c.stretches[0].Length.Seconds()
		c.stretches = c.stretches[1:]
	}
	return seconds(c.start + c.stretches[0].after(at-c.before))
}

// A poisson has calls that are independent of each other but for the gap that follows each, and as
// many as are planned: given their number, the calls of a Poisson stream are spread like that many
// points thrown at random, here into what the gaps leave free. The points come in order: of n that are
// left, the first lies beyond a share x of the room that is left with probability (1-x)^n.
type poisson struct {
	random *rand.Rand
	left   int     // calls, the next one included
	gap    float64 // seconds
	room   float64 // seconds that are left free
	at     float64 // seconds
}

func (p *poisson) next() time.Duration {
	share := 1 - math.Pow(p.random.Float64(), 1/float64(p.left))
	p.left--
	step := share * p.room
	p.room -= step
	due := p.at + step
	p.at = due + p.gap
	return seconds(due)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
