package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
	by      way
	answer  wire.Answer

	books *sentBooks
	under bool // it has left, and the books have it in flight
	held  bool // the target kept it from leaving in time
}

// leave notes that the call leaves now. It reports whether that is in time. A call that is made again left when
// it did so first.
func (s *shot) leave() bool {
	s.left = time.Since(s.began)
	if s.left > s.latest {
		return false
	}
	s.enter()
	return true
}

// shut notes that the target gave the call no connection. It left then, however late that was.
func (s *shot) shut() {
	s.left = time.Since(s.began)
	s.held = s.left > s.latest
	s.enter()
}

// enter has the books take the call as in flight.
func (s *shot) enter() {
	if !s.under {
		s.under = true
		s.books.leave()
	}
}

// A carrier brings a key's prepared call to the target and the answer back, once.
type carrier interface {
	// carry fills in when the call left and what was answered. Its error means that no answer
	// came, or that nothing was sent (errLate, and what [classifyError] takes for unsent).
	carry(k *loaded, s *shot) error

	// warm makes ready for so many calls of k at once on each of the pools.
	warm(k *loaded, calls int, timeout time.Duration, on ...pool) error

	// connections returns how many were opened so far; zero where that is not known.
	connections() int64

	// close ends what is under way.
	close()
}

// errLate means that a call could no longer leave in time and was not sent.
var errLate = errors.New("the call could not leave in time")

// carrierFor returns the lean transport where the target is reached over sockets, and the target's
// own transport where it has one. Calls leave from the first two addresses of the target's sources.
func carrierFor(t *target.Target) carrier {
	if t.Transport != nil {
		return through{t.RoundTripper(source(t, 0)), t.RoundTripper(source(t, 1))}
	}
	w := newWired(t.RootCAs)
	for from, of := range map[int][]pool{0: {ordinary, another}, 1: {elsewhere}} {
		for _, p := range of {
			w.pools[p].Bind = source(t, from).Bind
		}
	}
	return w
}

// source returns an address to send from; its zero value, which lets the system choose, where there is none.
func source(t *target.Target, i int) target.Source {
	if i >= len(t.Sources) {
		return target.Source{}
	}
	return t.Sources[i]
}

// wired carries over persistent connections of its own.
type wired struct{ pools [pools]wire.Transport }

func newWired(roots *x509.CertPool) *wired {
	w := &wired{}
	for p := range w.pools {
		w.pools[p].MaxBody, w.pools[p].TLS = maxAnswer, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return w
}

func (w *wired) carry(k *loaded, s *shot) error {
	call := k.with(s.by.token).call
	conn, err := w.pools[s.by.pool()].Conn(call.Origin(), time.Now().Add(s.timeout))
	if err != nil {
		s.shut()
		return err
	}
	if !s.leave() {
		conn.Release()
		return errLate
	}
	return conn.Exchange(call, s.began.Add(s.left+s.timeout), &s.answer)
}

func (w *wired) warm(k *loaded, calls int, timeout time.Duration, on ...pool) error {
	for _, p := range on {
		if err := w.pools[p].Warm(k.ready.Load().call.Origin(), calls, time.Now().Add(timeout)); err != nil {
			return err
		}
	}
	return nil
}

func (w *wired) connections() (n int64) {
	for p := range w.pools {
		n += w.pools[p].Dials()
	}
	return n
}

func (w *wired) close() {
	for p := range w.pools {
		w.pools[p].Close()
	}
}

// through carries over transports of net/http's form, one for each address.
type through [turns]http.RoundTripper

func (t through) carry(k *loaded, s *shot) error {
	if !s.leave() {
		return errLate
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	resp, err := t[s.by.address].RoundTrip(k.request(ctx, s.by.token))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	s.answer.Status, s.answer.Server = resp.StatusCode, -1
	s.answer.Head = append(s.answer.Head[:0], retryAfterField+resp.Header.Get(retryAfterField[:len(retryAfterField)-2])+"\r\n"...)
	s.answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return err
}

func (through) warm(*loaded, int, time.Duration, ...pool) error { return nil }

func (through) connections() int64 { return 0 }

func (through) close() {}
