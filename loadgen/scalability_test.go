package loadgen

import (
	"math"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestTheLawIsFoundAgain: served calls that follow the universal scalability law give its coefficients back.
func TestTheLawIsFoundAgain(t *testing.T) {
	for _, want := range [][3]float64{{1000, 0, 0}, {900, 0.05, 0}, {500, 0, 0.002}, {800, 0.03, 0.0004}} {
		var points []load
		for _, n := range []float64{0.2, 1, 3, 10, 25, 60} {
			x := want[0] * n / (1 + want[1]*(n-1) + want[2]*n*(n-1))
			points = append(points, load{served: x, seconds: n / x})
		}
		s := scalability(points)
		for i, got := range []float64{s.Gamma, s.Alpha, s.Beta} {
			if math.Abs(got-want[i]) > 1e-6*(1+want[i]) {
				t.Errorf("%v: got %v", want, s)
			}
		}
	}
}

// TestWhatIsNoLawIsNone: three points give any three coefficients; a server that gets quicker the more is asked of it
// neither contention nor crosstalk, which would be below zero.
func TestWhatIsNoLawIsNone(t *testing.T) {
	if s := scalability([]load{{100, 0.1}, {200, 0.1}, {300, 0.1}}); s != nil {
		t.Errorf("three points: %v", s)
	}
	// Without the two coefficients that would be below zero, least squares on relative errors give 1/γ = Σ(1/t) / Σ(1/t²).
	gamma := (100 + 156.25 + 2500.0/9 + 400) / (10 + 12.5 + 50.0/3 + 20)
	s := scalability([]load{{100, 0.1}, {300, 0.08}, {600, 0.06}, {1000, 0.05}})
	if s == nil || math.Abs(s.Gamma-gamma) > 1e-9 || s.Alpha != 0 || s.Beta != 0 || math.Signbit(s.Alpha) || math.Signbit(s.Beta) {
		t.Errorf("quicker the more is asked: %+v, want %v per second", s, gamma)
	}
}

func TestTheBendIsWhereACurveLeavesItsChord(t *testing.T) {
	if at := bend([]float64{0, 1, 2, 3, 4}, []float64{0, 0, 0.1, 0.5, 4}); at != 3 {
		t.Errorf("the knee is at %v, want 3", at)
	}
	for _, y := range [][]float64{{0, 1, 2, 3}, {0, 3, 3.5, 4}, {1, 1, 1, 1}} {
		if at := bend([]float64{0, 1, 2, 3}, y); at != 0 {
			t.Errorf("%v has a knee at %v, want none", y, at)
		}
	}
}

// A step that the generator did not deliver bends nothing.
func TestLatenessOfOursIsNoBend(t *testing.T) {
	steps := []reports.ClimbStep{{Rate: 100, P99: 1}, {Rate: 200, P99: 1.1}, {Rate: 300, P99: 1.5}, {Rate: 400, P99: 4}}
	want := latencyBend(steps)
	if got := latencyBend(append(steps, reports.ClimbStep{Rate: 500, P99: 400, By: endedByGenerator})); want == 0 || got != want {
		t.Errorf("it bends at %v, without the last step at %v", got, want)
	}
}
