package loadgen

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Run plays p against t in real time and judges what was recorded. It creates the keys that it
// needs and removes them at the end, also after an error and when ctx has ended, unless t is
// disposable or o.Keep is set.
//
// Its error means that the target could not be asked: p or o is wrong, the budget does not allow
// the plan (it then wraps target.ErrBudget and nothing was sent), the keys could not be set up, or
// ctx ended. When ctx ended under load, what was recorded until then comes with the error; see [ErrEnough].
func Run(ctx context.Context, t *target.Target, p Profile, o Options) (reports.Load, error) {
	q, left, err := ready(p, o)
	if err != nil {
		return reports.Load{}, err
	}
	plan := planned(q, left)
	if err := plan.fits(t.Budget, t.Requests()); err != nil {
		return reports.Load{}, err
	}
	var shown []reports.Control
	var lacks []Lack
	switch {
	case o.Fleet != nil:
		if err := q.apart(); err != nil {
			return reports.Load{}, err
		}
		lacks = fleetLacks(q)
		q = q.without(lacks)
		if shown, err = o.Fleet.Begin(ctx, q, o); err != nil {
			return reports.Load{}, err
		}
	case o.Controls:
		if shown, err = controls(ctx, q, o.Seed); err != nil && ctx.Err() != nil {
			return reports.Load{}, err
		} else if err != nil {
			shown = []reports.Control{{Name: controlNull, Text: fmt.Sprintf("could not be tried: %v", err)}}
		}
	}
	if len(failed(shown)) > 0 {
		return concluded(Recording{Profile: q, Seed: o.Seed, Left: left, Keys: numbered(q.Keys), Controls: shown, Fleet: o.crew()}, o)
	}
	rec, err := record(ctx, t, q, lacks, left, o)
	if rec.Keys == nil {
		return reports.Load{}, err
	}
	defer rec.Close()
	if rec.spool.failed() != nil {
		return reports.Load{}, err
	}
	rec.Controls = shown
	rec.Fleet = o.crew()
	load, lost := concluded(rec, o)
	return load, errors.Join(err, lost)
}

// crew returns who sends for this process; nil: nobody does.
func (o Options) crew() []reports.Worker {
	if o.Fleet == nil {
		return nil
	}
	return o.Fleet.Workers()
}

// concluded judges a recording and shows it to who wants to keep it.
func concluded(r Recording, o Options) (reports.Load, error) {
	load := Judge(r)
	if o.Recorded == nil {
		return load, nil
	}
	if err := o.Recorded(r); err != nil {
		return load, fmt.Errorf("evidence: %w", err)
	}
	return load, nil
}

// record plays a profile that is ready and within the budget. A recording without keys means that
// nothing was sent under load.
func record(ctx context.Context, t *target.Target, q Profile, lacks []Lack, left []string, o Options) (Recording, error) {
	if err := q.playableOn(t); err != nil {
		return Recording{}, err
	}
	if err := running(ctx, t); err != nil {
		return Recording{}, err
	}
	pause := func(ctx context.Context) error { return wait(ctx, time.Second) }
	r, err := build(ctx, t, q, o.Seed, pause)
	defer r.remove(ctx, o)
	if err != nil {
		return Recording{}, err
	}
	base := carrierFor(t)
	_, sockets := base.(*wired)
	missing, err := r.lacks(ctx, q, sockets, pause)
	if err != nil {
		return Recording{}, err
	}
	lacks = append(lacks, missing...)
	q = q.without(lacks)
	if err := t.Reserve(planned(q, left).Load); err != nil {
		return Recording{}, err
	}
	if err := wait(ctx, q.Rest); err != nil { // the set-up has used the limits, and the target may still be busy with it
		return Recording{}, err
	}
	rec := Recording{Profile: q, Seed: o.Seed, Reference: t.Offers(target.Admin), Left: left, Lacks: lacks, Keys: r.names()}
	live := &live{rig: r, base: base, p: q, o: o, rec: &rec, began: time.Now(), samples: newSamples(q.Keys, q.sampled(), o.Seed)}
	defer live.base.close()
	defer context.AfterFunc(ctx, live.base.close)()
	live.keeper = newKeeper(r, o, live.elapsed)
	rec.spool, rec.Began = &spool{}, live.began
	err = live.watched(ctx)
	return rec, errors.Join(rec.spool.failed(), err)
}

// A live player plays in real time.
type live struct {
	rig     *rig
	base    carrier
	p       Profile
	o       Options
	rec     *Recording
	began   time.Time
	samples samples
	keeper  *keeper // nil: no token expires

	mu sync.Mutex
	standing
}

