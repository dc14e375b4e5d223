package wire

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// A Conn is one connection, in the hands of one caller at a time.
type Conn struct {
	of     *Transport
	origin Origin
	tcp    net.Conn
	net    net.Conn // what is spoken over: tcp, or TLS on it
	in     *bufio.Reader
	raw    syscall.RawConn // nil where the socket cannot be looked at
	look   func(fd uintptr) bool
	dead   bool // found by look: the server closed it, or said something unasked
	step   func(fd uintptr) bool
	trip   trip
	calls  int       // that it has carried
	back   time.Time // when the last of them was answered
}

// readAhead is the buffer of a connection in bytes, and the longest line of an answer's head.
const readAhead = 8 << 10

func newConn(t *Transport, o Origin, tcp net.Conn) *Conn {
	c := &Conn{of: t, origin: o, tcp: tcp}
	c.use(tcp)
	if s, ok := tcp.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			c.raw, c.trip.room, c.step = raw, make([]byte, readAhead/2), c.trip.step
		}
	}
	c.look = func(fd uintptr) bool {
		c.dead = readable(fd)
		return true
	}
	return c
}

// use speaks over nc from now on.
func (c *Conn) use(nc net.Conn) {
	c.net = nc
	c.in = bufio.NewReaderSize((*inbox)(c), readAhead)
}

// busy is for how long after an answer a connection that has outlived one before is taken to be open.
const busy = 10 * time.Millisecond

// stale reports whether a free connection can carry no further call: the server has closed it, or
// has sent what nobody asked for. One that answered a moment ago is not looked at, which saves a system call, and what
// happens after the look cannot be seen: either way the exchange fails.
func (c *Conn) stale() bool {
	if c.raw == nil || c.origin.TLS && c.calls == 0 {
		return false // what waits on a fresh TLS connection are the server's session tickets
	}
	if c.calls > 1 && time.Since(c.back) < busy {
		return false
	}
	if err := c.raw.Read(c.look); err != nil {
		return true
	}
	return c.dead
}

// Release hands back a connection that was not used.
func (c *Conn) Release() { c.of.put(c) }

func (c *Conn) discard() {
	c.of.forget(c)
	_ = c.tcp.Close() // nothing is left to lose on it
}

// Exchange sends the call, once, and reads its answer into a. It hands the connection back. An error
// means that no whole answer came before the deadline; the call may have been carried out.
func (c *Conn) Exchange(call *Call, deadline time.Time, a *Answer) error {
	keep, err := c.exchange(call, deadline, a)
	if keep {
		c.of.put(c)
	} else {
		c.discard()
	}
	return err
}

func (c *Conn) exchange(call *Call, deadline time.Time, a *Answer) (keep bool, err error) {
	if call.origin != c.origin {
		panic(fmt.Sprintf("wire: a call to %s on a connection to %s", call.origin.Addr, c.origin.Addr))
	}
	if err := c.tcp.SetDeadline(deadline); err != nil {
		return false, err
	}
	unsent := c.write(call.raw)
	if unsent != nil && !broken(unsent) {
		return false, unsent
	}
	// A server that refuses a call before it has read it answers first and closes then.
	keep, err = a.read(c.in, call.head, c.of.maxBody())
	if err != nil && unsent != nil {
		return false, unsent
	}
	c.calls++
	c.back = time.Now()
	return keep && err == nil && unsent == nil && c.in.Buffered() == 0, err
}

// broken reports whether the other side has closed what was written to.
func broken(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
