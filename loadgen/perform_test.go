package loadgen

import (
	"testing"
	"time"
)

// An affording player affords what it says.
type affording struct {
	player
	calls bool
}

func (a affording) affords(Phase) bool { return a.calls }

// What is too long, or not in the budget, takes nothing of the time in which shorter phases are played again.
func TestTimeThatIsNotSpentIsLeft(t *testing.T) {
	c := performance{r: &Recording{Profile: Profile{Rest: time.Second}}, pl: affording{calls: true}, left: 10 * time.Second}
	poor := performance{r: c.r, pl: affording{}, left: 10 * time.Second}
	for _, tt := range []struct {
		from   *performance
		length time.Duration
		want   bool
		left   time.Duration
	}{
		{&c, 12 * time.Second, false, 10 * time.Second},
		{&c, 3 * time.Second, true, 6 * time.Second},
		{&c, 6 * time.Second, false, 6 * time.Second},
		{&c, 5 * time.Second, true, 0},
		{&poor, 3 * time.Second, false, 10 * time.Second},
	} {
		if got := tt.from.again(Phase{Length: tt.length}); got != tt.want || tt.from.left != tt.left {
			t.Errorf("%v: %v with %v left, want %v with %v", tt.length, got, tt.from.left, tt.want, tt.left)
		}
	}
}
