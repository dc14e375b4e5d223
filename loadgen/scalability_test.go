package loadgen

import (
	"math"
	"testing"
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

// TestWhatIsNoLawIsNone: three points give any three coefficients, and a server that gets quicker the more is
// asked of it none that are below zero.
func TestWhatIsNoLawIsNone(t *testing.T) {
	if s := scalability([]load{{100, 0.1}, {200, 0.1}, {300, 0.1}}); s != nil {
		t.Errorf("three points: %v", s)
	}
	if s := scalability([]load{{100, 0.4}, {200, 0.3}, {300, 0.2}, {400, 0.1}}); s != nil && (s.Gamma <= 0 || s.Alpha < 0 || s.Beta < 0) {
		t.Errorf("quicker the more is asked: %v", s)
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
