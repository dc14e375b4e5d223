package loadgen

import (
	"errors"
	"iter"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
)

// A Report is a piece of what one generator of several recorded of an attempt, in the form in which it
// travels: plain data, without a secret. The reports of an attempt are taken in their order.
type Report struct {
	Fates []Fates `cbor:"1,keyasint,omitempty"`
	Books []Book  `cbor:"2,keyasint,omitempty"`
	End   *End    `cbor:"3,keyasint,omitempty"` // in the last one
}

// Fates say what became of the next calls of a lane, as a call log keeps them.
type Fates struct {
	Lane int    `cbor:"1,keyasint"` // its place in the share
	Log  []byte `cbor:"2,keyasint"`
}

// A Book is what was counted of a lane by the end of an attempt.
type Book struct {
	Lane    int     `cbor:"1,keyasint"`
	Counts  []int64 `cbor:"2,keyasint"` // by class
	Missed  int64   `cbor:"3,keyasint"`
	Blocked int64   `cbor:"4,keyasint"`
	Again   int64   `cbor:"5,keyasint,omitempty"` // calls made again after a refusal

	Samples [][]byte `cbor:"6,keyasint,omitempty"` // accepted answers, to be checked after the attempt
}

// End is what a generator says when its share of an attempt is over.
type End struct {
	GivenUp     time.Duration `cbor:"2,keyasint,omitempty"`
	Peak        int           `cbor:"3,keyasint"` // most calls in flight at once
	Connections int64         `cbor:"4,keyasint"` // opened while the calls were due
	Machine     machine.Use   `cbor:"5,keyasint"`
	Skew        time.Duration `cbor:"6,keyasint"` // how late it began by its own clock
	Books       Books         `cbor:"7,keyasint"` // as [Played.Books], of its share
	Sightings   sightings     `cbor:"8,keyasint"` // as [Played.Sightings]
}

// reportSize is about how many bytes a report holds: a quarter of what a message of NATS may.
const reportSize = 256 << 10

// reports returns what was recorded since it was last asked, in pieces of a bounded size: with the last,
// the books.
func (p *Played) reports(end *End) iter.Seq2[Report, error] {
	return func(yield func(Report, error) bool) {
		b := batch{yield: yield}
		for i, lane := range p.share() {
			for _, log := range p.drained(lane.Key, &b.err) {
				b.add(len(log), func(r *Report) { r.Fates = append(r.Fates, Fates{Lane: i, Log: log}) })
			}
		}
		if end != nil {
			for i, lane := range p.share() {
				book := p.book(i, lane.Key)
				b.add(book.size(), func(r *Report) { r.Books = append(r.Books, book) })
			}
			b.add(len(end.Sightings), func(r *Report) { r.End = end })
		}
		b.flush()
	}
}

func (p *Played) drained(key int, failed *error) [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	logs, err := p.tracks[key].log.drain()
	*failed = errors.Join(*failed, err)
	return logs
}

// A batch hands out reports that are full.
type batch struct {
	yield func(Report, error) bool
	next  Report
	size  int
	ended bool
	err   error
}

func (b *batch) add(size int, put func(*Report)) {
	if b.size > 0 && b.size+size > reportSize {
		b.flush()
	}
	put(&b.next)
	b.size += max(size, 1)
}

func (b *batch) flush() {
	if !b.ended && (b.size > 0 || b.err != nil) {
		b.ended = !b.yield(b.next, b.err)
	}
	b.next, b.size = Report{}, 0
}

func (b Book) size() (n int) {
	for _, s := range b.Samples {
		n += len(s)
	}
	return n + 64
}

func (p *Played) book(lane, key int) Book {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &p.tracks[key]
	b := Book{Lane: lane, Counts: append([]int64{}, t.counts[:]...), Missed: t.missed, Blocked: t.blocked}
	if p.Repeated != nil {
		b.Again = p.Repeated[key]
	}
	return b
}
