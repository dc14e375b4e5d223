package steps

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// lag is how long a change takes to reach the other region while a history is played across two.
const lag = 2 * time.Second

// turns is how many there are in a history across two regions.
const turns = 8

// gaps are times that pass between two turns: on both sides of the lag, and so short that several changes
// are on their way.
var gaps = []time.Duration{0, lag / 4, lag / 2, lag - time.Millisecond, lag + time.Millisecond}

// acrossRegions plays turn by turn: in each the target's clock stands still and one region answers, with
// the other down; between them time passes by that clock. A nanosecond stands for each beginning and end
// of a call, so that what came after what is known within a turn too.
func (s *scene) acrossRegions(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	var passed time.Duration
	var ticks atomic.Int64
	s.now = func() time.Duration { return passed + time.Duration(ticks.Add(1)) }
	random := rand.New(rand.NewPCG(s.seed, 0))
	for turn := range uint64(turns) {
		if err := s.front(ctx, []target.Region{target.KR, target.JPN}[random.IntN(2)]); err != nil {
			return err
		}
		if err := s.turn(ctx, turn, callsOfAll/turns/s.clients); err != nil {
			return err
		}
		gap := gaps[random.IntN(len(gaps))]
		if err := s.t.Advance(ctx, gap); err != nil {
			return err
		}
		passed += gap
	}
	return nil
}

// prepare stops the clock and lets changes lag.
func (s *scene) prepare(ctx context.Context) error {
	return errors.Join(s.world.standStill(ctx), s.t.SetLag(ctx, target.KR, lag), s.t.SetLag(ctx, target.JPN, lag))
}

// front lets one region answer and takes the other down.
func (s *scene) front(ctx context.Context, r target.Region) error {
	other := map[target.Region]target.Region{target.KR: target.JPN, target.JPN: target.KR}[r]
	s.region = r
	return errors.Join(s.t.SetRegion(ctx, r, true), s.t.SetRegion(ctx, other, false))
}
