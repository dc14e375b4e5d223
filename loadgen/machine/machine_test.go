package machine

import (
	"math"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

func TestCountersAreRead(t *testing.T) {
	known := func(d time.Duration) counter { return counter{d, true} }
	all, stolen := parseMachine([]byte("cpu  100 2 3 400 5 0 6 7 50 0\ncpu0 1 2\n"))
	path, ok := parseCgroup([]byte("9:name=systemd:/\n0::/user.slice/a b\n"))
	if path != "/user.slice/a b" || !ok {
		t.Errorf("cgroup %q %v", path, ok)
	}
	for name, tt := range map[string]struct{ got, want counter }{
		"own":                {parseOwn([]byte("42 (a) b (c) R 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20")), known(3 * time.Second)},
		"own, cut off":       {parseOwn([]byte("42 (a) R 1 2")), counter{}},
		"own, no number":     {parseOwn([]byte("42 (a) R 1 2 3 4 5 6 7 8 9 10 x 50 0")), counter{}},
		"all":                {all, known(5230 * time.Millisecond)},
		"stolen":             {stolen, known(70 * time.Millisecond)},
		"pressure":           {parsePressure([]byte("some avg10=0.00 avg60=1.00 avg300=0.00 total=1500\nfull avg10=0 total=9\n")), known(1500 * time.Microsecond)},
		"pressure, old":      {parsePressure([]byte("full avg10=0 total=9\n")), counter{}},
		"throttled":          {parseThrottled([]byte("usage_usec 5\nthrottled_usec 25\n")), known(25 * time.Microsecond)},
		"throttled, no file": {parseThrottled(nil), counter{}},
	} {
		if tt.got.known != tt.want.known || tt.want.known && tt.got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt.want)
		}
	}
}

func TestUseIsWhatHappenedBetweenTwoReadings(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	h := func(counts ...uint64) *metrics.Float64Histogram {
		return &metrics.Float64Histogram{Counts: counts, Buckets: []float64{0, 0.001, 0.002, math.Inf(1)}}
	}
	before := Reading{at: at, own: counter{time.Second, true}, machine: counter{10 * time.Second, true}, stolen: counter{0, true},
		waited: counter{time.Second, true}, delays: h(5, 0, 0), pauses: h(0, 0, 0)}
	after := Reading{at: at.Add(4 * time.Second), own: counter{7 * time.Second, true}, machine: counter{18 * time.Second, true}, stolen: counter{2 * time.Second, true},
		waited: counter{2 * time.Second, true}, delays: h(5, 98, 2), pauses: h(0, 0, 0)}
	u := after.Since(before)
	for name, tt := range map[string]struct {
		got  *float64
		want float64
	}{"CPU": {u.CPU, 1.5}, "waited": {u.Waited, 0.25}, "stolen": {u.Stolen, 0.25}, "delay": {u.Delay, 2}} {
		if tt.got == nil || math.Abs(*tt.got-tt.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	if u.Throttled != nil || u.Pause != nil {
		t.Errorf("throttled %v, pause %v: nothing is known of them", u.Throttled, u.Pause)
	}
}

func TestThisMachineIsRead(t *testing.T) {
	before := Read()
	runtime.GC()
	u := Read().Since(before)
	if u.Cores < 1 || u.Delay == nil || u.Pause == nil {
		t.Errorf("%+v: the Go runtime tells of cores, delays and pauses everywhere", u)
	}
	if runtime.GOOS == "linux" && (u.CPU == nil || *u.CPU < 0 || u.Stolen != nil && *u.Stolen > 1) {
		t.Errorf("own CPU %v, stolen %v", u.CPU, u.Stolen)
	}
}

func FuzzReadersTakeAnything(f *testing.F) {
	for _, seed := range []string{"cpu  1 2 3 4 5 6 7 8 9 10\n", "some avg10=0.00 total=15\n", "0::/a\n", "throttled_usec 1\n", "1 (a) R 1 2 3 4 5 6 7 8 9 10 11 12 13",
		"cpu 9223372036854775807 9223372036854775807 1 1 1 1 1 1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, stolen := parseMachine(data)
		_, _ = parseCgroup(data)
		for _, c := range []counter{all, stolen, parseOwn(data), parsePressure(data), parseThrottled(data)} {
			if c.known && c.Duration < 0 {
				t.Errorf("a time below zero from %q", data)
			}
		}
		if all.known && stolen.Duration > all.Duration {
			t.Errorf("more stolen than there is in %q", data)
		}
	})
}
