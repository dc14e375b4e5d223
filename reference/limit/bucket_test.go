package limit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/reference/limit/limittest"
)

func TestBucketsPassTheKit(t *testing.T) {
	for _, size := range []struct{ rate, burst int }{{300, 300}, {200, 200}, {300, 1}, {7, 3}, {1, 1}, {19, 1000}} {
		t.Run(fmt.Sprintf("per key %d/%d", size.rate, size.burst), func(t *testing.T) {
			limittest.Test(t, size.rate, size.burst, false, func() limit.Limiter { return limit.PerKey(size.rate, size.burst) })
		})
		t.Run(fmt.Sprintf("shared %d/%d", size.rate, size.burst), func(t *testing.T) {
			limittest.Test(t, size.rate, size.burst, true, func() limit.Limiter { return limit.Shared(size.rate, size.burst) })
		})
	}
}

func TestACostAboveTheBurstNeverFits(t *testing.T) {
	d := limit.PerKey(300, 300).Take(limittest.Epoch, "a", 301)
	if d.OK || d.RetryIn >= 0 {
		t.Errorf("301 units of a burst of 300: %+v, want a refusal without a wait that helps", d)
	}
}

func TestParseTakesWhatABucketTakes(t *testing.T) {
	for text, ok := range map[string]bool{
		"off": true, "1": true, "1/1": true, "1000000000": true, "1000000000/1000000000": true,
		"": false, "0": false, "1/0": false, "-1": false, "1/": false, "fast": false, "1.5": false, "1000000001": false, "1/1000000001": false, "9999999999999999999": false,
	} {
		if l, err := limit.Parse(text, limit.PerKey); (err == nil) != ok || (l != nil) != ok {
			t.Errorf("%q: %v, %v; it is to be taken: %v", text, l, err, ok)
		}
	}
}

func TestTakeAllocatesNothing(t *testing.T) {
	l := limit.PerKey(300, 300)
	now := limittest.Epoch
	l.Take(now, "a", 1)
	allocs := testing.AllocsPerRun(1000, func() {
		now = now.Add(time.Millisecond)
		l.Take(now, "a", 1)
	})
	if allocs != 0 {
		t.Errorf("%v allocations a decision, want 0", allocs)
	}
}

func BenchmarkTake(b *testing.B) {
	l := limit.PerKey(300, 300)
	now := limittest.Epoch
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		l.Take(now, "a key tag of sixty-four hexadecimal digits 0123456789abcdef01234", 1)
	}
}
