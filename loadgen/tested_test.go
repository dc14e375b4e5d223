package loadgen_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// A claim that is refuted says what was tested, and one that is proven what was shown. Between the two bounds neither is
// said, so that the one sentence cannot stand for the other.
func TestARefutedClaimSaysWhatWasTested(t *testing.T) {
	random := func() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }
	for _, tt := range []struct {
		profile, claim string
		serve          loadgen.Service
		verdict        reports.ClaimVerdict
		text           string
	}{
		{"per-key-300", "guarantee", zoo.Each(zoo.Bucket(300, 300)), reports.Proven, "at most 1 % of them refused"},
		{"per-key-300", "guarantee", zoo.Dropping(0.02, random()), reports.Refuted, "at most 0.1 % of them refused on any key"},
		{"isolation", "isolation", zoo.Each(zoo.Bucket(300, 300)), reports.Proven, "at most 3 % of its calls"},
		{"isolation", "isolation", zoo.Shared(zoo.Bucket(200, 200)), reports.Refuted, "at most 0.5 % of its calls"},
		{"retry-storm", "recovery", zoo.Each(zoo.Bucket(300, 300)), reports.Proven, "at most 1 % are lost"},
		{"retry-storm", "recovery", failing(0.05, random()), reports.Refuted, "at most 0.1 % are lost"},
		{"per-key-300", "limit", several(2, 160), reports.Refuted, "more than 301.5 calls per second"},
	} {
		l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 5, AllowOverload: true}, clients["near"], tt.serve)
		if c := claim(l, tt.claim); c.Verdict != tt.verdict || !strings.Contains(c.Text, tt.text) {
			t.Errorf("%s, %s: it is %s that %s (%s)", tt.profile, tt.claim, c.Verdict, c.Text, c.Why)
		}
	}
}

// failing answers a share of the calls with an error.
func failing(share float64, rng *rand.Rand) loadgen.Service {
	return func(loadgen.Call) loadgen.Answer { return loadgen.Answer{Failed: rng.Float64() < share} }
}

// several gives each key some buckets over which its calls are spread at random.
func several(nodes int, rate float64) loadgen.Service {
	rng, all := rand.New(rand.NewPCG(1, 2)), map[int][]zoo.Limiter{}
	return func(c loadgen.Call) loadgen.Answer {
		for len(all[c.Key]) < nodes {
			all[c.Key] = append(all[c.Key], zoo.Bucket(rate, rate)())
		}
		return loadgen.Answer{Refused: !all[c.Key][rng.IntN(nodes)](c.At)}
	}
}
