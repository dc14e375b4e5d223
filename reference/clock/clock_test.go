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
