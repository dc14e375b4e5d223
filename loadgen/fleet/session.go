package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A session is a worker's part in one run.
type session struct {
	w     *worker
	run   string
	name  string
	plan  plan
	kv    jetstream.KeyValue
	asked chan asked
	ended chan struct{}

	ctx   context.Context
	leave context.CancelCauseFunc

	pulse chan struct{}

	mu    sync.Mutex
	armed *loadgen.Armed // nil: nothing is
	n     int            // of the attempt that it is armed for
	over  chan struct{}  // closed when what is being played is over and reported; nil: nothing is

	calls []loadgen.Signed // that came without their share so far
}

// An asked is something that the coordinator wants.
type asked struct {
	operation string
	*nats.Msg
}

// asking bounds a question to the cluster.
const asking = 10 * time.Second

// newSession fetches the plan and sees that it is the one that was meant.
func newSession(w *worker, j join) (*session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), asking)
	defer cancel()
	kv, err := w.link.js.KeyValue(ctx, w.link.stream(j.Run))
	if err != nil {
		return nil, fmt.Errorf("it does not find the run's bucket: %w", err)
	}
	entry, err := kv.Get(ctx, planKey)
	if err != nil {
		return nil, fmt.Errorf("it does not find the plan: %w", err)
	}
	s := &session{w: w, run: j.Run, name: j.Name, kv: kv, asked: make(chan asked, 64), ended: make(chan struct{}), pulse: make(chan struct{}, 1)}
	if s.plan, err = planOf(entry.Value(), j.Hash); err != nil {
		return nil, err
	}
	s.ctx, s.leave = context.WithCancelCause(context.Background())
	return s, nil
}

// take reports whether the session can take something more to do.
func (s *session) take(a asked) bool {
	select {
	case s.asked <- a:
		return true
	default:
		return false
	}
}

func (s *session) end(why string) { s.leave(errors.New(why)) }

// serve works until the run is over, the coordinator falls silent, or the worker ends.
func (s *session) serve() {
	s.w.o.log("run %s: joined as %s", s.run, s.name)
	heard, err := s.w.link.nc.Subscribe(s.w.link.subject("run", s.run, "pulse"), func(*nats.Msg) {
		select {
		case s.pulse <- struct{}{}:
		default:
		}
	})
	if err != nil {
		s.end("it cannot hear the coordinator: " + err.Error())
	}
	var wg sync.WaitGroup
	wg.Go(s.listen)
	wg.Go(s.beat)
	wg.Go(func() { s.watch(&wg) })
	wg.Go(s.answer)
	<-s.ctx.Done()
	wg.Wait()
	if heard != nil {
		_ = heard.Unsubscribe()
	}
	_ = s.disarm() // nothing is played any more
	why := context.Cause(s.ctx).Error()
	_ = s.w.link.nc.Publish(s.w.link.subject("run", s.run, "beat", s.name), written(beat{Why: why})) // nothing is sent any more
	s.w.o.log("run %s: left: %s", s.run, why)
}

// listen ends the session when the coordinator was silent for too long.
func (s *session) listen() {
	timer := time.NewTimer(workerSilence)
	defer timer.Stop()
	for {
		select {
		case <-s.pulse:
			timer.Reset(workerSilence)
		case <-timer.C:
			s.end(fmt.Sprintf("the coordinator was not heard for %v", workerSilence))
		case <-s.ctx.Done():
			return
		}
	}
}

// beat tells the coordinator how it goes, as often as who watches a run is shown it.
func (s *session) beat() {
	ticker := time.NewTicker(Beat / 4)
	defer ticker.Stop()
	subject := s.w.link.subject("run", s.run, "beat", s.name)
	for {
		var b beat
		s.mu.Lock()
		if s.over != nil {
			b.N, b.Count = s.n, s.armed.Count()
		}
		s.mu.Unlock()
		_ = s.w.link.nc.Publish(subject, written(b)) // lost ones are no loss
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
	}
}

// watch follows the state of the run and plays when it says so.
func (s *session) watch(wg *sync.WaitGroup) {
	w, err := s.kv.Watch(s.ctx, stateKey)
	if err != nil {
		s.end("it cannot watch the run's state: " + err.Error())
		return
	}
	defer w.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case entry := <-w.Updates():
			if entry == nil {
				continue // what there was is told
			}
			at, err := standingOf(entry.Value())
			switch {
			case err != nil || entry.Operation() != jetstream.KeyValuePut:
				s.end("the run's state cannot be read")
			case at.State == aborted:
				s.end("the run was aborted: " + at.Why)
			case at.State == done:
				s.end("the run is over")
			case at.State == playing:
				wg.Go(func() { s.play(at) })
			}
		}
	}
}

// answer does what the coordinator asks for, one after the other.
func (s *session) answer() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case a := <-s.asked:
			var out said
			var err error
			switch a.operation {
			case "prove":
				out.Controls, err = s.prove(a.Data)
			case "arm":
				err = s.arm(a.Data)
			default:
				err = fmt.Errorf("it does not know how to %q", a.operation)
			}
			if err != nil {
				out.Refused = err.Error()
			}
			_ = a.Respond(written(out)) // the coordinator gives up on who does not answer
		}
	}
}

func (s *session) prove(text []byte) ([]reports.Control, error) {
	var p proving
	if err := json.Unmarshal(text, &p); err != nil || p.Run != s.run {
		return nil, errors.New("the question is not of its run")
	}
	return loadgen.Prove(s.ctx, s.plan.Profile, p.Lanes, loadgen.Options{Seed: s.plan.Seed})
}
