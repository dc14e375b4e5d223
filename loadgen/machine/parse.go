package machine

import (
	"bytes"
	"math"
	"runtime/metrics"
	"strconv"
	"time"
)

// tick is the unit of processor times in /proc: USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// ticks reads a number of ticks.
func ticks(field []byte) (time.Duration, bool) { return number(field, tick) }

func number(field []byte, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseInt(string(field), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// parseOwn reads the processor time of a process from /proc/PID/stat: the 14th and 15th field. The
// second, the name in parentheses, may hold anything.
func parseOwn(stat []byte) counter {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return counter{}
	}
	user, ok := ticks(fields[11])
	system, ok2 := ticks(fields[12])
	return counter{user + system, ok && ok2 && user+system >= 0}
}

// parseMachine reads the first line of /proc/stat: the times of all processors by what they did, of
// which the eighth is stolen. The two behind it are part of the first two.
func parseMachine(stat []byte) (all, stolen counter) {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return counter{}, counter{}
	}
	var sum, last time.Duration
	for _, field := range fields[1:9] {
		d, ok := ticks(field)
		if !ok || sum+d < sum {
			return counter{}, counter{}
		}
		sum, last = sum+d, d
	}
	return counter{sum, true}, counter{last, true}
}

// parsePressure reads "some ... total=N", in microseconds, from /proc/pressure/cpu.
func parsePressure(pressure []byte) counter {
	for line := range bytes.Lines(pressure) {
		fields := bytes.Fields(line)
		if len(fields) < 2 || string(fields[0]) != "some" {
			continue
		}
		total, found := bytes.CutPrefix(fields[len(fields)-1], []byte("total="))
		d, ok := number(total, time.Microsecond)
		return counter{d, found && ok}
	}
	return counter{}
}

// parseCgroup reads the path of the process in the unified hierarchy from /proc/self/cgroup.
func parseCgroup(groups []byte) (path string, ok bool) {
	for line := range bytes.Lines(groups) {
		if path, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("0::/")); ok {
			return "/" + string(path), true
		}
	}
	return "", false
}

// parseThrottled reads throttled_usec from a cgroup's cpu.stat.
func parseThrottled(stat []byte) counter {
	for line := range bytes.Lines(stat) {
		fields := bytes.Fields(line)
		if len(fields) == 2 && string(fields[0]) == "throttled_usec" {
			d, ok := number(fields[1], time.Microsecond)
			return counter{d, ok}
		}
	}
	return counter{}
}

// quantile returns, in milliseconds, the upper edge of the bucket in which the q-quantile of what came
// to a histogram between two readings lies; nil where nothing came.
func quantile(before, after *metrics.Float64Histogram, q float64) *float64 {
	if before == nil || after == nil || len(before.Counts) != len(after.Counts) {
		return nil
	}
	var all uint64
	for i, n := range after.Counts {
		all += n - before.Counts[i]
	}
	want := uint64(math.Ceil(q * float64(all)))
	var sum uint64
	for i, n := range after.Counts {
		if sum += n - before.Counts[i]; sum >= want && sum > 0 {
			edge := after.Buckets[i+1]
			if math.IsInf(edge, 1) {
				edge = after.Buckets[i]
			}
			return new(1000 * edge)
		}
	}
	return nil
}
