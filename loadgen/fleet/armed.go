package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
)

// arm makes the next attempt ready, or renews the calls of the one that is.
func (s *session) arm(text []byte) error {
	var a arming
	if err := packing.Unmarshal(text, &a); err != nil || a.Run != s.run {
		return errors.New("the calls are not of its run")
	}
	s.mu.Lock()
	armed, n := s.armed, s.n
	s.mu.Unlock()
	if a.Renewal {
		if armed == nil || n != a.N {
			return nil // the attempt is over
		}
		return armed.Renew(s.ctx, a.Calls)
	}
	if len(a.Share) == 0 {
		s.calls = append(s.calls, a.Calls...)
		return nil
	}
	calls := append(s.calls, a.Calls...)
	s.calls = nil
	var share loadgen.Share
	if err := json.Unmarshal(a.Share, &share); err != nil {
		return errors.New("its share cannot be read")
	}
	if err := s.disarm(); err != nil {
		return err
	}
	share.Profile, share.Seed = s.plan.Profile, s.plan.Seed
	armed, err := share.Arm(s.ctx, calls, s.w.o.Roots)
	if err != nil {
		return err
	}
	armed.Stall = s.w.o.Stall
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed, s.n = armed, a.N
	return nil
}

// disarm closes what was armed, once it is not played any more: the coordinator may have its last report before
// the worker knows that.
func (s *session) disarm() error {
	for {
		over := s.idle()
		if over == nil {
			return nil
		}
		select {
		case <-over:
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		}
	}
}

// idle closes what is armed and not played; else it returns what says when that is over.
func (s *session) idle() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over == nil && s.armed != nil {
		s.armed.Close()
		s.armed = nil
	}
	return s.over
}

// play plays what is armed, if it is for this attempt. A worker that is armed and not named was given up.
func (s *session) play(at standing) {
	began, named := at.begins(s.name)
	armed, over := s.start(at.N, named)
	if armed == nil {
		return
	}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		armed.Close()
		s.armed, s.over = nil, nil
		close(over)
	}()
	p := newPost(s, at.N)
	var wg sync.WaitGroup
	wg.Go(p.deliver)
	if s.w.o.Clock != nil {
		began = time.Now().Add(began.Sub(s.w.o.Clock()))
	}
	err := armed.Play(s.ctx, began, p.put)
	p.close()
	wg.Wait()
	if err != nil && s.ctx.Err() == nil {
		s.end("it could not play: " + err.Error())
	}
}

// start takes what is armed for an attempt, to play it, with what is closed when that is over; nil: there is
// nothing to play.
func (s *session) start(n int, named bool) (*loadgen.Armed, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.armed == nil || s.n != n || s.over != nil {
		return nil, nil
	}
	if !named {
		s.end("attempt began without it")
		return nil, nil
	}
	s.over = make(chan struct{})
	return s.armed, s.over
}
