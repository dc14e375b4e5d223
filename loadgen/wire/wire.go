// Package wire carries prepared calls over persistent HTTP/1.1 connections, TCP or TLS, at rates at
// which net/http's own transport and its two goroutines a connection get in the way of the measure.
//
// A call is sent once: nothing is ever sent again, whatever became of it. Redirects are answers, no
// proxy setting is followed, no cookie is kept, and bodies come as they were sent. It speaks neither
// HTTP/2 nor proxies; a server that speaks HTTP/2 alone is an error that says so, and a caller who
// needs it takes [net/http.Transport].
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Transport keeps the connections that are free. Its zero value is ready and checks certificates
// against the system's roots. Its fields must not change after the first call; its methods are safe
// for concurrent use. Who uses it calls Close.
type Transport struct {
	Bind    netip.Addr  // local address; the zero value lets the system choose
	TLS     *tls.Config // for https; nil is the documented default
	MaxBody int64       // longest body of an answer in bytes; zero means DefaultMaxBody

	mu     sync.Mutex
	idle   map[Origin][]*Conn // the last is the one that was used last
	open   map[*Conn]struct{}
	closed bool
	dials  atomic.Int64
}

// DefaultMaxBody is the longest body of an answer where Transport.MaxBody is zero.
const DefaultMaxBody = 64 << 10

// ErrClosed is wrapped by the errors of a transport that was closed.
var ErrClosed = errors.New("the transport is closed")

// Origin is where a call goes to.
type Origin struct {
	TLS  bool
	Addr string // host and port
}

// Dials returns how many connections were opened so far, failed ones included.
func (t *Transport) Dials() int64 { return t.dials.Load() }

// Conn returns a connection to o that carries nothing: the free one that was used last, or else a
// new one. The caller hands it back by [Conn.Exchange] or [Conn.Release]. Its error means that no
// connection could be opened before the deadline.
func (t *Transport) Conn(o Origin, deadline time.Time) (*Conn, error) {
	for {
		c, err := t.take(o)
		if err != nil {
			return nil, err
		}
		if c == nil {
			return t.dial(o, deadline)
		}
		if !c.stale() {
			return c, nil
		}
		c.discard()
	}
}

// Warm opens connections until n to o are free. It returns the first error.
func (t *Transport) Warm(o Origin, n int, deadline time.Time) error {
	for t.free(o) < n {
		c, err := t.dial(o, deadline)
		if err != nil {
			return err
		}
		c.Release()
	}
	return nil
}

func (t *Transport) free(o Origin) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.idle[o])
}

// take returns nil when no connection to o is free.
func (t *Transport) take(o Origin) (*Conn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, ErrClosed
	}
	free := t.idle[o]
	if len(free) == 0 {
		return nil, nil
	}
	c := free[len(free)-1]
	t.idle[o] = free[:len(free)-1]
	return c, nil
}

func (t *Transport) put(c *Conn) {
	t.mu.Lock()
	closed := t.closed
	if !closed {
		t.idle[c.origin] = append(t.idle[c.origin], c)
	}
	t.mu.Unlock()
	if closed {
		c.discard()
	}
}

func (t *Transport) dial(o Origin, deadline time.Time) (*Conn, error) {
	t.dials.Add(1)
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	dialer := &net.Dialer{}
	if t.Bind.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(t.Bind, 0))
	}
	nc, err := dialer.DialContext(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, err
	}
	c := newConn(t, o, nc)
	if err := t.register(c); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	if o.TLS {
		if err := c.secure(ctx, t.TLS); err != nil {
			c.discard()
			return nil, err
		}
	}
	return c, nil
}

// secure puts TLS on the connection.
func (c *Conn) secure(ctx context.Context, config *tls.Config) error {
	own := &tls.Config{MinVersion: tls.VersionTLS12}
	if config != nil {
		own = config.Clone()
	}
	own.NextProtos = []string{"http/1.1"}
	if own.ServerName == "" {
		host, _, err := net.SplitHostPort(c.origin.Addr)
		if err != nil {
			return err
		}
		own.ServerName = host
	}
	secured := tls.Client(c.net, own)
	if err := secured.HandshakeContext(ctx); err != nil {
		if strings.HasSuffix(err.Error(), noApplicationProtocol) {
			err = fmt.Errorf("%s does not speak HTTP/1.1, and nothing else is spoken here: %w", c.origin.Addr, err)
		}
		return err
	}
	c.use(secured)
	return nil
}

// noApplicationProtocol is how crypto/tls names the alert of a server that shares no protocol with us
// (RFC 7301); the type of the alert is not exported.
const noApplicationProtocol = "no application protocol"

func (t *Transport) register(c *Conn) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	if t.open == nil {
		t.open, t.idle = map[*Conn]struct{}{}, map[Origin][]*Conn{}
	}
	t.open[c] = struct{}{}
	return nil
}

func (t *Transport) forget(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}

// CloseIdleConnections closes the connections that carry nothing.
func (t *Transport) CloseIdleConnections() {
	t.mu.Lock()
	var free []*Conn
	for o, conns := range t.idle {
		free = append(free, conns...)
		t.idle[o] = nil
	}
	t.mu.Unlock()
	for _, c := range free {
		c.discard()
	}
}

// Close closes every connection. Calls that are under way fail, and so do later ones.
func (t *Transport) Close() {
	t.mu.Lock()
	t.closed = true
	var all []*Conn
	for c := range t.open {
		all = append(all, c)
	}
	clear(t.idle)
	t.mu.Unlock()
	for _, c := range all {
		c.discard()
	}
}

func (t *Transport) maxBody() int64 {
	if t.MaxBody > 0 {
		return t.MaxBody
	}
	return DefaultMaxBody
}
