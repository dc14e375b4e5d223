// Package machine reads what the machine did to this process: how busy its processors were, how long
// work waited for one, what a hypervisor or a cgroup took away, how late the Go scheduler was. The
// figures explain why a load generator fell short; they decide nothing.
package machine

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// A Reading is the state of the machine's counters at one instant. Counters that this system does not
// have are absent.
type Reading struct {
	at        time.Time
	own       counter // processor time of this process
	stolen    counter // processor time that the hypervisor gave to others
	machine   counter // processor time of all processors, whoever had it
	waited    counter // time in which something runnable had no processor
	throttled counter // time in which the cgroup held its processes back
	delays    *metrics.Float64Histogram
	pauses    *metrics.Float64Histogram
}

// A counter is a time that only grows.
type counter struct {
	time.Duration
	known bool
}

// Read reads the counters. It takes some tens of microseconds.
func Read() Reading {
	r := Reading{at: time.Now()}
	r.own = parseOwn(content("/proc/self/stat"))
	r.machine, r.stolen = parseMachine(content("/proc/stat"))
	r.waited = parsePressure(content("/proc/pressure/cpu"))
	if path, ok := parseCgroup(content("/proc/self/cgroup")); ok {
		r.throttled = parseThrottled(content("/sys/fs/cgroup" + path + "/cpu.stat"))
	}
	samples := []metrics.Sample{{Name: "/sched/latencies:seconds"}, {Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(samples)
	r.delays, r.pauses = histogram(samples[0]), histogram(samples[1])
	return r
}

// content returns a file's bytes; none where it cannot be read.
func content(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return data
}

func histogram(s metrics.Sample) *metrics.Float64Histogram {
	if s.Value.Kind() != metrics.KindFloat64Histogram {
		return nil
	}
	return s.Value.Float64Histogram()
}

// Use is what happened between two readings. What the system does not tell is nil.
type Use struct {
	Cores     int      // processors that the Go scheduler may use
	CPU       *float64 // processors' worth of time that this process had
	Waited    *float64 // share of the time in which something on the machine waited for a processor (PSI)
	Stolen    *float64 // share of the processors' time that the hypervisor gave to others
	Throttled *float64 // milliseconds in which the cgroup held its processes back
	Delay     *float64 // milliseconds: 99th percentile of how long a ready goroutine waited; an upper bound
	Pause     *float64 // milliseconds: longest pause for the garbage collector; an upper bound
}

// Since returns what happened since an earlier reading.
func (r Reading) Since(before Reading) Use {
	took := r.at.Sub(before.at)
	u := Use{Cores: runtime.GOMAXPROCS(0), CPU: share(before.own, r.own, took), Waited: share(before.waited, r.waited, took)}
	if before.machine.known && r.machine.known {
		u.Stolen = share(before.stolen, r.stolen, r.machine.Duration-before.machine.Duration)
	}
	if u.Throttled = share(before.throttled, r.throttled, time.Millisecond); u.Throttled != nil && *u.Throttled < 0 {
		u.Throttled = nil
	}
	u.Delay = quantile(before.delays, r.delays, 0.99)
	u.Pause = quantile(before.pauses, r.pauses, 1)
	return u
}

// share returns how much a counter grew, in parts of whole; nil where that is not known.
func share(before, after counter, whole time.Duration) *float64 {
	grew := after.Duration - before.Duration
	if !before.known || !after.known || whole <= 0 || grew < 0 {
		return nil
	}
	return new(float64(grew) / float64(whole))
}

// Resident returns the bytes of memory that this process holds; zero where that is not known.
func Resident() int64 {
	fields := strings.Fields(string(content("/proc/self/statm")))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
