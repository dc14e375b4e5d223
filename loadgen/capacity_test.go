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
