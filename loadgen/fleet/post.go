package fleet

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A post brings the reports of one attempt to the stream: each once and in their order, however often it
// has to be tried. Those that wait are kept in memory.
type post struct {
	s       *session
	n       int
	subject string

	mu      sync.Mutex
	waiting []result
	seq     int
	closed  bool
	more    chan struct{}
}

func newPost(s *session, n int) *post {
	return &post{s: s, n: n, subject: s.w.link.subject("run", s.run, "result", strconv.Itoa(n), s.name), more: make(chan struct{}, 1)}
}

// put takes a report. It never waits.
func (p *post) put(r loadgen.Report) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, result{Seq: p.seq, Report: r})
	p.seq++
	p.wake()
	return nil
}

// close says that nothing more will be put.
func (p *post) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wake()
}

func (p *post) wake() {
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// deliver publishes until all is in the stream, or the session ends.
func (p *post) deliver() {
	for {
		next, ok, over := p.next()
		switch {
		case over:
			return
		case ok:
			if !p.publish(next) {
				return
			}
		default:
			select {
			case <-p.more:
			case <-p.s.ctx.Done():
				return
			}
		}
	}
}

func (p *post) next() (r result, ok, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		return r, false, p.closed
	}
	r, p.waiting = p.waiting[0], p.waiting[1:]
	return r, true, false
}

// publishing bounds one try, and patience is between two.
const publishing, patience = 2 * time.Second, 100 * time.Millisecond

// publish tries until the stream has the report: its message id keeps a report that came in and was not
// acknowledged from coming twice. It reports false when the session ended before.
func (p *post) publish(r result) bool {
	m := &nats.Msg{Subject: p.subject, Data: packed(r)}
	id := jetstream.WithMsgID(fmt.Sprintf("%s/%d/%s/%d", p.s.run, p.n, p.s.name, r.Seq))
	for {
		ctx, cancel := context.WithTimeout(p.s.ctx, publishing)
		_, err := p.s.w.link.js.PublishMsg(ctx, m, id, jetstream.WithRetryAttempts(0))
		cancel()
		if err == nil {
			return true
		}
		p.s.w.o.log("run %s: a report waits: %v", p.s.run, err)
		select {
		case <-time.After(patience):
		case <-p.s.ctx.Done():
			return false
		}
	}
}
