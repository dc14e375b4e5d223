package loadgen

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Books are what a sender counts of an attempt on its own, apart from the record of its calls: who loses calls,
// or notes them with times that they did not take, is found out by them.
type Books struct {
	Kept bool  `cbor:"1,keyasint" json:",omitempty"` // false: there are none
	Left int64 `cbor:"2,keyasint"`                   // calls that left
	Back int64 `cbor:"3,keyasint"`                   // of those, that turned out not to have been sent, and were noted as missed
	Open int64 `cbor:"4,keyasint"`                   // of those, that were in flight at the end
}

// problem says where the books and the calls that are noted do not agree; empty where they do.
func (b Books) problem(noted int64) string {
	switch {
	case !b.Kept:
		return "the sender kept no books"
	case b.Left-b.Back-b.Open != noted:
		return fmt.Sprintf("the books do not balance: %d calls left, %d came back unsent and %d are in flight, but %d are noted", b.Left, b.Back, b.Open, noted)
	}
	return ""
}

// audit holds the record of an attempt against what was counted and seen of it besides: by its sender, or by each
// worker of its part, and by the target where it tells. What was sent in real time does not count without its sender's.
func (p *Played) audit() (problems []string) {
	if len(p.Parts) == 0 {
		return append(p.audited(p.Books, p.Sightings, p.tally().sent, p.Phase.lanes()), p.compared()...)
	}
	for _, w := range p.Parts {
		for _, problem := range p.audited(w.Books, w.Sightings, w.Sent, w.Lanes) {
			problems = append(problems, fmt.Sprintf("worker %s: %s", w.Worker, problem))
		}
	}
	slices.Sort(problems)
	return append(problems, p.compared()...)
}

func (p *Played) audited(b Books, s sightings, noted int64, lanes []Lane) (problems []string) {
	found := func(problem string) {
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	if b.Kept || p.RealTime {
		found(b.problem(noted))
	}
	if len(s) > 0 || p.RealTime {
		found(p.little(s, noted, lanes))
	}
	return problems
}

// sentBooks are books under way.
type sentBooks struct{ left, back, inFlight atomic.Int64 }

// leave and end stand next to where a call gets its times, so that what is in flight is what the record says.
func (b *sentBooks) leave() {
	b.inFlight.Add(1)
	b.left.Add(1)
}

func (b *sentBooks) end(c Class) {
	b.inFlight.Add(-1)
	if c == unsent {
		b.back.Add(1)
	}
}

func (b *sentBooks) close() Books {
	return Books{true, b.left.Load(), b.back.Load(), b.inFlight.Load()}
}

const (
	lookEvery  = 5*time.Millisecond + odd // between two looks at the calls in flight, at least, and
	mostLooks  = 2000                     // so many at an attempt
	lookWithin = 100 * time.Microsecond

	odd = 31_417 * time.Nanosecond // keeps looks out of step with calls that are due at even distances
)

// watch looks at the calls in flight while an attempt lasts. The function that it returns ends that and returns
// what was seen.
func (b *sentBooks) watch(began time.Time, length time.Duration) func() sightings {
	var seen sightings
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(max(lookEvery, length/mostLooks+odd))
		defer ticker.Stop()
		last := time.Duration(0)
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			before := time.Since(began)
			n := b.inFlight.Load()
			if time.Since(began)-before > lookWithin || before > length {
				continue // when that was is not known, or nothing is due any more
			}
			seen = seen.add(before-last, n)
			last = before.Truncate(time.Microsecond)
		}
	}()
	return func() sightings {
		close(stop)
		<-stopped
		return seen
	}
}

// sightings are how many calls were in flight at some instants: for each, as varints, the microseconds since the
// one before and the number.
type sightings []byte

func (s sightings) add(later time.Duration, n int64) sightings {
	return binary.AppendUvarint(binary.AppendUvarint(s, uint64(max(later, 0).Microseconds())), uint64(max(n, 0)))
}

// read returns the instants, in microseconds, and how many calls were seen in all.
func (s sightings) read() (at []uint32, calls int64) {
	now := uint64(0)
	for len(s) > 0 {
		later, n := binary.Uvarint(s)
		seen, m := binary.Uvarint(s[max(n, 0):])
		if n <= 0 || m <= 0 {
			break // not what was written
		}
		now += later
		at, calls, s = append(at, uint32(now)), calls+int64(seen), s[n+m:]
	}
	return at, calls
}

// By Little's law the calls in flight are, on the mean, their rate times the time that each takes. That mean is
// taken here at the instants of the looks, so that no chance is in it and no machine too busy: at each of them the
// record says which calls were in flight.
const (
	littleLeast  = 400                   // calls that must have been seen or noted in flight, over all looks, for the law to say something
	littleWithin = 0.05                  // share by which they may differ, and
	littleApart  = 10 * time.Microsecond // time by which a call's own times and its place in the books may lie apart
)

// little says where the calls seen in flight are not those that the record says of some lanes, of which so many were
// sent; empty where they are.
func (p *Played) little(s sightings, sent int64, lanes []Lane) string {
	at, saw := s.read()
	if len(at) == 0 {
		return "nobody looked at the calls in flight"
	}
	noted := int64(0)
	for _, l := range lanes {
		noted += p.seen(l, at)
	}
	most := float64(max(saw, noted))
	apart := float64(sent) / p.Phase.Length.Seconds() * littleApart.Seconds() * float64(len(at))
	if most < littleLeast || float64(max(saw-noted, noted-saw)) <= littleWithin*most+apart {
		return ""
	}
	return fmt.Sprintf("by Little's law %.3g calls were in flight on the mean, %.3g were seen at %d looks: they may differ by %.0f %%",
		float64(noted)/float64(len(at)), float64(saw)/float64(len(at)), len(at), 100*littleWithin)
}

// seen returns how many calls of a lane a look at each of some instants, in microseconds, would see, by the record.
func (p *Played) seen(l Lane, at []uint32) (n int64) {
	number := 0
	for r := range p.tracks[l.Key].replay() {
		if r.sent() && number%l.of() == l.Stripe {
			from, _ := slices.BinarySearch(at, micros(r.send))
			to, _ := slices.BinarySearch(at, micros(r.done))
			n += int64(to - from)
		}
		number++
	}
	return n
}
