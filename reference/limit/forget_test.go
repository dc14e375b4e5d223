package limit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// kept counts the buckets that a limiter holds.
func (l *Bucket) kept() (n int) {
	l.keys.Range(func(any, any) bool { n++; return true })
	return n
}

// TestKeysThatRestAreForgotten uses new keys all the time, as a service does whose keys come and go.
func TestKeysThatRestAreForgotten(t *testing.T) {
	l := PerKey(10, 20)
	for i := range 100 * few {
		l.Take(epoch.Add(time.Duration(i)*time.Second), fmt.Sprint("key ", i), 1)
	}
	if n := l.kept(); n > few+1 || int64(n) != l.size.Load() {
		t.Errorf("%d buckets are kept, counted as %d, want at most %d", n, l.size.Load(), few+1)
	}
}

// TestNoKeyIsForgottenThatANewBucketWouldServeOtherwise has a key rest until its bucket is nearly full, full, and
// full beyond doubt, while others look for buckets to forget.
func TestNoKeyIsForgottenThatANewBucketWouldServeOtherwise(t *testing.T) {
	const spent = 20 * time.Second // to fill 20 units at one a second
	for rest, forgotten := range map[time.Duration]bool{0: false, time.Duration(setBack) - 1: false, spent - 1: false, spent: false, spent + 1: true, 100 * spent: true} {
		l := PerKey(1, 20)
		l.Take(epoch, "key", 20)
		for i := range few {
			l.Take(epoch.Add(rest), fmt.Sprint("other ", i), 1)
		}
		if _, there := l.keys.Load("key"); there == forgotten {
			t.Errorf("after %v its bucket is there: %v", rest, there)
		}
		if d := l.Take(epoch.Add(rest), "key", 20); d.OK != (rest >= spent) {
			t.Errorf("after %v a whole burst: %+v", rest, d)
		}
	}
	l := PerKey(1000, 20) // full in 20 ms, but a call may have read the clock before the latest
	l.Take(epoch, "key", 1)
	for i := range few {
		l.Take(epoch.Add(time.Duration(setBack)-1), fmt.Sprint("other ", i), 1)
	}
	if _, there := l.keys.Load("key"); !there {
		t.Error("a bucket is forgotten while calls may be on their way that read the clock before")
	}
}

// TestForgettingAdmitsNoneTwice spends a whole burst from all sides each hour, while the key's bucket, which is full
// again by then, is forgotten.
func TestForgettingAdmitsNoneTwice(t *testing.T) {
	l := PerKey(1, 100)
	for hour := range 300 {
		now := epoch.Add(time.Duration(hour) * time.Hour)
		var admitted atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 40 {
					l.forget(func(b *bucket) bool { return b.full(now.UnixNano(), 1, 100*nano) })
					if l.Take(now, "key", 1).OK {
						admitted.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if n := admitted.Load(); n != 100 {
			t.Fatalf("hour %d: %d calls of a burst of 100 were admitted", hour, n)
		}
	}
}

func TestResetFillsAllBuckets(t *testing.T) {
	for _, l := range []*Bucket{PerKey(1, 3), Shared(1, 3)} {
		for range 2 {
			if d := l.Take(epoch, "key", 3); !d.OK {
				t.Errorf("%+v of a full bucket", d)
			}
			if l.Take(epoch, "key", 1).OK {
				t.Error("a fourth call is admitted")
			}
			l.Reset()
		}
	}
}
