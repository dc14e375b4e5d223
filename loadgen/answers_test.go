package loadgen

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestEveryAnswerHasTheSameChanceToBeChecked: whatever its place, and again in the phase after; the seed decides.
func TestEveryAnswerHasTheSameChanceToBeChecked(t *testing.T) {
	const seeds, each, offered = 4000, 4, 40
	draw := func(s samples) [][]byte {
		for i := range offered {
			s.offer(0, []byte{byte(i)})
		}
		return s.take(0)
	}
	var kept [2][offered]int
	for seed := range uint64(seeds) {
		s, again := newSamples(1, each, seed), newSamples(1, each, seed)
		for phase := range kept {
			drawn := draw(s)
			if len(drawn) != each || !slices.EqualFunc(drawn, draw(again), bytes.Equal) {
				t.Fatalf("seed %d keeps %v", seed, drawn)
			}
			for _, body := range drawn {
				kept[phase][body[0]]++
			}
		}
	}
	const chance = float64(each) / offered
	for phase, counts := range kept {
		for i, n := range counts {
			if off := math.Abs(float64(n) - seeds*chance); off > 5*math.Sqrt(seeds*chance*(1-chance)) {
				t.Errorf("phase %d: answer %d of %d is kept %d times of %d, want about %.0f", phase+1, i+1, offered, n, seeds, seeds*chance)
			}
		}
	}
}

// TestFewAnswersAreAllChecked: also one that is empty.
func TestFewAnswersAreAllChecked(t *testing.T) {
	s := newSamples(2, 3, 1)
	s.offer(1, nil)
	s.offer(1, []byte("a"))
	if got := s.take(1); len(got) != 2 || got[0] == nil || len(s.take(0)) != 0 {
		t.Errorf("kept %q", got)
	}
}

// Where enough answers were drawn their check decides, also if the target does not let them be checked: a run that looked
// at none is no pass.
func TestAnswersThatCannotBeCheckedAreNoPass(t *testing.T) {
	for _, tt := range []struct {
		checked Checked
		want    reports.ClaimVerdict
		gates   bool
	}{
		{Checked{Kept: 180, Answers: 180}, reports.Proven, true},
		{Checked{Kept: 180, Answers: 135}, reports.Proven, true},
		{Checked{Kept: 180, Answers: 134}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180, Answers: 135, Failed: 45}, reports.ClaimInconclusive, true},
		{Checked{Kept: 180, Answers: 175, Failed: 5}, reports.ClaimInconclusive, true},
		{Checked{Kept: 20, Answers: 20}, reports.ClaimInconclusive, false},
		{Checked{Kept: 20, Answers: 1, Wrong: []string{"key 1"}}, reports.Refuted, true},
	} {
		e := &evidence{r: Recording{Checked: tt.checked}}
		if c := e.answers(); c.Verdict != tt.want || c.Gates != tt.gates {
			t.Errorf("%+v: it is %s, deciding %v: %s", tt.checked, c.Verdict, c.Gates, c.Why)
		}
	}
}
