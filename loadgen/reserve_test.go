package loadgen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// grouped gives every group of keys what one returns.
func grouped(one func() zoo.Limiter, group func(key int) int) loadgen.Service {
	each := zoo.Each(one)
	return func(c loadgen.Call) loadgen.Answer {
		c.Key = group(c.Key)
		return each(c)
	}
}

// both asks two services, the second only for what the first lets through.
func both(a, b loadgen.Service) loadgen.Service {
	return func(c loadgen.Call) loadgen.Answer {
		if first := a(c); first.Refused {
			return first
		}
		return b(c)
	}
}

// stray refuses one call of the first key in every phase, so long after the phase began.
func stray(after time.Duration, rest loadgen.Service) loadgen.Service {
	var last, began time.Time
	done := false
	return func(c loadgen.Call) loadgen.Answer {
		if last.IsZero() || c.At.Sub(last) > time.Second {
			began, done = c.At, false
		}
		last = c.At
		if !done && c.Key == 0 && c.At.Sub(began) >= after {
			done = true
			return loadgen.Answer{Refused: true}
		}
		return rest(c)
	}
}

// lossy refuses a share of one key's calls at random.
func lossy(key int, share float64, rest loadgen.Service) loadgen.Service {
	losing := zoo.Dropping(share, rand.New(rand.NewPCG(11, 12)))
	return both(rest, func(c loadgen.Call) loadgen.Answer {
		if c.Key != key {
			return loadgen.Answer{}
		}
		return losing(c)
	})
}

// Each row is a limiter that was once told for another, or of which more was said than was shown.
var mistaken = []struct {
	name   string
	play   string
	o      loadgen.Options
	make   func() loadgen.Service
	claims said
	says   map[string]string // what the claim's text, bound or reason must hold
}{
	{"a reserve that outlasts the phase is no rate", "per-key-300", loadgen.Options{Duration: 5 * time.Second},
		func() loadgen.Service { return zoo.Each(zoo.Bucket(250, 300)) }, said{"rate": open, "limit": open}, nil},
	{"300 each are not refuted in a short run", "per-key-300", loadgen.Options{Duration: 10 * time.Second},
		func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, said{"guarantee": notRefuted, "rate": notRefuted, "limit": notRefuted, "independence": notRefuted}, nil},
	{"a bucket of 600", "per-key-300", loadgen.Options{}, func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 600)) },
		said{"rate": proven, "limit": open, "independence": proven}, map[string]string{"limit": "one of 300 is published"}},
	{"a bucket of 760", "per-key-300", loadgen.Options{}, func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 760)) },
		said{"independence": notRefuted}, map[string]string{"limit": "one of 300 is published"}},
	{"a shared bucket of 600", "shared-200", loadgen.Options{}, func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 600)) },
		said{"guarantee": proven, "shared": notRefuted, "limit": notRefuted}, nil},
	{"one stray refusal at once", "per-key-300", loadgen.Options{}, func() loadgen.Service { return stray(10*time.Millisecond, zoo.Each(zoo.Bucket(300, 300))) },
		said{"guarantee": proven, "rate": notRefuted, "limit": notRefuted, "independence": notRefuted}, nil},
	{"one stray refusal late", "per-key-300", loadgen.Options{}, func() loadgen.Service { return stray(4500*time.Millisecond, zoo.Each(zoo.Bucket(300, 300))) },
		said{"rate": proven, "limit": proven, "independence": proven}, nil},
	{"the last key is short", "per-key-300", loadgen.Options{}, func() loadgen.Service { return zoo.OddOneOut(3, 300, 250) },
		said{"rate": refuted, "independence": open}, map[string]string{"independence": "key 4 gets less than key 1 alone"}},
	{"the first key is short", "per-key-300", loadgen.Options{}, func() loadgen.Service { return zoo.OddOneOut(0, 300, 150) },
		said{"rate": refuted, "independence": notRefuted}, nil},
	{"three of four share", "per-key-300", loadgen.Options{}, func() loadgen.Service { return grouped(zoo.Bucket(300, 300), func(k int) int { return k / 3 }) },
		said{"independence": refuted}, map[string]string{"independence": "some of the 4 keys share"}},
	{"two of 40 share", "per-key-300", loadgen.Options{Keys: 40}, func() loadgen.Service { return grouped(zoo.Bucket(300, 300), func(k int) int { return min(k, 38) }) },
		said{"independence": notProven}, nil},
	{"a cap just below the sum", "per-key-300", loadgen.Options{}, func() loadgen.Service { return both(zoo.OddOneOut(0, 300, 250), zoo.Shared(zoo.Bucket(1148, 1148))) },
		said{"independence": notRefuted, "rate": refuted}, nil},
	{"one of 16 keys loses calls", "per-key-300", loadgen.Options{Keys: 16}, func() loadgen.Service { return lossy(15, 0.02, zoo.Each(zoo.Bucket(300, 300))) },
		said{"guarantee": refuted}, map[string]string{"guarantee": "on the worst key"}},
	{"a few lost calls are said", "per-key-300", loadgen.Options{}, func() loadgen.Service {
		return both(zoo.Dropping(0.002, rand.New(rand.NewPCG(7, 7))), zoo.Each(zoo.Bucket(300, 300)))
	},
		said{"guarantee": notRefuted}, map[string]string{"guarantee": "were carried, but for"}},
	{"299 is the published rate within the tolerance, and no more", "per-key-300", loadgen.Options{}, func() loadgen.Service { return zoo.Each(zoo.Bucket(299, 299)) },
		said{"rate": proven}, map[string]string{"rate": "at least 298."}},
	{"225 shared is not below what gentle excludes", "gentle", loadgen.Options{}, func() loadgen.Service { return zoo.Shared(zoo.Bucket(225, 225)) },
		said{"independence": notRefuted}, map[string]string{"independence": "no limit below 2"}},
	{"210 shared", "gentle", loadgen.Options{}, func() loadgen.Service { return zoo.Shared(zoo.Bucket(210, 210)) },
		said{"guarantee": refuted, "independence": refuted}, map[string]string{"independence": "share about 210"}},
	{"a short key beside a healthy one", "gentle", loadgen.Options{}, func() loadgen.Service { return zoo.OddOneOut(1, 300, 80) },
		said{"guarantee": refuted, "independence": open}, nil},
	{"105 each", "gentle", loadgen.Options{}, func() loadgen.Service { return zoo.Each(zoo.Bucket(105, 105)) },
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
		l := judged(t, profile(t, "per-key-300"), loadgen.Options{Seed: seed, AllowOverload: true}, line, zoo.Each(zoo.Counter(300, 0)))
		if c := claim(l, "rate"); c.Verdict == reports.Refuted {
			t.Errorf("seed %d: %s", seed, c.Why)
		}
	}
}
