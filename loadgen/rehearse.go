package loadgen

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// Rehearse plays p against t on virtual time and judges the recording: before every call, set moves
// the clock by which t limits to the call's instant. One call is made at a time, so this judges the
// rules of a server, not its speed. It is for a t that is reached in memory, or near enough.
//
// The instants begin at t.Now and never go back within a rehearsal. Keys are handled as by [Run];
// its errors mean the same.
func Rehearse(ctx context.Context, t *target.Target, p Profile, o Options, c Conditions, set func(time.Time)) (reports.Load, error) {
	q, left, err := ready(p, o)
	if err != nil {
		return reports.Load{}, err
	}
	if err := q.playableOn(t); err != nil {
		return reports.Load{}, err
	}
	now, err := t.Now(ctx)
	if err != nil {
		return reports.Load{}, err
	}
	s := &stage{base: [turns]http.RoundTripper{t.RoundTripper(source(t, 0)), t.RoundTripper(source(t, 1))}, start: now, set: set}
	pause := func(ctx context.Context) error {
		s.pass(time.Second)
		return ctx.Err()
	}
	s.rig, err = build(ctx, t, q, o.Seed, pause)
	defer s.rig.remove(ctx, o)
	if err != nil {
		return reports.Load{}, err
	}
	lacks, err := s.rig.lacks(ctx, q, false, pause)
	if err != nil {
		return reports.Load{}, err
	}
	q = q.without(lacks)
	s.pass(q.Rest)
	rec := Recording{Profile: q, Seed: o.Seed, Reference: true, Left: left, Lacks: lacks, Keys: s.rig.names(), Workers: 1}
	s.samples = newSamples(q.Keys, q.sampled(), o.Seed)
	v := newVirtual(q, o, c, s.ask)
	v.begin, v.region = s.begin, func(ctx context.Context, up bool) error { return t.SetRegion(ctx, target.KR, up) }
	s.keeper = newKeeper(s.rig, o, func() time.Duration { return s.at })
	v.tend = s.tend
	v.between = func(ctx context.Context, at time.Duration) {
		s.set(s.start.Add(at))
		s.samples.check(ctx, s.rig, &rec.Checked)
	}
	err = perform(ctx, &rec, v)
	s.pass(v.elapsed() + q.Rest) // the limits hold something again
	s.samples.check(ctx, s.rig, &rec.Checked)
	load, lost := concluded(rec, o)
	return load, errors.Join(err, lost)
}

// A stage puts single calls to a target whose clock it sets.
type stage struct {
	rig     *rig
	base    [turns]http.RoundTripper // by address
	start   time.Time
	set     func(time.Time)
	samples samples
	keeper  *keeper
	at      time.Duration // virtual time since the start of the profile
}

// tend does what is due by then for the tokens.
func (s *stage) tend(ctx context.Context, a *Played, at time.Duration) error {
	if s.keeper == nil {
		return nil
	}
	return s.keeper.tend(ctx, a, at, func(to time.Duration) {
		s.at = max(s.at, to)
		s.set(s.start.Add(s.at))
	}, func(d time.Duration) error {
		s.start = s.start.Add(d)
		return nil
	})
}

// pass lets d pass before the load begins.
func (s *stage) pass(d time.Duration) {
	s.start = s.start.Add(d)
	s.set(s.start)
}

// begin signs the requests for an attempt.
func (s *stage) begin(ctx context.Context, at time.Duration) error {
	return s.rig.sign(ctx, s.start.Add(at))
}

// ask makes one call at the given time and sorts its answer.
func (s *stage) ask(ctx context.Context, at time.Duration, key int, by way) (Class, time.Duration, error) {
	s.at = at
	s.set(s.start.Add(at))
	resp, err := s.base[by.address].RoundTrip(s.rig.keys[key].request(ctx, by.token))
	if err != nil {
		return classifyError(err), 0, ctx.Err()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return classifyError(err), 0, ctx.Err()
	}
	class := classify(resp.StatusCode, body)
	if class == Unauthorized {
		s.rig.tell(key)
	}
	if class == Accepted {
		s.samples.offer(key, body)
	}
	return class, 0, nil
}
