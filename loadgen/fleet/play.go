package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/nats-io/nats.go/jetstream"
)

// lead is how long before its instant an attempt is announced; a clock's uncertainty comes on top.
const lead = 500 * time.Millisecond

// late is how long after its last call is answered or timed out an attempt's last report may come.
const late = 15 * time.Second

// An attempt is one that the fleet plays: who has which part, and what came of it.
type attempt struct {
	c     *Coordinator
	a     *loadgen.Attempt
	n     int
	parts map[string]*part
}

// A part is one worker's share of an attempt.
type part struct {
	w      *member
	lanes  []loadgen.Lane
	intake *loadgen.Intake
	seq    int  // of the next result
	over   bool // its books are in, or it is lost
}

// Play plays an attempt on the workers that are left. Those that fall out make it invalid, and get no more
// to do. With an error the run is over.
func (c *Coordinator) Play(ctx context.Context, a *loadgen.Attempt) error {
	err := c.play(ctx, a)
	if err == nil {
		return nil
	}
	why := "the coordinator was interrupted"
	if ctx.Err() == nil {
		why = err.Error()
	}
	return errors.Join(err, c.stop(aborted, why))
}

func (c *Coordinator) play(ctx context.Context, a *loadgen.Attempt) error {
	alive := c.alive()
	if len(alive) == 0 {
		return c.deserted()
	}
	c.deal()
	c.n++
	at := &attempt{c: c, a: a, n: c.n, parts: map[string]*part{}}
	for _, w := range alive {
		if lanes := a.Phase.Playing(w.lanes); len(lanes) > 0 {
			at.parts[w.name] = &part{w: w, lanes: lanes, intake: a.Intake(w.name, lanes)}
		}
	}
	c.watch(at)
	defer c.watch(nil)
	if err := at.arm(ctx); err != nil {
		return err
	}
	at.clocks(ctx)
	if len(at.working()) == 0 {
		return c.deserted()
	}
	if at.lost() {
		return ctx.Err() // nothing would count of it: the next one is armed in its place
	}
	return at.play(ctx)
}

// lost reports whether a worker that has a part was given up.
func (at *attempt) lost() bool {
	for _, p := range at.parts {
		if p.w.lost != "" {
			return true
		}
	}
	return false
}

// deserted says why nobody is left.
func (c *Coordinator) deserted() error {
	var why []string
	for _, w := range c.crew {
		why = append(why, w.name+": "+w.lost)
	}
	const most = 3
	if n := len(why); n > most {
		why = append(why[:most], fmt.Sprintf("and %d more", n-most))
	}
	return fmt.Errorf("no worker is left (%s)", strings.Join(why, "; "))
}

// working returns the workers that have something to do and are there.
func (at *attempt) working() (crew []*member) {
	for _, w := range at.c.crew {
		if p := at.parts[w.name]; p != nil && w.lost == "" {
			crew = append(crew, w)
		}
	}
	return crew
}

// lose gives a worker up and tells it so.
func (at *attempt) lose(w *member, why string) {
	if w.lost != "" {
		return
	}
	w.lost = why
	p := at.parts[w.name]
	p.over = true
	at.a.Lost(w.name+" ("+w.Host+")", p.lanes, why)
	at.c.dismiss(w, "it was given up: "+why)
	at.c.o.log("worker %s (%s) is lost: %s", w.name, w.Host, why)
}

// arm signs the calls and gives each worker its own.
func (at *attempt) arm(ctx context.Context) error {
	signed, err := at.a.Sign(ctx)
	if err != nil {
		return err
	}
	crew := at.working()
	errs := each(crew, func(_ int, w *member) error { return at.send(ctx, w, signed, false) })
	return at.losses(ctx, crew, errs)
}

// losses gives those up that failed, unless it is the run that ends.
func (at *attempt) losses(ctx context.Context, crew []*member, errs []error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, w := range crew {
		if errs[i] != nil {
			at.lose(w, errs[i].Error())
		}
	}
	return nil
}

// armed is how many calls go in one message: some 1.5 kB each with their tokens.
const armed = 200

