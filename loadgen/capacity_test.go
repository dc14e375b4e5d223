package loadgen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// queue serves one call after the other, each for the same time, and fails those that would wait longer
// than a second.
func queue(each time.Duration) loadgen.Service {
	var free time.Time
	return func(c loadgen.Call) loadgen.Answer {
		if free.Before(c.At) {
			free = c.At
		}
		if free.Sub(c.At) > time.Second {
			return loadgen.Answer{Failed: true}
		}
		free = free.Add(each)
		return loadgen.Answer{After: free.Sub(c.At)}
	}
}

// TestAClimbEndsWhereTheTargetDoes: the capacity of a server is found within the bracket, and where it is a
// limiter, or nothing, that ends the climb, the capacity is not reached.
func TestAClimbEndsWhereTheTargetDoes(t *testing.T) {
	for _, tt := range []struct {
		name              string
		serve             loadgen.Service
		carries, capacity reports.ClaimVerdict
		why               string
	}{
		{"2000 by the server", queue(500 * time.Microsecond), reports.Proven, reports.Proven, "the capacity is [1950, 2025]"},
		{"800 by the server", queue(1250 * time.Microsecond), reports.Refuted, reports.Proven, "the capacity is [788, 825]"},
		{"100 by the server", queue(10 * time.Millisecond), reports.Refuted, reports.ClaimInconclusive, "below 600"},
		{"300 for each key", zoo.Each(zoo.Bucket(300, 300)), reports.Proven, reports.ClaimInconclusive, "not reached: the limiter"},
		{"250 for each key", zoo.Each(zoo.Bucket(250, 250)), reports.Refuted, reports.ClaimInconclusive, "not reached: the limiter"},
		{"300 shared", zoo.Shared(zoo.Bucket(300, 300)), reports.Refuted, reports.ClaimInconclusive, "not reached: nothing passed, and the limiter"},
		{"everything", zoo.Everything, reports.Proven, reports.ClaimInconclusive, "everything up to 4800"},
	} {
		p := profile(t, "capacity")
		p.Phases[0].Top = 1200
		l := judged(t, p, loadgen.Options{Seed: 2, AllowOverload: true}, clients["near"], tt.serve)
		if got := claim(l, "carries"); got.Verdict != tt.carries {
			t.Errorf("%s: carries is %s (%s), want %s", tt.name, got.Verdict, got.Why, tt.carries)
		}
		if got := claim(l, "capacity"); got.Verdict != tt.capacity || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s: capacity is %s (%s), want %s with %q", tt.name, got.Verdict, got.Why, tt.capacity, tt.why)
		}
	}
}

// spoiled spoils every nth call of those from the first on.
func spoiled(first, nth int, with loadgen.Answer) loadgen.Service {
	n := 0
	return func(loadgen.Call) loadgen.Answer {
		if n++; n >= first && (n-first)%nth == 0 {
			return with
		}
		return loadgen.Answer{After: time.Millisecond}
	}
}

// TestAClimbRefutesOnlyWhatItHasShown: a rate fails when more are lost, or late, than may be; where that is
// not shown either way, nothing is said against the target.
func TestAClimbRefutesOnlyWhatItHasShown(t *testing.T) {
	const never = 1 << 40
	lost, late := loadgen.Answer{Failed: true, After: time.Millisecond}, loadgen.Answer{After: 200 * time.Millisecond}
	for _, tt := range []struct {
		name    string
		serve   loadgen.Service
		carries reports.ClaimVerdict
		why     string
	}{
		{"one call is lost", spoiled(5000, never, lost), reports.Proven, "were carried"},
		{"one in 1,000 is lost", spoiled(1, 1000, lost), reports.ClaimInconclusive, "too few calls to tell"},
		{"one in 250 is lost", spoiled(1, 250, lost), reports.Refuted, "were not served"},
		{"one in 200 is late", spoiled(1, 200, late), reports.Proven, "were carried"},
		{"one in 100 is late", spoiled(1, 100, late), reports.ClaimInconclusive, "took longer than 50ms"},
		{"one in 50 is late", spoiled(1, 50, late), reports.Refuted, "took longer than 50ms"},
	} {
		p := profile(t, "capacity")
		p.Phases[0].Top = 600
		l := judged(t, p, loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], tt.serve)
		got := claim(l, "carries")
		if got.Verdict != tt.carries || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s: carries is %s (%s), want %s with %q", tt.name, got.Verdict, got.Why, tt.carries, tt.why)
		}
		if got.Verdict == reports.Refuted && (got.PError == 0 || got.PError > 0.001) {
			t.Errorf("%s: wrong with p <= %v", tt.name, got.PError)
		}
	}
}

// TestAStepIsPlayedOnWithinTheStatedTime: a rate that tells nothing is played on in the time for playing phases again.
func TestAStepIsPlayedOnWithinTheStatedTime(t *testing.T) {
	p := profile(t, "capacity")
	once := p.Rest + p.Phases[0].Length
	for _, tt := range []struct {
		again  time.Duration
		played int
	}{{0, 1}, {once - 1, 1}, {once, 2}, {2 * once, 3}, {9 * once, 3}} {
		p.Again = tt.again
		l := judged(t, p, loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], spoiled(1, 1000, loadgen.Answer{Failed: true, After: time.Millisecond}))
		if len(l.Phases) != tt.played {
			t.Errorf("with %v the first step is played %d times, want %d", tt.again, len(l.Phases), tt.played)
		}
	}
}
