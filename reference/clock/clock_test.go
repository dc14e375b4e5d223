package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reference/clock"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func TestAFrozenClockMovesOnlyWhenItIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewManual(start)
		time.Sleep(time.Hour) // in the bubble: nobody waits
		if now := c.Now(); !now.Equal(start) {
			t.Errorf("it reads %v after an hour, want %v", now, start)
		}
		c.Advance(17520 * time.Hour)
		if now := c.Now(); !now.Equal(start.Add(17520 * time.Hour)) {
			t.Errorf("it reads %v after an advance of two years", now)
		}
		c.Set(start.Add(-time.Hour))
		if now := c.Now(); !now.Equal(start.Add(-time.Hour)) || !c.Frozen() {
			t.Errorf("it reads %v after it was set back, frozen %v", now, c.Frozen())
		}
	})
}

func TestARunningClockKeepsItsOffset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewMachine()
		began := time.Now()
		c.Advance(time.Hour)
		time.Sleep(time.Minute)
		if now, want := c.Now(), began.Add(time.Hour+time.Minute); !now.Equal(want) {
			t.Errorf("it reads %v, want %v", now, want)
		}
		c.Freeze(true)
		time.Sleep(time.Minute)
		if now, want := c.Now(), began.Add(time.Hour+time.Minute); !now.Equal(want) {
			t.Errorf("frozen it reads %v, want %v", now, want)
		}
		c.Freeze(false)
		time.Sleep(time.Second)
		if now, want := c.Now(), began.Add(time.Hour+time.Minute+time.Second); !now.Equal(want) {
			t.Errorf("released it reads %v, want %v", now, want)
		}
	})
}

// TestWhoFollowsAClockIsToldOfItsMoves: by the time that the move returns, until he has heard enough.
func TestWhoFollowsAClockIsToldOfItsMoves(t *testing.T) {
	c := clock.NewManual(start)
	var told []time.Time
	c.OnMove(func() bool { told = append(told, c.Now()); return len(told) < 2 })
	c.Freeze(false)
	c.Freeze(true)
	if len(told) != 0 {
		t.Errorf("a clock that stops is none that moved: %v", told)
	}
	c.Set(start)
	c.Advance(time.Hour)
	c.Advance(time.Hour)
	if len(told) != 2 || !told[0].Equal(start) || !told[1].Equal(start.Add(time.Hour)) {
		t.Errorf("told %v, want %v and an hour later", told, start)
	}
}