// standing is where the run stands, for those who are told of its progress.
type standing struct {
	current *Played      // nil between attempts
	latest  *Played      // the current one or the one before; nil before the first
	soFar   reports.Load // what the attempts show that have ended
}

// watched performs the profile while the caller is told of its progress.
func (l *live) watched(ctx context.Context) error {
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	if l.o.Progress != nil {
		wg.Go(func() { l.watch(watch) })
	}
	err := perform(ctx, l.rec, l)
	switch {
	case err == nil:
		err = l.rest(ctx, l.p.Rest/4) // checks the last samples
	case errors.Is(context.Cause(ctx), ErrEnough):
		l.lastCheck(ctx)
	}
	stop()
	wg.Wait()
	return err
}

func (l *live) elapsed() time.Duration { return time.Since(l.began) }

// affords takes the calls of one more attempt from the budget.
func (l *live) affords(ph Phase) bool { return l.rig.t.Reserve(ph.most()) == nil }

// rest waits for half of d, so that the buckets hold something again, checks the samples of the
// last attempt, and waits for the other half.
func (l *live) rest(ctx context.Context, d time.Duration) error {
	end := time.Now().Add(d)
	if err := wait(ctx, d/2); err != nil {
		return err
	}
	l.samples.check(ctx, l.rig, &l.rec.Checked)
	l.judge()
	return wait(ctx, time.Until(end))
}

// judge looks at the attempts that have ended, while nothing is sent, if somebody wants to know. A record
// that is lost is no longer looked at: Run says so at its end.
func (l *live) judge() {
	if l.o.Progress == nil || l.rec.spool.failed() != nil {
		return
	}
	soFar := Judge(*l.rec)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.soFar = soFar
}

// wait returns after d, or earlier with the error of ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// play plays an attempt and has the target tell what it saw of it.
func (l *live) play(ctx context.Context, a *Played) error {
	a.RealTime = true
	told := looking(ctx, l.rig, a.Phase.Keys)
	defer func() { a.Told, a.Untold = told() }()
	if l.o.Fleet != nil {
		return l.direct(ctx, a)
	}
	return l.send(ctx, a)
}

// send signs, sends, and signs again in time. Garbage is collected first: among the calls, which throw much away, a
// collection holds them up.
func (l *live) send(ctx context.Context, a *Played) error {
	runtime.GC()
	if err := l.sign(ctx); err != nil {
		return err
	}
	if err := l.base.warm(l.rig.keys[0], int(crewFor(a.Phase, l.rig.typical, l.o.timeout()).start), l.o.timeout(), a.Phase.pools()...); err != nil {
		return err
	}
	a.Start = l.elapsed()
	l.show(a)
	defer l.show(nil)
	renewal, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var renewed, tended error
	wg.Go(func() { renewed = l.renew(renewal) })
	var down outage
	if a.Phase.Down.Length > 0 {
		wg.Go(func() {
			down.err = down.play(renewal, l.rig.t, a, func() time.Duration { return l.elapsed() - a.Start })
		})
	}
	if l.keeper != nil {
		wg.Go(func() { tended = l.tend(renewal, a) })
	}
	before, opened := machine.Read(), l.base.connections()
	peak := attack(ctx, l.rig, l.base, l.p, l.o, a, l.samples, time.Now())
	a.Machine, a.Connections = machine.Read().Since(before), l.base.connections()-opened
	stop()
	wg.Wait()
	l.rec.Workers = max(l.rec.Workers, peak)
	if err := ctx.Err(); err != nil {
		return err
	}
	a.Down = down.was
	return errors.Join(renewed, down.err, tended)
}

func (l *live) sign(ctx context.Context) error {
	now, err := l.rig.t.Now(ctx)
	if err != nil {
		return err
	}
	return l.rig.sign(ctx, now)
}

// renew signs again until ctx ends, long before a signature is too old.
func (l *live) renew(ctx context.Context) error {
	for {
		if wait(ctx, signatureLife) != nil {
			return nil
		}
		if err := l.sign(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

func (l *live) show(a *Played) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = a
	if a != nil {
		l.latest = a
	}
}

// watch tells how the profile is doing four times a second until ctx ends.
func (l *live) watch(ctx context.Context) {
	ticker := time.NewTicker(time.Second / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		s := l.standing
		l.mu.Unlock()
		l.o.Progress(l.progress(s))
	}
}
