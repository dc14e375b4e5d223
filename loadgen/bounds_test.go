package loadgen_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
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
	}
}
