package loadgen

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/wire"
	"github.com/kmsproof/kmsproof/target"
)

// A shot is one call on its way. It is used again for others.
type shot struct {
	ctx     context.Context
	began   time.Time     // of the attempt; the times below count from it
	latest  time.Duration // when it may leave at the latest
	timeout time.Duration // from leaving to the whole answer
	left    time.Duration // when it left
	answer  wire.Answer

	books *sentBooks
	under bool // it has left, and the books have it in flight
}

// leave notes that the call leaves now. It reports whether that is in time. A call that is made again left when
// it did so first.
func (s *shot) leave() bool {
	s.left = time.Since(s.began)
	if s.left > s.latest {
		return false
	}
	if !s.under {
		s.under = true
		s.books.leave()
	}
	return true
}

// A carrier brings a key's prepared call to the target and the answer back, once.
type carrier interface {
	// carry fills in when the call left and what was answered. Its error means that no answer
	// came, or that nothing was sent (errLate, and what [classifyError] takes for unsent).
	carry(k *loaded, s *shot) error

	// warm makes ready for so many calls of k at once.
	warm(k *loaded, calls int, timeout time.Duration) error

	// connections returns how many were opened so far; zero where that is not known.
	connections() int64

	// close ends what is under way.
	close()
}

// errLate means that a call could no longer leave in time and was not sent.
var errLate = errors.New("the call could not leave in time")

// carrierFor returns the lean transport where the target is reached over sockets, and the target's
// own transport where it has one.
func carrierFor(t *target.Target) carrier {
	if t.Transport != nil {
		return through{t.RoundTripper(target.Source{})}
	}
	return &wired{wire.Transport{MaxBody: maxAnswer, TLS: &tls.Config{RootCAs: t.RootCAs, MinVersion: tls.VersionTLS12}}}
}

// wired carries over persistent connections of its own.
type wired struct{ wire.Transport }

func (w *wired) carry(k *loaded, s *shot) error {
	call := k.ready.Load().call
	conn, err := w.Conn(call.Origin(), time.Now().Add(s.timeout))
	if err != nil {
		s.leave()
		return err
	}
	if !s.leave() {
		conn.Release()
		return errLate
	}
	return conn.Exchange(call, s.began.Add(s.left+s.timeout), &s.answer)
}

func (w *wired) warm(k *loaded, calls int, timeout time.Duration) error {
	return w.Warm(k.ready.Load().call.Origin(), calls, time.Now().Add(timeout))
}

func (w *wired) connections() int64 { return w.Dials() }

func (w *wired) close() { w.Close() }

// through carries over a transport of net/http's form.
type through struct{ base http.RoundTripper }

func (t through) carry(k *loaded, s *shot) error {
	if !s.leave() {
		return errLate
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	resp, err := t.base.RoundTrip(k.request(ctx))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	s.answer.Status, s.answer.Server = resp.StatusCode, -1
	s.answer.Head = append(s.answer.Head[:0], retryAfterField+resp.Header.Get(retryAfterField[:len(retryAfterField)-2])+"\r\n"...)
	s.answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return err
}

func (through) warm(*loaded, int, time.Duration) error { return nil }

func (through) connections() int64 { return 0 }

func (through) close() {}
