package fleet

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// WorkerOptions is how a worker works. The zero value waits for one run after the other.
type WorkerOptions struct {
	Version string                                              // of the program: a coordinator of another one is refused
	Roots   *x509.CertPool                                      // of the target's certificate; nil: the run's authority, else the system's
	Once    bool                                                // leave after one run, and when no server is found for a minute
	Idle    time.Duration                                       // with Once, for how long it waits for the run at most; zero: for ever
	Log     func(format string, a ...any)                       // told what happens, a line each; nil: nobody is
	Stall   func(phase string, due time.Duration) time.Duration // makes it hold still, as loadgen.Options.Stall does; nil: it never does
	Clock   func() time.Time                                    // this machine's; nil: time.Now. For tests of clocks that are off
}

func (o WorkerOptions) log(format string, a ...any) {
	if o.Log != nil {
		o.Log(format, a...)
	}
}

func (o WorkerOptions) now() time.Time {
	if o.Clock != nil {
		return o.Clock()
	}
	return time.Now()
}

// A worker waits in the lobby, or is in a session.
type worker struct {
	link *Link
	o    WorkerOptions
	id   string
	host string

	mu      sync.Mutex
	session *session // nil in the lobby
	leaving bool     // no session begins any more
	over    chan struct{}
}

// Work serves coordinators until ctx ends; with o.Once, one of them. Its error means that the cluster
// could not be asked.
func Work(ctx context.Context, l *Link, o WorkerOptions) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	w := &worker{link: l, o: o, id: rand.Text(), host: fmt.Sprintf("%s/%d", host, os.Getpid()), over: make(chan struct{})}
	gone := make(chan struct{})
	l.nc.SetClosedHandler(func(*nats.Conn) { close(gone) })
	for subject, handle := range map[string]nats.MsgHandler{
		l.subject("lobby"):                   w.hello,
		l.subject("worker", w.id, "clock"):   w.clock,
		l.subject("worker", w.id, "do", "*"): w.do,
	} {
		sub, err := l.nc.Subscribe(subject, handle)
		if err != nil {
			return fmt.Errorf("NATS: %w", err)
		}
		defer sub.Drain()
	}
	if err := l.nc.FlushTimeout(asking); err != nil {
		return fmt.Errorf("NATS: %w", err)
	}
	o.log("waiting for a coordinator as %s", w.host)
	idle := make(chan struct{})
	if o.Once && o.Idle > 0 {
		defer time.AfterFunc(o.Idle, func() { w.tire(idle) }).Stop()
	}
	select {
	case <-ctx.Done():
	case <-w.over:
	case <-idle:
		err = fmt.Errorf("no coordinator took it for %v", o.Idle)
	case <-gone:
		err = fmt.Errorf("NATS: no server was found for %v", reconnecting)
	}
	w.leave()
	return err
}

// tire closes idle where the worker is in no run by now, and none takes it then.
func (w *worker) tire(idle chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.session == nil && !w.leaving {
		w.leaving = true
		close(idle)
	}
}

// leave ends the session, if there is one, and waits for it.
func (w *worker) leave() {
	w.mu.Lock()
	s := w.session
	w.mu.Unlock()
	if s != nil {
		s.end("the worker ends")
		<-s.ended
	}
}

func (w *worker) hello(m *nats.Msg) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.session == nil && !w.leaving {
		_ = m.Respond(written(hello{ID: w.id, Host: w.host})) // who does not hear it asks again
	}
}

func (w *worker) clock(m *nats.Msg) { _ = m.Respond(written(said{Now: w.o.now()})) }

// do hands what is asked for to the session, or begins one.
func (w *worker) do(m *nats.Msg) {
	operation := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
	switch operation {
	case "join":
		_ = m.Respond(written(said{Refused: w.join(m.Data)}))
		return
	case "leave":
		w.dismissed(m.Data)
		return
	}
	w.mu.Lock()
	s := w.session
	w.mu.Unlock()
	if s == nil || !s.take(asked{operation, m}) {
		_ = m.Respond(written(said{Refused: "it is in no run"}))
	}
}

// dismissed ends the session of a run that goes on without this worker.
func (w *worker) dismissed(text []byte) {
	var l leave
	w.mu.Lock()
	defer w.mu.Unlock()
	if json.Unmarshal(text, &l) == nil && w.session != nil && w.session.run == l.Run {
		w.session.end(l.Why)
	}
}

// join begins a session, or says why not.
func (w *worker) join(text []byte) (refused string) {
	var j join
	if err := json.Unmarshal(text, &j); err != nil {
		return "it does not understand the coordinator"
	}
	if own := spoken(w.o.Version); j.Version != own {
		return fmt.Sprintf("it is kmsproof %s and the coordinator is %s: use the same program for both", own, j.Version)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.session != nil:
		return "it is busy with run " + w.session.run
	case w.leaving:
		return "it leaves"
	}
	s, err := newSession(w, j)
	if err != nil {
		return err.Error()
	}
	w.session = s
	go func() { // ends with the session, which leave waits for
		s.serve()
		w.mu.Lock()
		w.session, w.leaving = nil, w.o.Once
		w.mu.Unlock()
		close(s.ended)
		if w.o.Once {
			close(w.over)
		}
	}()
	return ""
}
