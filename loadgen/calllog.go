package loadgen

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// resolution is how exactly a call log keeps instants: they are rounded down to it, counted from when
// the call was due. At 300 calls a second it is a thousandth of the time between two.
const resolution = 4 * time.Microsecond

// fateMissed and fateBlocked stand beside the classes in a call log: the call was not sent, by the
// generator's own doing or because the target owed too many answers. fateOpen: nothing is known.
const (
	fateMissed = iota + uint8(classes)
	fateBlocked
	fateOpen
)

// The marks are written before a call that was sent: markHeld before one that the target held up;
// markTold where the server begins to say what it needed, and again where it ceases to.
const (
	markHeld = iota + fateOpen + 1
	markTold
)

// A fate is what became of one planned call, in units of resolution.
type fate struct {
	what   uint8 // a Class, or one of the fates above
	held   bool  // sent, and not when it was due because the target owed too many answers
	told   bool  // sent, and the server said what it needed
	late   uint64
	travel int64 // from leaving to the answer; of a call that was sent
	server int64 // what the server says it needed, as a step of [step]
}

// sent reports whether the call left.
func (f fate) sent() bool { return f.what < uint8(classes) }

// lateness is how long after it was due the call left, or was given up.
func (f fate) lateness() time.Duration { return time.Duration(f.late) * resolution }

// way is how long the call took from leaving to the answer.
func (f fate) way() time.Duration { return time.Duration(f.travel) * resolution }

// own is what the server says it needed.
func (f fate) own() time.Duration { return lengthOf(f.server) }

// beside is how long the call took besides, in units of resolution.
func (f fate) beside() int64 { return f.travel - int64(f.own()/resolution) }

// stepsAnOctave is in how many steps what a server says it needed doubles: it is known to 4 %.
const stepsAnOctave = 16

// step returns the step in which a length lies; microseconds below two octaves of steps.
func step(d time.Duration) int64 {
	micros := max(d.Microseconds(), 0)
	octave := max(0, bits.Len64(uint64(micros))-bits.Len64(stepsAnOctave))
	return int64(octave*stepsAnOctave) + micros>>octave
}

// lengthOf returns the middle of a step.
func lengthOf(step int64) time.Duration {
	octave := max(0, step/stepsAnOctave-1)
	micros := (step-octave*stepsAnOctave)<<octave + 1<<octave>>1
	return time.Duration(micros) * time.Microsecond
}

// A callLog keeps the fate of every planned call of a key in the order in which they are due. When
// they are due is known from the plan, so a fate is
//
//	varint: late<<4 | what
//	varint: travel less that of the call before, in zigzag form; of calls that were sent
//
// which takes four bytes, or less, while calls leave within 4 ms of being due and their travel changes by
// less than 32 ms from one to the next. Where the server says what it needed, that comes along:
//
//	varint: in the place of travel, the difference of travel beside what the server needed, in zigzag form,
//	        times farApart+1, and that of the server's steps, likewise, or farApart
//	varint: of the server's, in zigzag form; where it is farApart
//
// That takes four bytes, or less, while the former changes by less than 0.3 ms and the server does not need
// seven times as long as for the call before. Calls that are answered out of order wait until those before them are.
type callLog struct {
	spool   *spool // nil: everything stays in memory
	full    []chunk
	tail    []byte
	last    fate // that was sent and written
	first   int  // number of the first of waiting
	waiting ring
	bytes   int64
}

// longestFate bounds a fate's bytes, with its marks.
const longestFate = 3*binary.MaxVarintLen64 + 2

// farApart stands for how the server's time differs where that is written by itself. Two bytes then hold up
// to 85 units of resolution either way beside 47 steps of the server's.
const farApart = 95

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// note keeps the fate of the call with the given number in its stream.
func (l *callLog) note(number int, f fate) {
	l.waiting.set(number-l.first, f)
	for l.waiting.len > 0 && l.waiting.at(0).what != fateOpen {
		l.write(l.waiting.shift())
		l.first++
	}
}

func (l *callLog) write(f fate) {
	if cap(l.tail)-len(l.tail) < longestFate {
		l.turn()
	}
	before := len(l.tail)
	if f.sent() {
		l.tail = f.after(l.last, l.tail)
		l.last = f
	} else {
		l.tail = f.head(l.tail)
	}
	l.bytes += int64(len(l.tail) - before)
}

// head appends what every fate has.
func (f fate) head(to []byte) []byte { return binary.AppendUvarint(to, f.late<<4|uint64(f.what)) }

// after appends a call that was sent as its difference from the one before.
func (f fate) after(last fate, to []byte) []byte {
	if f.told != last.told {
		to = append(to, markTold)
	}
	if f.held {
		to = append(to, markHeld)
	}
	to = f.head(to)
	if !f.told {
		return binary.AppendVarint(to, f.travel-last.travel)
	}
	server := zigzag(f.server - last.server)
	to = binary.AppendUvarint(to, zigzag(f.beside()-last.beside())*(farApart+1)+min(server, farApart))
	if server >= farApart {
		to = binary.AppendUvarint(to, server)
	}
	return to
}

// seal writes what still waits: nothing that it waits for comes any more.
func (l *callLog) seal() {
	for l.waiting.len > 0 {
		l.write(l.waiting.shift())
		l.first++
	}
}

// turn hands a full tail to the spool.
func (l *callLog) turn() {
	if l.spool == nil {
		l.spool = &spool{}
	}
	if len(l.tail) == 0 {
		l.tail = make([]byte, 0, chunkSize)
		return
	}
	kept, next := l.spool.put(l.tail)
	l.full, l.tail = append(l.full, kept), next
}

// A ring is a queue of fates. It grows to the most that ever waited.
type ring struct {
	items []fate // its length is a power of two, or zero
	head  int
	len   int
}

func (r *ring) at(i int) *fate { return &r.items[(r.head+i)&(len(r.items)-1)] }

// set puts a fate at a place, and open ones before it where there were none.
func (r *ring) set(i int, f fate) {
	for r.len <= i {
		if r.len == len(r.items) {
			r.grow()
		}
		r.len++
		*r.at(r.len - 1) = fate{what: fateOpen}
	}
	*r.at(i) = f
}

func (r *ring) grow() {
	wider := make([]fate, max(16, 2*len(r.items)))
	for i := range r.len {
		wider[i] = *r.at(i)
	}
	r.items, r.head = wider, 0
}

func (r *ring) shift() fate {
	f := *r.at(0)
	r.head++
	r.len--
	return f
}
