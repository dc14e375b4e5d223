package loadgen

import (
	"math/rand/v2"
	"testing"
)

// What every call pays is never told to be more than it is, however few calls tell, and most of it is told by many.
func TestWhatIsPaidIsNoMoreThanThat(t *testing.T) {
	const line, most = 40e-3, 2.5e-3
	rng := rand.New(rand.NewPCG(11, 1))
	for range 2000 {
		n := 1 + rng.IntN(1500)
		all := make([]float64, n)
		for i := range all {
			all[i] = line + most*(rng.Float64()+rng.Float64())
		}
		if got := paid(all); got > line || n >= 1000 && got < line-most/2 || n < lucky && got != 0 {
			t.Fatalf("%d calls: %v is paid, told %v", n, line, got)
		}
	}
}
