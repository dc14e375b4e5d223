package loadgen

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/target"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A sender is the transport that Vegeta's client uses: it sends the prepared request of the call
// that is due, whatever Vegeta asks for, and notes when it left and what came back.
type sender struct {
	ctx      context.Context
	rig      *rig
	base     http.RoundTripper
	played   *Played
	began    time.Time
	tooLate  time.Duration
	timeout  time.Duration
	due      chan slot
	inFlight atomic.Int64
	peak     atomic.Int64
	most     int64        // calls that may be in flight
	full     atomic.Int64 // when so many were in flight for the last time, in time since began
	samples  samples
	spare    int64        // calls that may be missed; the attempt is given up with one more
	lost     atomic.Int64 // missed by the generator's own doing
	gaveUp   atomic.Int64 // when the attempt was given up, in time since began; zero: it was not
}

// maxAnswer bounds how much of an answer is read, in bytes. That of an encryption has 200.
const maxAnswer = 64 << 10

// done is what Vegeta is told of every call: it has nothing to decide.
var done = http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	Header: http.Header{}, Body: http.NoBody}

// RoundTrip sends the next call that is due. It is a transport for Vegeta only: its answer says
// nothing about the call.
func (s *sender) RoundTrip(*http.Request) (*http.Response, error) {
	s.sendOne(<-s.due)
	answer := done
	return &answer, nil
}

func (s *sender) sendOne(next slot) {
	send := time.Since(s.began)
	next.held = s.heldUp(next)
	if send-next.due > s.tooLate {
		s.miss(next, send-next.due)
		return
	}
	s.raisePeak(s.inFlight.Add(1))
	class, body := s.exchange(s.rig.keys[next.key])
	end := time.Since(s.began)
	if s.inFlight.Add(-1) == s.most-1 {
		s.full.Store(int64(end))
	}
	if s.ctx.Err() != nil {
		return // the run was given up while this call was under way
	}
	if class == unsent {
		s.miss(next, end-next.due)
		return
	}
	s.played.sent(next, send, end, class)
	if class == Accepted {
		s.samples.offer(next.key, body)
	}
}

// heldUp reports whether a call was due before the target gave the answer that let another call leave.
func (s *sender) heldUp(next slot) bool { return int64(next.due) <= s.full.Load() }

// miss notes a call that did not leave.
func (s *sender) miss(next slot, after time.Duration) {
	next.held = s.heldUp(next)
	s.played.missed(next, after)
	if !next.held && s.lost.Add(1) == s.spare+1 {
		s.gaveUp.Store(int64(next.due + after))
	}
}

// spare returns how many calls of an attempt may be missed.
func spare(p Profile, ph Phase) int64 {
	return int64((1 - p.bounds(ph).Sent) * float64(ph.calls()))
}

func (s *sender) raisePeak(n int64) {
	for top := s.peak.Load(); n > top && !s.peak.CompareAndSwap(top, n); {
		top = s.peak.Load()
	}
}

// exchange makes the call and sorts its answer.
func (s *sender) exchange(k *loaded) (Class, []byte) {
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	resp, err := s.base.RoundTrip(k.request(ctx))
	if err != nil {
		return classifyError(err), nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return classifyError(err), nil
	}
	return classify(resp.StatusCode, body), body
}

// workers returns how many calls may be in flight at once, by Little's law with the time-out for an
// answer, within 32 and 2048. Beyond that calls are missed rather than piled up.
func workers(ph Phase, timeout time.Duration) uint64 {
	return uint64(min(max(ph.rate()*timeout.Seconds(), 32), 2048))
}

// initialWorkers are started with an attempt; Vegeta adds more when none is free.
const initialWorkers = 16

// attack plays one attempt with an attacker of its own, for an attacker works once. It returns
// when every call is answered, timed out or missed, with the most calls in flight.
func attack(ctx context.Context, r *rig, p Profile, o Options, a *Played, samples samples) int {
	most := workers(a.Phase, o.timeout())
	due := make(chan slot, most+1)
	began := time.Now()
	s := &sender{ctx: ctx, rig: r, base: r.t.RoundTripper(target.Source{}), played: a, began: began, tooLate: p.MissAfter,
		timeout: o.timeout(), due: due, samples: samples, most: int64(most), spare: spare(p, a.Phase)}
	pace := &pacer{ctx: ctx, plan: newSchedule(a.Phase, o.Seed), began: began, missed: s.miss, tooLate: p.MissAfter, due: due,
		stall: func(due time.Duration) time.Duration { return o.stall(a.Phase, due) }, sentRate: a.Phase.rate(),
		hopeless: func() bool { return s.gaveUp.Load() > 0 }}
	attacker := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: s}), vegeta.Workers(initialWorkers), vegeta.MaxWorkers(most))
	to := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodPost, URL: "http://load.invalid/"})
	for range attacker.Attack(to, pace, 0, "") {
		// The results are Vegeta's measure, not ours.
	}
	a.GivenUp = time.Duration(s.gaveUp.Load())
	return int(s.peak.Load())
}
