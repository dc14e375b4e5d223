package loadgen_test

import (
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestAnOutageIsMeasured: calls that are lost while Korea is down are found, and so are those that are
// served where none can be, and a service that does not come back.
func TestAnOutageIsMeasured(t *testing.T) {
	serves := zoo.Everything
	fails := func(c loadgen.Call) loadgen.Answer { return loadgen.Answer{Failed: c.Down} }
	n, was := 0, false
	for _, tt := range []struct {
		profile, name string
		serve         loadgen.Service
		claims        map[string]reports.ClaimVerdict
	}{
		{"failover", "goes on", serves, map[string]reports.ClaimVerdict{"continuity": reports.Proven, "recovery": reports.Proven}},
		{"failover", "stops", fails, map[string]reports.ClaimVerdict{"continuity": reports.Refuted, "recovery": reports.Proven}},
		{"failover", "loses one call", func(c loadgen.Call) loadgen.Answer {
			if c.Down {
				n++
			}
			return loadgen.Answer{Failed: c.Down && n == 100}
		}, map[string]reports.ClaimVerdict{"continuity": reports.Refuted, "recovery": reports.Proven}},
		{"failover-v1", "stops", fails, map[string]reports.ClaimVerdict{"outage": reports.Proven, "recovery": reports.Proven}},
		{"failover-v1", "goes on", serves, map[string]reports.ClaimVerdict{"outage": reports.Refuted, "recovery": reports.Proven}},
		{"failover-v1", "stays down", func(c loadgen.Call) loadgen.Answer {
			was = was || c.Down
			return loadgen.Answer{Failed: was}
		}, map[string]reports.ClaimVerdict{"outage": reports.Proven, "recovery": reports.Refuted}},
	} {
		l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 2}, clients["near"], tt.serve)
		for name, want := range tt.claims {
			if got := claim(l, name); got.Verdict != want {
				t.Errorf("%s, %s: %s is %s (%s), want %s", tt.profile, tt.name, name, got.Verdict, got.Why, want)
			}
		}
	}
}
