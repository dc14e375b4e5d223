package loadgen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

func profile(t *testing.T, name string) loadgen.Profile {
	t.Helper()
	p, err := loadgen.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// clients are the conditions under which every verdict must be the same.
var clients = map[string]loadgen.Conditions{
	"perfect": {},
	"near":    {Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond},
	"far":     {Late: 200 * time.Microsecond, Travel: 2 * time.Millisecond},
	"stalls":  {Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond, StallEvery: 3 * time.Second, StallFor: 15 * time.Millisecond},
}

func judged(t *testing.T, p loadgen.Profile, o loadgen.Options, c loadgen.Conditions, take loadgen.Service) reports.Load {
	t.Helper()
	r, err := loadgen.Simulate(p, o, c, take)
	if err != nil {
		t.Fatal(err)
	}
	return loadgen.Judge(r)
}

func claims(l reports.Load) string {
	var parts []string
	for _, c := range l.Claims {
		parts = append(parts, fmt.Sprintf("%s %s", c.Name, c.Verdict))
	}
	return strings.Join(parts, ", ")
}

// said is what a claim must come out as: any of the verdicts, or only the first.
type said map[string][]reports.ClaimVerdict

var (
	proven     = []reports.ClaimVerdict{reports.Proven}
	refuted    = []reports.ClaimVerdict{reports.Refuted}
	open       = []reports.ClaimVerdict{reports.ClaimInconclusive}
	notRefuted = []reports.ClaimVerdict{reports.Proven, reports.ClaimInconclusive}
	notProven  = []reports.ClaimVerdict{reports.Refuted, reports.ClaimInconclusive}
)

var verdicts = []struct {
	profile, name string
	make          func() loadgen.Service
	want          []reports.LoadVerdict
	claims        said
	why           string // must be part of Why
}{
	{"per-key-300", "300 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, []reports.LoadVerdict{reports.LoadPass},
		said{"guarantee": proven, "independence": proven, "rate": proven, "limit": proven}, "every key carries at least 29"},
	{"per-key-300", "300 each, bucket of 30", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 30)) }, []reports.LoadVerdict{reports.LoadPass},
		said{"guarantee": proven, "independence": proven, "rate": proven, "limit": proven}, "every key carries at least 29"},
	{"per-key-300", "300 each, bucket of 5", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 5)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": notRefuted, "independence": notRefuted, "rate": notRefuted, "limit": notRefuted}, ""},
	{"per-key-300", "300 each, bucket of 1", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 1)) }, []reports.LoadVerdict{reports.LoadInconclusive},
		said{"guarantee": notRefuted, "independence": notRefuted, "rate": open, "limit": notRefuted}, ""},
	{"per-key-300", "200 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": refuted, "rate": refuted, "limit": proven}, "The 4 keys share about 200 calls per second"},
	{"per-key-300", "200 shared, bucket of 20", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 20)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": refuted, "limit": proven}, "The 4 keys share about 200 calls per second"},
	{"per-key-300", "200 shared by the calendar second", func() loadgen.Service { return zoo.Shared(zoo.Window(200, time.Second, 370*time.Millisecond)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": notProven, "rate": refuted}, ""},
	{"per-key-300", "300 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(300, 300)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": refuted, "limit": proven}, "The 4 keys share about 300 calls per second"},
	{"per-key-300", "300 each, 1000 together", func() loadgen.Service { return zoo.Capped(300, 1000) }, []reports.LoadVerdict{reports.LoadFail},
		said{"independence": refuted, "limit": notRefuted}, "common cap of about 1000"},
	{"per-key-300", "5 % short", func() loadgen.Service { return zoo.Each(zoo.Bucket(285, 285)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "independence": proven, "rate": refuted, "limit": proven}, "about 285 calls per second, not 300"},
	{"per-key-300", "1 % short", func() loadgen.Service { return zoo.Each(zoo.Bucket(297, 297)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "independence": proven, "rate": refuted, "limit": proven}, "about 297 calls per second, not 300"},
	{"per-key-300", "one key of four 5 % short", func() loadgen.Service { return zoo.OddOneOut(2, 300, 285) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "rate": refuted}, "key 3 of 4"},
	{"per-key-300", "200 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(200, 200)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": proven, "rate": refuted, "limit": proven}, "about 200 calls per second, not 300"},
	{"per-key-300", "330 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(330, 330)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "independence": proven, "rate": proven, "limit": refuted}, "more than 300"},
	{"per-key-300", "no limit", func() loadgen.Service { return zoo.Everything }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "independence": proven, "rate": proven, "limit": refuted}, "at 300 per second that needs a bucket of"},
	{"per-key-300", "300 each by the calendar second", func() loadgen.Service { return zoo.Each(zoo.Window(300, time.Second, 370*time.Millisecond)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": proven, "independence": notRefuted, "rate": notRefuted, "limit": notRefuted}, ""},
	{"per-key-300", "300 each in the last second", func() loadgen.Service { return zoo.Each(zoo.Log(300)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": proven, "independence": notRefuted, "rate": notRefuted, "limit": notRefuted}, ""},
	{"per-key-300", "300 each by a sliding counter", func() loadgen.Service { return zoo.Each(zoo.Counter(300, 0)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": proven, "independence": notRefuted, "rate": notRefuted, "limit": notRefuted}, ""},
	{"per-key-300", "half dropped at random", func() loadgen.Service { return zoo.Dropping(0.5, rand.New(rand.NewPCG(7, 7))) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": notRefuted, "rate": notProven}, "50 %"},

	{"shared-200", "200 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }, []reports.LoadVerdict{reports.LoadPass},
		said{"guarantee": proven, "shared": proven, "limit": proven}, "All keys share 200"},
	{"shared-200", "200 shared, bucket of 20", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 20)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": proven, "shared": notRefuted, "limit": notRefuted}, ""},
	{"shared-200", "200 shared by the calendar second", func() loadgen.Service { return zoo.Shared(zoo.Window(200, time.Second, 370*time.Millisecond)) }, []reports.LoadVerdict{reports.LoadPass, reports.LoadInconclusive},
		said{"guarantee": proven, "shared": notRefuted, "limit": notRefuted}, ""},
	{"shared-200", "200 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(200, 200)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "shared": refuted, "limit": refuted}, "The keys do not share"},
	{"shared-200", "300 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "shared": refuted, "limit": refuted}, "The keys do not share"},
	{"shared-200", "300 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(300, 300)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "shared": refuted}, "more than 200"},
	{"shared-200", "190 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(190, 190)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": proven, "shared": refuted, "limit": proven}, "about 190 calls per second, less than 200"},

	{"gentle", "300 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, []reports.LoadVerdict{reports.LoadPass},
		said{"guarantee": proven, "independence": proven}, "more was not offered"},
	{"gentle", "200 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": refuted}, "The keys share about 200 calls per second"},
	{"gentle", "100 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(100, 100)) }, []reports.LoadVerdict{reports.LoadFail},
		said{"guarantee": refuted, "independence": open}, ""},
}

func TestEveryLimiterIsToldForWhatItIs(t *testing.T) {
	for _, tt := range verdicts {
		for client, conditions := range clients {
			for seed := range uint64(3) {
				l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: seed, AllowOverload: true}, conditions, tt.make())
				where := fmt.Sprintf("%s on %s, client %s, seed %d", tt.profile, tt.name, client, seed)
				if !slices.Contains(tt.want, l.Verdict) {
					t.Errorf("%s: %s (%s), want %v: %s", where, l.Verdict, claims(l), tt.want, l.Why)
				}
				if !strings.Contains(l.Why, tt.why) {
					t.Errorf("%s: it does not say %q: %s", where, tt.why, l.Why)
				}
				checkClaims(t, where, l, tt.claims)
			}
		}
	}
}

// Over a line that scatters calls by 30 ms less can be told. Nothing may come out as the opposite.
func TestAJitteryLineMakesUnsureAndNotWrong(t *testing.T) {
	distant := loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 15 * time.Millisecond}
	for _, tt := range verdicts {
		l := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 8, AllowOverload: true}, distant, tt.make())
		for _, c := range l.Claims {
			allowed := tt.claims[c.Name]
			if len(allowed) > 0 && c.Verdict != reports.ClaimInconclusive && !slices.Contains(allowed, c.Verdict) {
				t.Errorf("%s on %s: %s is %s: %s", tt.profile, tt.name, c.Name, c.Verdict, c.Why)
			}
		}
	}
}

func checkClaims(t *testing.T, where string, l reports.Load, want said) {
	t.Helper()
	for name, allowed := range want {
		i := slices.IndexFunc(l.Claims, func(c reports.Claim) bool { return c.Name == name })
		if i < 0 {
			t.Errorf("%s: there is no claim %s", where, name)
			continue
		}
		c := l.Claims[i]
		if !slices.Contains(allowed, c.Verdict) {
			t.Errorf("%s: %s is %s (%s), want %v", where, name, c.Verdict, c.Why, allowed)
		}
		if c.Bound == "" {
			t.Errorf("%s: %s is %s without its bound", where, name, c.Verdict)
		}
		if certain := c.Verdict == reports.Proven || c.Verdict == reports.Refuted; certain != (c.PError > 0) && slices.Contains([]string{"guarantee", "answers"}, name) {
			t.Errorf("%s: %s is %s with an error probability of %v", where, name, c.Verdict, c.PError)
		}
		if certain := c.Verdict == reports.Proven || c.Verdict == reports.Refuted; certain != (c.Basis != "") || (c.PError > 0 || c.Given != "") != certain ||
			c.PError > 0 && c.Basis == reports.Counted || c.PError == 0 && c.Basis == reports.Bounded && name != "answers" {
			t.Errorf("%s: %s is %s with an error probability of %v (%s), given %q", where, name, c.Verdict, c.PError, c.Basis, c.Given)
		}
	}
}

func TestTheModelIsTheLimiter(t *testing.T) {
	for _, tt := range []struct {
		name, profile, kind, scope string
		rate, burst                float64
		make                       func() loadgen.Service
	}{
		{"300 each", "per-key-300", "token bucket", "key", 300, 300, func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }},
		{"300 each, bucket of 60", "per-key-300", "token bucket", "key", 300, 60, func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 60)) }},
		{"200 shared", "per-key-300", "token bucket", "system", 200, 200, func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }},
		{"200 shared", "shared-200", "token bucket", "system", 200, 200, func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }},
		{"200 each", "shared-200", "token bucket", "key", 200, 200, func() loadgen.Service { return zoo.Each(zoo.Bucket(200, 200)) }},
	} {
		m := judged(t, profile(t, tt.profile), loadgen.Options{Seed: 1, AllowOverload: true}, clients["near"], tt.make()).Model
		if m == nil || m.Kind != tt.kind || m.Scope != tt.scope {
			t.Fatalf("%s on %s: model %+v, want a %s for each %s", tt.profile, tt.name, m, tt.kind, tt.scope)
		}
		for what, in := range map[string]struct {
			reports.Interval
			truth float64
		}{"rate": {m.Rate, tt.rate}, "burst": {m.Burst, tt.burst}} {
			if in.Low == nil || in.High == nil || *in.Low > in.truth || *in.High < in.truth {
				t.Errorf("%s on %s: %s from %v to %v, but it is %v", tt.profile, tt.name, what, deref(in.Low), deref(in.High), in.truth)
			}
		}
	}
}

func deref(x *float64) float64 {
	if x == nil {
		return -1
	}
	return *x
}

func TestAStalledGeneratorIsInvalid(t *testing.T) {
	slow := loadgen.Options{AllowOverload: true, Stall: func(phase string, due time.Duration) time.Duration {
		if phase == "P4" && due%(500*time.Millisecond) < 2*time.Millisecond {
			return 200 * time.Millisecond
		}
		return 0
	}}
	for _, make := range []func() loadgen.Service{
		func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) },
	} {
		l := judged(t, profile(t, "per-key-300"), slow, clients["near"], make())
		if c := l.Claims[0]; c.Name != "guarantee" || c.Verdict != reports.ClaimInvalid || c.PError != 0 {
			t.Errorf("the guarantee is %s at %v, want invalid", c.Verdict, c.PError)
		}
		if l.Generator.OK || l.Generator.Missed == 0 || len(l.Generator.Problems) == 0 {
			t.Errorf("the generator is certified: %+v", l.Generator)
		}
		if n := len(l.Phases); n != 6 || l.Phases[3].Attempt != 3 {
			t.Errorf("%d attempts, want P4 three times and 6 in all", n)
		}
	}
	honest := judged(t, profile(t, "per-key-300"), slow, clients["near"], zoo.Each(zoo.Bucket(300, 300)))
	if honest.Verdict != reports.LoadInvalid || !strings.Contains(honest.Why, "nothing is said") && !strings.Contains(honest.Why, "Nothing is said") {
		t.Errorf("%s: %s, want invalid", honest.Verdict, honest.Why)
	}
}

func TestPhasesOverTheLimitNeedLeave(t *testing.T) {
	l := judged(t, profile(t, "per-key-300"), loadgen.Options{}, clients["near"], zoo.Each(zoo.Bucket(285, 285)))
	if got, want := strings.Join(l.LeftOut, " "), "P6a P6b"; got != want {
		t.Errorf("left out %q, want %q", got, want)
	}
	if !strings.Contains(l.Why, "left out") || !strings.Contains(l.Why, "P6a") {
		t.Errorf("the result does not say what was left out: %s", l.Why)
	}
	for _, c := range l.Claims {
		if c.Name == "rate" || c.Name == "limit" {
			t.Errorf("%s is claimed without the phases that show it", c.Name)
		}
	}
}

func TestAForeignTargetMayCarryMore(t *testing.T) {
	r, err := loadgen.Simulate(profile(t, "per-key-300"), loadgen.Options{AllowOverload: true}, clients["near"], zoo.Everything)
	if err != nil {
		t.Fatal(err)
	}
	r.Reference = false
	if l := loadgen.Judge(r); l.Verdict != reports.LoadPass {
		t.Errorf("%s: %s, want pass: to carry more is no fault", l.Verdict, l.Why)
	}
}

func TestTheSameRecordingIsJudgedTheSame(t *testing.T) {
	r, err := loadgen.Simulate(profile(t, "per-key-300"), loadgen.Options{AllowOverload: true, Seed: 5}, clients["stalls"], zoo.Each(zoo.Bucket(285, 285)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(loadgen.Judge(r), loadgen.Judge(r)); diff != "" {
		t.Error(diff)
	}
}

func TestSecondsAddUp(t *testing.T) {
	l := judged(t, profile(t, "shared-200"), loadgen.Options{AllowOverload: true}, clients["near"], zoo.Shared(zoo.Bucket(200, 200)))
	var sent, offered, kinds int64
	for _, ph := range l.Phases {
		sent += ph.Sent
		if ph.Sent != ph.Accepted+ph.Limited+ph.Refused+ph.Errors || ph.Planned != ph.Sent+ph.Missed {
			t.Errorf("%s: the books do not balance: %+v", ph.Name, ph)
		}
	}
	for _, k := range l.Keys {
		for i := range k.Offered {
			offered += k.Offered[i]
			kinds += k.Accepted[i] + k.Limited[i] + k.Other[i]
		}
	}
	if sent == 0 || offered != sent || kinds != sent {
		t.Errorf("%d sent, %d in the seconds of the keys, %d of them with an outcome", sent, offered, kinds)
	}
}
