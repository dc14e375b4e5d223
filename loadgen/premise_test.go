package loadgen_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestAVerdictNamesThePremiseOfWhatDecidedIt: the first key of all meets a token bucket; where another key or the legs
// decide, its kind is no premise.
func TestAVerdictNamesThePremiseOfWhatDecidedIt(t *testing.T) {
	const fitted, counted = "certain if the limiter is a token bucket", "counted over seconds"
	halved := func() loadgen.Service {
		bucket, dropping := zoo.Each(zoo.Bucket(300, 300)), zoo.Dropping(0.5, rand.New(rand.NewPCG(7, 7)))
		return func(c loadgen.Call) loadgen.Answer {
			if c.Key == 2 {
				return dropping(c)
			}
			return bucket(c)
		}
	}
	for _, tt := range []struct {
		profile, claim string
		serve          loadgen.Service
		given          string
	}{
		{"per-key-300", "rate", zoo.Each(zoo.Bucket(250, 250)), fitted},
		{"per-key-300", "rate", halved(), counted},
		{"per-key-300", "limit", zoo.Each(zoo.Bucket(400, 400)), "certain if at most 300 were in reserve"},
		{"per-key-300", "independence", zoo.Shared(zoo.Bucket(300, 300)), fitted},
		{"identify", "limit", zoo.Keyed(func(c loadgen.Call) int { return c.Token }, zoo.Bucket(300, 300)), counted},
	} {
		l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 3, AllowOverload: true}, clients["near"], tt.serve)
		if c := claim(l, tt.claim); c.Verdict != reports.Refuted || !strings.HasPrefix(c.Given, tt.given) {
			t.Errorf("%s: %s is %s (%s), given %q, want %q", tt.profile, tt.claim, c.Verdict, c.Why, c.Given, tt.given)
		}
	}
}