// send gives a worker its calls, in pieces, the last one with its share.
func (at *attempt) send(ctx context.Context, w *member, signed []loadgen.Signed, renewal bool) error {
	lanes := at.parts[w.name].lanes
	var calls []loadgen.Signed
	for _, l := range lanes {
		calls = append(calls, signed[l.Key])
	}
	share := written(loadgen.Share{Phase: at.a.Phase, Attempt: at.a.Number, Timeout: at.a.Timeout, Typical: at.a.Typical, Lanes: lanes, Authority: at.a.Authority})
	for {
		m := arming{Run: at.c.run, N: at.n, Calls: calls[:min(armed, len(calls))], Renewal: renewal}
		calls = calls[len(m.Calls):]
		if len(calls) == 0 && !renewal {
			m.Share = share
		}
		if _, err := at.c.ask(ctx, w, "arm", packed(m), asking); err != nil || len(calls) == 0 {
			return err
		}
	}
}

// clocks measures how far the workers' clocks are ahead, just before and just after the calls.
func (at *attempt) clocks(ctx context.Context) {
	crew := at.working()
	errs := each(crew, func(_ int, w *member) error {
		o, err := at.c.measure(ctx, w)
		if err == nil {
			w.clock = o
		}
		return err
	})
	for i, w := range crew {
		if errs[i] == nil && w.clock.ahead.Abs()-w.clock.within > MaxOffset {
			errs[i] = fmt.Errorf("its clock is %s of the coordinator's by now", ahead(w.clock.ahead))
		}
	}
	_ = at.losses(ctx, crew, errs) // ctx is looked at again before anything is sent
}

// drifted looks how far the clocks went meanwhile.
func (at *attempt) drifted(ctx context.Context) {
	each(at.working(), func(_ int, w *member) error {
		o, err := at.c.measure(ctx, w)
		if err == nil {
			w.drift = max(w.drift, (o.ahead-w.clock.ahead).Abs()-o.within-w.clock.within)
		}
		return err
	})
}

// play announces the attempt, takes in what is reported, and ends when all shares are over.
func (at *attempt) play(ctx context.Context) error {
	c := at.c
	results, stop, err := at.results(ctx)
	if err != nil {
		return err
	}
	defer stop()
	start := time.Now().Add(lead + c.slack())
	offsets := map[string]time.Duration{}
	for _, w := range at.working() {
		offsets[w.name] = w.clock.ahead
	}
	if err := c.reg.set(ctx, standing{State: playing, N: at.n, Start: start.UTC(), Offsets: offsets}); err != nil {
		return err
	}
	at.a.Begins(start)
	if err := at.collect(ctx, start, results); err != nil {
		return err
	}
	at.drifted(ctx)
	at.a.Apart(c.slack())
	if err := c.reg.set(ctx, standing{State: ready}); err != nil {
		return err
	}
	at.purge(ctx)
	return nil
}

// collect takes results until every share is over.
func (at *attempt) collect(ctx context.Context, start time.Time, results <-chan jetstream.Msg) error {
	deadline := start.Add(at.a.Phase.Length + at.a.Timeout + late)
	ticker := time.NewTicker(Beat / 4)
	defer ticker.Stop()
	renew := time.NewTicker(loadgen.SignatureLife)
	defer renew.Stop()
	for !at.over() {
		select {
		case m := <-results:
			at.take(m)
		case now := <-ticker.C:
			at.missed(now, deadline)
		case <-renew.C:
			if err := at.renew(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (at *attempt) over() bool {
	for _, p := range at.parts {
		if !p.over {
			return false
		}
	}
	return true
}

// missed gives those up that were not heard for too long, that said that they leave, or whose last report
// does not come.
func (at *attempt) missed(now, deadline time.Time) {
	for _, p := range at.parts {
		gone := at.c.gone(p.w, now)
		switch {
		case p.over:
		case gone != "":
			at.lose(p.w, gone)
		case now.After(deadline):
			at.lose(p.w, fmt.Sprintf("its last report did not come within %v of the end", late))
		}
	}
}

// gone says that a worker left, or was not heard for too long; empty where neither is so.
func (c *Coordinator) gone(w *member, now time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case w.leaves != "":
		return "it left: " + w.leaves
	case now.Sub(w.heard) > coordinatorSilence:
		return fmt.Sprintf("no heartbeat for %v", coordinatorSilence)
	}
	return ""
}

// renew signs the calls again, long before they are too old.
func (at *attempt) renew(ctx context.Context) error {
	signed, err := at.a.Sign(ctx)
	if err != nil {
		return err
	}
	crew := at.working()
	errs := each(crew, func(_ int, w *member) error { return at.send(ctx, w, signed, true) })
	return at.losses(ctx, crew, errs)
}
