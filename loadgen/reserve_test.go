package loadgen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// grouped gives every group of keys what make returns.
func grouped(make func() func(time.Time) bool, group func(key int) int) limiter {
	each := own(make)
	return func(at time.Time, key int) bool { return each(at, group(key)) }
}

// both asks two limiters, the second only for what the first lets through.
func both(a, b limiter) limiter {
	return func(at time.Time, key int) bool { return a(at, key) && b(at, key) }
}

// stray refuses one call of the first key in every phase, so long after the phase began.
func stray(after time.Duration, rest limiter) limiter {
	var last, began time.Time
	done := false
	return func(at time.Time, key int) bool {
		if last.IsZero() || at.Sub(last) > time.Second {
			began, done = at, false
		}
		last = at
		if !done && key == 0 && at.Sub(began) >= after {
			done = true
			return false
		}
		return rest(at, key)
	}
}

// lossy refuses a share of one key's calls at random.
func lossy(key int, share float64, rest limiter) limiter {
	rng := rand.New(rand.NewPCG(11, 12))
	return func(at time.Time, k int) bool { return rest(at, k) && (k != key || rng.Float64() >= share) }
}

// Each row is a limiter that was once told for another, or of which more was said than was shown.
var mistaken = []struct {
	name   string
	play   string
	o      loadgen.Options
	make   func() limiter
	claims said
	says   map[string]string // what the claim's text, bound or reason must hold
}{
	{"a reserve that outlasts the phase is no rate", "per-key-300", loadgen.Options{Duration: 5 * time.Second},
		func() limiter { return own(bucketOf(250, 300)) }, said{"rate": open, "limit": open}, nil},
	{"300 each are not refuted in a short run", "per-key-300", loadgen.Options{Duration: 10 * time.Second},
		func() limiter { return own(bucketOf(300, 300)) }, said{"guarantee": notRefuted, "rate": notRefuted, "limit": notRefuted, "independence": notRefuted}, nil},
	{"a bucket of 600", "per-key-300", loadgen.Options{}, func() limiter { return own(bucketOf(300, 600)) },
		said{"rate": proven, "limit": proven, "independence": proven}, nil},
	{"a bucket of 760", "per-key-300", loadgen.Options{}, func() limiter { return own(bucketOf(300, 760)) },
		said{"independence": notRefuted}, map[string]string{"limit": "one of 300 is published"}},
	{"a shared bucket of 600", "shared-200", loadgen.Options{}, func() limiter { return shared(bucketOf(200, 600)) },
		said{"guarantee": proven, "shared": notRefuted, "limit": notRefuted}, nil},
	{"one stray refusal at once", "per-key-300", loadgen.Options{}, func() limiter { return stray(10*time.Millisecond, own(bucketOf(300, 300))) },
		said{"guarantee": proven, "rate": notRefuted, "limit": notRefuted, "independence": notRefuted}, nil},
	{"one stray refusal late", "per-key-300", loadgen.Options{}, func() limiter { return stray(4500*time.Millisecond, own(bucketOf(300, 300))) },
		said{"rate": proven, "limit": proven, "independence": proven}, nil},
	{"the last key is short", "per-key-300", loadgen.Options{}, func() limiter { return oddKeyOut(3, 300, 250) },
		said{"rate": refuted, "independence": open}, map[string]string{"independence": "key 4 gets less than key 1 alone"}},
	{"the first key is short", "per-key-300", loadgen.Options{}, func() limiter { return oddKeyOut(0, 300, 150) },
		said{"rate": refuted, "independence": notRefuted}, nil},
	{"three of four share", "per-key-300", loadgen.Options{}, func() limiter { return grouped(bucketOf(300, 300), func(k int) int { return k / 3 }) },
		said{"independence": refuted}, map[string]string{"independence": "some of the 4 keys share"}},
	{"two of 40 share", "per-key-300", loadgen.Options{Keys: 40}, func() limiter { return grouped(bucketOf(300, 300), func(k int) int { return min(k, 38) }) },
		said{"independence": notProven}, nil},
	{"a cap just below the sum", "per-key-300", loadgen.Options{}, func() limiter { return both(oddKeyOut(0, 300, 250), shared(bucketOf(1148, 1148))) },
		said{"independence": notRefuted, "rate": refuted}, nil},
	{"one of 16 keys loses calls", "per-key-300", loadgen.Options{Keys: 16}, func() limiter { return lossy(15, 0.02, own(bucketOf(300, 300))) },
		said{"guarantee": refuted}, map[string]string{"guarantee": "on the worst key"}},
	{"a few lost calls are said", "per-key-300", loadgen.Options{}, func() limiter { return both(dropping(0.002), own(bucketOf(300, 300))) },
		said{"guarantee": notRefuted}, map[string]string{"guarantee": "were carried, but for"}},
	{"299 is the published rate within the tolerance, and no more", "per-key-300", loadgen.Options{}, func() limiter { return own(bucketOf(299, 299)) },
		said{"rate": proven}, map[string]string{"rate": "at least 298."}},
	{"225 shared is not below what gentle excludes", "gentle", loadgen.Options{}, func() limiter { return shared(bucketOf(225, 225)) },
		said{"independence": notRefuted}, map[string]string{"independence": "no limit below 21"}},
	{"210 shared", "gentle", loadgen.Options{}, func() limiter { return shared(bucketOf(210, 210)) },
		said{"guarantee": refuted, "independence": refuted}, map[string]string{"independence": "share about 210"}},
	{"a short key beside a healthy one", "gentle", loadgen.Options{}, func() limiter { return oddKeyOut(1, 300, 80) },
		said{"guarantee": refuted, "independence": open}, nil},
	{"110 each", "gentle", loadgen.Options{}, func() limiter { return own(bucketOf(110, 110)) },
		said{"guarantee": notProven, "independence": open}, nil},
}

func TestWhatWasMistakenIsNot(t *testing.T) {
	for _, tt := range mistaken {
		for _, client := range []string{"near", "stalls"} {
			for seed := range uint64(2) {
				tt.o.Seed, tt.o.AllowOverload = seed+40, true
				l := judged(t, profile(t, tt.play), tt.o, clients[client], tt.make())
				where := fmt.Sprintf("%s on %s, client %s, seed %d", tt.play, tt.name, client, seed)
				checkClaims(t, where, l, tt.claims)
				for name, says := range tt.says {
					if c := claim(l, name); !strings.Contains(c.Text+c.Bound+c.Why, says) {
						t.Errorf("%s: %s does not say %q: %+v", where, name, says, c)
					}
				}
			}
		}
	}
}

func claim(l reports.Load, name string) reports.Claim {
	i := slices.IndexFunc(l.Claims, func(c reports.Claim) bool { return c.Name == name })
	if i < 0 {
		return reports.Claim{}
	}
	return l.Claims[i]
}

// Over a line of 3 ms a sliding counter passes for a bucket with a rate of its own.
func TestAnotherKindOfLimiterIsNotShortOverALongLine(t *testing.T) {
	line := loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 3 * time.Millisecond}
	for seed := range uint64(8) {
		l := judged(t, profile(t, "per-key-300"), loadgen.Options{Seed: seed, AllowOverload: true}, line, own(counterOf(300)))
		if c := claim(l, "rate"); c.Verdict == reports.Refuted {
			t.Errorf("seed %d: %s", seed, c.Why)
		}
	}
}
