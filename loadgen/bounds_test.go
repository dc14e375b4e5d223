package loadgen_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
)

// TestAConformingStreamAsksForNoMoreThanItsBoundAllows: the sends of a phase within the limit may ask for
// a bucket of conforming.burst and no larger one.
func TestAConformingStreamAsksForNoMoreThanItsBoundAllows(t *testing.T) {
	// Two calls in a row are held up by 14 ms, and those due meanwhile leave at once after them: together they ask for 8.9.
	hold := func(_ string, due time.Duration) time.Duration {
		if due > time.Second && due < time.Second+3400*time.Microsecond {
			return 14 * time.Millisecond
		}
		return 0
	}
	for burst, want := range map[float64]bool{0: false, 8: false, 9: true, 50: true} {
		p := profile(t, "gentle")
		p.Phases = []loadgen.Phase{{Name: "P4", Role: loadgen.Conform, Rate: 300, Length: 4 * time.Second}}
		p.MissAfter, p.Again, p.Conforming = 50*time.Millisecond, 0, loadgen.Bounds{Sent: 0.99, LateP99: 20 * time.Millisecond, Burst: burst}
		l := judged(t, p, loadgen.Options{Seed: 1, Stall: hold}, loadgen.Conditions{}, zoo.Each(zoo.Bucket(300, 300)))
		if l.Generator.OK != want {
			t.Errorf("burst %v: generator ok %v, want %v: %v", burst, l.Generator.OK, want, l.Generator.Problems)
		}
		named := slices.ContainsFunc(l.Generator.Problems, func(s string) bool { return strings.Contains(s, "only a bucket of") })
		if named == want {
			t.Errorf("burst %v: problems %v", burst, l.Generator.Problems)
		}
		const why = "P4 was not played again: it takes 5s, and of the time that the profile has for that (again) 0s are left"
		if slices.Contains(l.Generator.Repeats, why) == want {
			t.Errorf("burst %v: %v, which should say of a phase that fell short why it was played once", burst, l.Generator.Repeats)
		}
	}
}

// A stream that asks a bucket for more than half of what it holds says nothing of the guarantee where it is
// refused: the sender may have emptied it. At 140 of 300 calls per second some refusals follow another one: the first after
// an accepted call is excused by that.
func TestAStreamThatAsksForTheWholeBucketRefutesNothing(t *testing.T) {
	hold := func(phase string, due time.Duration) time.Duration {
		if phase == "P4" && due%(200*time.Millisecond) < 2*time.Millisecond {
			return 30 * time.Millisecond
		}
		return 0
	}
	for size, want := range map[float64]reports.ClaimVerdict{200: reports.Refuted, 16: reports.ClaimInconclusive} {
		p := profile(t, "per-key-300")
		p.MissAfter, p.Again, p.Conforming = 200*time.Millisecond, 0, loadgen.Bounds{Sent: 0.99, LateP99: 200 * time.Millisecond, Burst: 100}
		l := judged(t, p, loadgen.Options{Seed: 1, AllowOverload: true, Stall: hold}, loadgen.Conditions{}, zoo.Each(zoo.Bucket(140, size)))
		if c := l.Claims[0]; c.Name != "guarantee" || c.Verdict != want || want != reports.Refuted && !strings.Contains(c.Why, "half of the") {
			t.Errorf("a bucket of %v: the guarantee is %s: %s (%s)", size, c.Verdict, c.Why, c.Bound)
		}
	}
}

// What a slow stream shows does not help a fast one: the guarantee at 300 per second rests on that stream.
func TestAPhaseWithinTheLimitStandsForItself(t *testing.T) {
	p := profile(t, "per-key-300")
	for i := range p.Phases {
		if p.Phases[i].Name == "P4" {
			p.Phases[i].Length = 2 * time.Second // 600 calls on a key; with the 960 of P2 they would do
		}
	}
	c := judged(t, p, loadgen.Options{Seed: 1}, loadgen.Conditions{}, zoo.Each(zoo.Bucket(300, 300))).Claims[0]
	if c.Name != "guarantee" || c.Verdict != reports.ClaimInconclusive || !strings.Contains(c.Why, "in P4") {
		t.Errorf("%s is %s: %s (%s)", c.Name, c.Verdict, c.Why, c.Bound)
	}
}

// Without a phase within the limit, and with one key over it alone at most, nothing is said of sharing.
func TestNothingWithinTheLimitSaysNothingOfSharing(t *testing.T) {
	p := profile(t, "per-key-300")
	p.Phases = []loadgen.Phase{{Name: "P", Role: loadgen.Gentle, Keys: 2, Rate: 400, Length: 2 * time.Second}}
	l := judged(t, p, loadgen.Options{Seed: 1, AllowOverload: true}, loadgen.Conditions{}, zoo.Each(zoo.Bucket(300, 300)))
	if l.Verdict != reports.LoadInconclusive || len(l.Claims) != 1 || l.Claims[0].Verdict != reports.ClaimInconclusive {
		t.Errorf("%s: %+v", l.Verdict, l.Claims)
	}
}
