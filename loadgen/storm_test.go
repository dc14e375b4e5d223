package loadgen_test

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestAStormShowsWhoChargesRefusedCalls: a bucket serves its rate however clients call again, and everything
// afterwards; one that charges refused calls does neither, and one that is shut by a storm stays shut.
func TestAStormShowsWhoChargesRefusedCalls(t *testing.T) {
	charging := func() loadgen.Service {
		type level struct {
			at    time.Time
			units float64
		}
		keys := map[int]level{}
		return func(c loadgen.Call) loadgen.Answer {
			l, ok := keys[c.Key]
			if !ok {
				l = level{c.At, 300}
			}
			units := min(300, l.units+300*c.At.Sub(l.at).Seconds())
			keys[c.Key] = level{c.At, max(-300, units-1)}
			return loadgen.Answer{Refused: units < 1}
		}
	}
	shut := func() loadgen.Service {
		inner, closed := zoo.Each(zoo.Bucket(300, 300)), false
		refused := 0
		return func(c loadgen.Call) loadgen.Answer {
			a := inner(c)
			if a.Refused {
				refused++
			}
			closed = closed || refused > 5000
			return loadgen.Answer{Refused: a.Refused || closed}
		}
	}
	for _, tt := range []struct {
		name                string
		make                func() loadgen.Service
		uncharged, recovery reports.ClaimVerdict
	}{
		{"bucket", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, reports.Proven, reports.Proven},
		{"small bucket", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 30)) }, reports.Proven, reports.Proven},
		{"285", func() loadgen.Service { return zoo.Each(zoo.Bucket(285, 285)) }, reports.Refuted, reports.Proven},
		{"charges", charging, reports.Refuted, reports.Refuted},
		{"shuts", shut, reports.Refuted, reports.Refuted},
	} {
		for _, name := range []string{"perfect", "near", "stalls"} {
			l := judged(t, profile(t, "retry-storm"), loadgen.Options{Seed: 2, AllowOverload: true}, clients[name], tt.make())
			if got := claim(l, "uncharged"); got.Verdict != tt.uncharged {
				t.Errorf("%s, %s: uncharged is %s (%s; %s), want %s", tt.name, name, got.Verdict, got.Why, got.Bound, tt.uncharged)
			}
			if got := claim(l, "recovery"); got.Verdict != tt.recovery {
				t.Errorf("%s, %s: recovery is %s (%s; %s), want %s", tt.name, name, got.Verdict, got.Why, got.Bound, tt.recovery)
			}
		}
	}
}
