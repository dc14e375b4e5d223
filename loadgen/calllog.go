package loadgen

import (
	"encoding/binary"
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

// A fate is what became of one planned call, in units of resolution.
type fate struct {
	what   uint8 // a Class, or one of the fates above
	late   uint64
	travel int64 // from leaving to the answer; of a call that was sent
}

// sent reports whether the call left.
func (f fate) sent() bool { return f.what < uint8(classes) }

// A callLog keeps the fate of every planned call of a key in the order in which they are due. When
// they are due is known from the plan, so a fate is
//
//	varint: late<<4 | what
//	varint: travel less that of the call before, in zigzag form; of calls that were sent
//
// which takes four bytes, or less, while calls leave within 4 ms of being due and their travel changes
// by less than 32 ms from one to the next. Calls that are answered out of order wait until those
// before them are.
type callLog struct {
	spool   *spool // nil: everything stays in memory
	full    []chunk
	tail    []byte
	travel  int64 // of the last call written
	first   int   // number of the first of waiting
	waiting ring
	bytes   int64
}

// longestFate bounds a fate's bytes.
const longestFate = 2 * binary.MaxVarintLen64

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
	l.tail = binary.AppendUvarint(l.tail, f.late<<4|uint64(f.what))
	if f.sent() {
		l.tail = binary.AppendVarint(l.tail, f.travel-l.travel)
		l.travel = f.travel
	}
	l.bytes += int64(len(l.tail) - before)
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

// fates returns the fates of all calls in the order in which they are due. Of calls whose answer never
// came to the log the fate is open. The error of yield's caller ends it.
func (l *callLog) fates(yield func(fate) bool) error {
	r := fateReader{yield: yield}
	buf := make([]byte, chunkSize)
	for _, c := range l.full {
		data, err := l.spool.get(c, buf)
		if err != nil {
			return err
		}
		if !r.read(data) {
			return nil
		}
	}
	if !r.read(l.tail) {
		return nil
	}
	for i := range l.waiting.len {
		if !yield(*l.waiting.at(i)) {
			return nil
		}
	}
	return nil
}

// A fateReader decodes the chunks of a log in their order.
type fateReader struct {
	travel int64
	yield  func(fate) bool
}

// read reports whether more is wanted. It panics on bytes that a callLog did not write.
func (r *fateReader) read(data []byte) bool {
	for len(data) > 0 {
		head, n := binary.Uvarint(data)
		f := fate{what: uint8(head & 15), late: head >> 4}
		data = data[n:]
		if f.sent() {
			change, m := binary.Varint(data)
			data = data[m:]
			r.travel += change
			f.travel = r.travel
		}
		if !r.yield(f) {
			return false
		}
	}
	return true
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
