package limit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// nano is the number of parts that a unit is counted in. A rate of r units a second is then exactly
// r parts a nanosecond, so refilling is whole-number arithmetic and RetryIn is exact.
const nano = int64(time.Second)

// setBack tells a clock that was set back from calls that overtook each other after they had read
// it. The former starts anew from the earlier instant, or everybody would be locked out until the
// old one; the latter must not refill the same stretch twice.
const setBack = int64(10 * time.Second)

// bucket is a token bucket, full at first.
type bucket struct {
	mu    sync.Mutex
	began bool
	gone  bool  // out of use: a call that still holds it looks for the key's bucket again
	last  int64 // Unix nanoseconds of the latest now
	level int64 // parts
}

// take spends cost units at now, with capacity and rate given by the limiter that owns the bucket. False: the
// bucket is out of use.
func (b *bucket) take(now, rate, burst int64, cost int) (Decision, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return Decision{}, false
	}
	full := burst * nano
	b.refill(now, rate, full)
	want := int64(cost) * nano
	if want <= b.level {
		b.level -= want
		return Decision{OK: true, Remaining: int(b.level / nano)}, true
	}
	d := Decision{Remaining: int(b.level / nano), RetryIn: -1}
	if want <= full && rate > 0 {
		d.RetryIn = time.Duration((want - b.level + rate - 1) / rate)
	}
	return d, true
}

// retire takes the bucket out of use if it is one of those that which names, and reports whether it did.
func (b *bucket) retire(which func(*bucket) bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = which(b)
	return b.gone
}

// full reports whether a new bucket would decide the same from now on: this one is full again, and no call is on its
// way that read the clock before the latest.
func (b *bucket) full(now, rate, full int64) bool {
	elapsed := now - b.last
	return b.began && elapsed >= setBack && elapsed > (full-b.level)/rate
}

// restart makes the bucket as it was at first.
func (b *bucket) restart() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began = false
}

func (b *bucket) refill(now, rate, full int64) {
	if !b.began {
		b.began, b.last, b.level = true, now, full
		return
	}
	elapsed := now - b.last
	if elapsed <= 0 {
		if -elapsed >= setBack {
			b.last = now
		}
		return
	}
	b.last = now
	// The comparison comes first: elapsed*rate overflows after some months at high rates.
	if rate > 0 && elapsed > (full-b.level)/rate {
		b.level = full
		return
	}
	b.level += elapsed * rate
}

// A Bucket is a token bucket limiter: rate units a second, up to burst at once, full at first. One
// bucket serves each key, or a single one serves all.
type Bucket struct {
	rate, burst int64
	shared      *bucket  // nil: one for each key
	keys        sync.Map // key string to *bucket

	size     atomic.Int64 // of keys
	most     atomic.Int64 // of size, above which those that do nothing are looked for
	sweeping sync.Mutex
}

// few is how many keys are kept without a look at what they do.
const few = 1024

var _ Limiter = (*Bucket)(nil)

// PerKey returns a limiter that gives each key a bucket of its own. It panics unless rate and burst
// are within 1 and Most.
func PerKey(rate, burst int) *Bucket {
	l := &Bucket{rate: positive("rate", rate), burst: positive("burst", burst)}
	l.most.Store(few)
	return l
}

// Shared returns a limiter whose one bucket serves all keys. It panics unless rate and burst are
// within 1 and Most.
func Shared(rate, burst int) *Bucket {
	l := PerKey(rate, burst)
	l.shared = &bucket{}
	return l
}

// Most bounds rate and burst: beyond it the parts of a unit would not fit an int64.
const Most = 1_000_000_000

func positive(name string, n int) int64 {
	if n <= 0 || n > Most {
		panic(fmt.Sprintf("limit: %s %d is not within 1 and %d", name, n, Most))
	}
	return int64(n)
}

// Take implements [Limiter]. RetryIn is -1 for a cost above the burst: no wait is enough.
func (l *Bucket) Take(now time.Time, key string, cost int) Decision {
	at := now.UnixNano()
	for {
		if d, ok := l.bucket(key, at).take(at, l.rate, l.burst, cost); ok {
			return d
		}
	}
}

func (l *Bucket) bucket(key string, now int64) *bucket {
	if l.shared != nil {
		return l.shared
	}
	if b, ok := l.keys.Load(key); ok {
		return b.(*bucket)
	}
	b, known := l.keys.LoadOrStore(key, &bucket{})
	if !known && l.size.Add(1) > l.most.Load() && l.sweeping.TryLock() {
		defer l.sweeping.Unlock()
		l.forget(func(b *bucket) bool { return b.full(now, l.rate, l.burst*nano) })
		l.most.Store(max(few, 2*l.size.Load()))
	}
	return b.(*bucket)
}

// forget takes buckets out of use, so that the next call of their keys gets new ones. It looks at all of them, and
// is called for as many new keys as it left before.
func (l *Bucket) forget(which func(*bucket) bool) {
	l.keys.Range(func(key, value any) bool {
		if b := value.(*bucket); b.retire(which) && l.keys.CompareAndDelete(key, b) {
			l.size.Add(-1)
		}
		return true
	})
}

// Reset fills the buckets again, as at first.
func (l *Bucket) Reset() {
	l.forget(func(*bucket) bool { return true })
	if l.shared != nil {
		l.shared.restart()
	}
}

// String describes the limiter as the command line takes it: RATE/BURST.
func (l *Bucket) String() string { return fmt.Sprintf("%d/%d", l.rate, l.burst) }
