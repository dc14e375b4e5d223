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
		want   string
		left   time.Duration
	}{
		{&c, 12 * time.Second, "it takes 13s, and of the time that the profile has for that (again) 10s are left", 10 * time.Second},
		{&c, 3 * time.Second, "", 6 * time.Second},
		{&c, 6 * time.Second, "it takes 7s, and of the time that the profile has for that (again) 6s are left", 6 * time.Second},
		{&c, 5 * time.Second, "", 0},
		{&poor, 3 * time.Second, "the budget allows no more calls", 10 * time.Second},
	} {
		if got := tt.from.again(Phase{Length: tt.length}); got != tt.want || tt.from.left != tt.left {
			t.Errorf("%v: %q with %v left, want %q with %v", tt.length, got, tt.from.left, tt.want, tt.left)
		}
	}
}
