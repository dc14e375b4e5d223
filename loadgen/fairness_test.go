package loadgen

import (
	"math"
	"slices"
	"testing"
)

// The published example of why one figure is not enough: under 200 shared, one key at 900 and three at
// 20 look three quarters fair, while under max-min fairness the three would lack nothing.
func TestFairnessIsSaidByMoreThanOneFigure(t *testing.T) {
	offered, accepted := []float64{900, 20, 20, 20}, []float64{187.5, 4.2, 4.2, 4.2}
	f := fair("P7", offered, accepted, 300)
	if math.Abs(f.Jain-0.75) > 0.01 || f.Worst != 1 || math.Abs(f.WorstShare-0.21) > 0.001 {
		t.Errorf("%+v, want a Jain index of 0.75 and key 1 worst at 0.21", f)
	}
	if want := 3 * (20 - 4.2) / 200.1; math.Abs(f.MaxMin-want) > 0.001 {
		t.Errorf("max-min distance %v, want %v", f.MaxMin, want)
	}
	even := fair("P6b", []float64{450, 450}, []float64{300, 300}, 300)
	if even.Jain != 1 || even.MaxMin != 0 || even.WorstShare != 1 {
		t.Errorf("%+v, want it even", even)
	}
}

func TestMaxMinGivesNobodyMoreThanAsked(t *testing.T) {
	for _, tt := range []struct {
		demands []float64
		total   float64
		want    []float64
	}{
		{[]float64{900, 20, 20, 20}, 200, []float64{140, 20, 20, 20}},
		{[]float64{900, 900}, 200, []float64{100, 100}},
		{[]float64{30, 20}, 200, []float64{30, 20}},
		{[]float64{0, 50}, 10, []float64{0, 10}},
	} {
		got := maxMin(tt.demands, tt.total)
		for i := range got {
			if math.Abs(got[i]-tt.want[i]) > 1e-9 {
				t.Errorf("%v of %v: %v, want %v", tt.total, tt.demands, got, tt.want)
				break
			}
		}
	}
}

// All differences have one sign: one of the ways is as large. Of more than sixteen as many ways are drawn, and
// the chance that another of those is as large is next to nothing.
func TestSignsAreFlippedInEveryWay(t *testing.T) {
	for _, tt := range []struct {
		blocks int
		want   float64
	}{{6, 1.0 / 64}, {12, 1.0 / 4096}, {16, 1.0 / 65536}, {40, 1.0 / 65536}} {
		if got := signFlips(slices.Repeat([]float64{0.8}, tt.blocks)); got != tt.want {
			t.Errorf("%d blocks: p = %v, want %v", tt.blocks, got, tt.want)
		}
	}
	if got := signFlips([]float64{0, 0}); got != 1 {
		t.Errorf("no difference has p = %v, want 1", got)
	}
	if got := signFlips([]float64{1, -1, 1, -1}); got < 0.5 {
		t.Errorf("differences that cancel have p = %v", got)
	}
}
