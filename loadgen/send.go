package loadgen

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A sender is the transport that Vegeta's client uses: it sends the prepared call that is due,
// whatever Vegeta asks for, and notes when it left and what came back.
type sender struct {
	ctx     context.Context
	rig     *rig
	options Options
	base    carrier
	played  *Played
	began   time.Time
	tooLate time.Duration
	timeout time.Duration
	crew    crew
	due     chan slot
	gate    *gate
	shots   sync.Pool
	busy    atomic.Int64 // workers
	books   sentBooks
	peak    atomic.Int64
	full    atomic.Int64 // when the crew's most were in flight for the last time, in time since began
	samples samples
	spare   int64        // calls that may be missed; the attempt is given up with one more
	lost    atomic.Int64 // missed by the generator's own doing
	gaveUp  atomic.Int64 // when the attempt was given up, in time since began; zero: it was not
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
	next.held = s.heldUp(next)
	shot, _ := s.shots.Get().(*shot)
	if shot == nil {
		shot = s.newShot()
	}
	defer s.shots.Put(shot)
	shot.latest, shot.under, shot.held = next.due+s.tooLate, false, false
	s.raisePeak(s.busy.Add(1))
	shot.by = s.played.Phase.way(next)
	class := s.exchange(next.key, shot)
	if class.Limited() && s.played.Phase.Tries > 0 {
		class = s.insist(next.key, shot, class)
	}
	end := time.Since(s.began)
	if shot.under {
		s.books.end(class)
	}
	if s.busy.Add(-1) == int64(s.crew.most)-1 {
		s.full.Store(int64(end))
	}
	if s.ctx.Err() != nil {
		return // the run was given up while this call was under way
	}
	if class == unsent {
		s.miss(next, end-next.due)
		return
	}
	server := time.Duration(-1)
	if class < Transport {
		server = shot.answer.Server
	}
	next.held = next.held || shot.held
	s.played.served(next, shot.left, end, server, class)
	if class == Unauthorized {
		s.rig.tell(next.key)
	}
	if class == Accepted {
		s.samples.offer(next.key, shot.answer.Body)
	}
}

func (s *sender) newShot() *shot {
	return &shot{ctx: s.ctx, began: s.began, timeout: s.timeout, books: &s.books}
}

// exchange makes the call and sorts its answer.
func (s *sender) exchange(key int, shot *shot) Class {
	if err := s.base.carry(s.rig.keys[key], shot); err != nil {
		return classifyError(err)
	}
	return classify(shot.answer.Status, shot.answer.Body)
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

// spare returns how many calls of an attempt, or of a worker's share of it, may be missed.
func spare(p Profile, a *Played) int64 {
	planned := 0
	for _, l := range a.share() {
		planned += l.calls(a.Phase)
	}
	return int64((1 - p.bounds(a.Phase).Sent) * float64(planned))
}

func (s *sender) raisePeak(n int64) {
	for top := s.peak.Load(); n > top && !s.peak.CompareAndSwap(top, n); {
		top = s.peak.Load()
	}
}

// attack plays one attempt with an attacker of its own, for an attacker works once. It returns
// when every call is answered, timed out or missed, with the most calls in flight. The calls are due from began on.
func attack(ctx context.Context, r *rig, base carrier, p Profile, o Options, a *Played, samples samples, began time.Time) int {
	s := newSender(ctx, r, base, p, o, a, samples, began)
	s.send()
	return int(s.peak.Load())
}

func newSender(ctx context.Context, r *rig, base carrier, p Profile, o Options, a *Played, samples samples, began time.Time) *sender {
	crew := crewOf(a.rate(), r.typical, o.timeout()).atMost(a.Phase.Abreast)
	return &sender{ctx: ctx, rig: r, options: o, base: base, played: a, began: began, tooLate: p.MissAfter, timeout: o.timeout(), crew: crew,
		due: make(chan slot, crew.most+1), gate: newGate(crew), samples: samples, spare: spare(p, a)}
}

// send has Vegeta ask for the attempt's calls, and returns when it has seen the last of them.
func (s *sender) send() {
	a, o := s.played, s.options
	pace := &pacer{ctx: s.ctx, plan: scheduleOf(a.Phase, o.Seed, a.share()), began: s.began, missed: s.miss, tooLate: s.tooLate, due: s.due, gate: s.gate,
		stall: func(due time.Duration) time.Duration { return o.stall(a.Phase, due) }, sentRate: a.rate(),
		hopeless: func() bool { return s.gaveUp.Load() > 0 }}
	watched := s.books.watch(s.began, a.Phase.Length)
	attacker := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: s}), vegeta.Workers(min(2*s.crew.start, s.crew.most)), vegeta.MaxWorkers(s.crew.most))
	to := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodPost, URL: "http://load.invalid/"})
	for range attacker.Attack(to, pace, 0, "") {
		s.gate.leave() // the results are Vegeta's measure, not ours
	}
	a.Sightings = watched()
	a.Books = s.books.close()
	a.GivenUp = time.Duration(s.gaveUp.Load())
}
