package loadgen_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// Each refuted claim has a witness that can be checked by hand: the calls that it lists are what it says.
func TestARefutedClaimHasItsWitness(t *testing.T) {
	for _, tt := range []struct {
		profile, claim string
		serve          loadgen.Service
		holds          func(w reports.Witness) bool
	}{
		{"per-key-300", "limit", zoo.Each(zoo.Bucket(400, 400)), func(w reports.Witness) bool {
			return len(w.Keys) == 1 && float64(w.Accepted) > 300+300*(w.To-w.From)
		}},
		{"shared-200", "shared", zoo.Each(zoo.Bucket(200, 200)), func(w reports.Witness) bool {
			return len(w.Keys) == 4 && float64(w.Accepted) > 200+200*(w.To-w.From)
		}},
		{"isolation", "isolation", zoo.Shared(zoo.Bucket(200, 200)), func(w reports.Witness) bool {
			refused := int64(len(slices.DeleteFunc(slices.Clone(w.List), func(c reports.Witnessed) bool { return c.Was == "accepted" })))
			return len(w.Keys) == 1 && refused >= 3 && refused == w.Calls-w.Accepted
		}},
		{"failover", "continuity", func(c loadgen.Call) loadgen.Answer { return loadgen.Answer{Failed: c.Down} }, func(w reports.Witness) bool {
			return w.Calls == 1 && len(w.List) == 1 && w.List[0].Was != "accepted"
		}},
	} {
		l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 3, AllowOverload: true}, loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond}, tt.serve)
		i := slices.IndexFunc(l.Witnesses, func(w reports.Witness) bool { return w.Claim == tt.claim })
		if i < 0 {
			t.Errorf("%s: no witness of %s (%s)", tt.profile, tt.claim, claims(l))
			continue
		}
		w := l.Witnesses[i]
		if !tt.holds(w) || len(w.List) == 0 || int64(len(w.List)) > w.Calls {
			t.Errorf("%s: %s is not what refutes %s: %+v", tt.profile, w.Text, tt.claim, w)
		}
		for _, c := range w.List {
			if c.Sent < w.From-1e-6 || c.Sent > w.To+1e-6 || !slices.Contains(w.Keys, c.Key) {
				t.Errorf("%s: %+v is not in the stretch of %s from %v to %v", tt.profile, c, tt.claim, w.From, w.To)
			}
		}
	}
}
