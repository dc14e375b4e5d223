//go:build unix

package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// A trip is a call written to the socket itself and the beginning of its answer read from it: one write and one read,
// where net.Conn tries a read before the answer can be there.
type trip struct {
	call  []byte
	wrote int   // bytes of it
	err   error // of the write
	done  bool  // the write was tried

	room  []byte // for what is read
	first []byte // that was read and not yet taken
	ended error  // what follows it; nil: the connection tells
}

// step is called with the socket by syscall.RawConn, again whenever it may be read, until it returns true.
func (t *trip) step(fd uintptr) bool {
	if !t.done {
		t.done = true
		t.wrote, t.err = uninterrupted(syscall.Write, fd, t.call)
		return t.err != nil || t.wrote < len(t.call)
	}
	n, err := uninterrupted(syscall.Read, fd, t.room)
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return false
	case err != nil:
		t.ended = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", err)}
	case n == 0:
		t.ended = io.EOF
	}
	t.first = t.room[:n]
	return true
}

func uninterrupted(do func(int, []byte) (int, error), fd uintptr, p []byte) (n int, err error) {
	for {
		if n, err = do(int(fd), p); !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}

// write sends the call and waits until its answer begins. What the socket did not take at once is written as usual.
func (c *Conn) write(call []byte) error {
	if c.raw == nil || c.origin.TLS {
		_, err := c.net.Write(call)
		return err
	}
	t := &c.trip
	t.call, t.done, t.first, t.ended = call, false, nil, nil
	if err := c.raw.Read(c.step); err != nil {
		return err
	}
	if t.err != nil && !errors.Is(t.err, syscall.EAGAIN) {
		return &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", t.err)}
	}
	if t.wrote < len(call) {
		_, err := c.net.Write(call[t.wrote:])
		return err
	}
	return nil
}

// An inbox reads what a trip has read, and then the connection.
type inbox Conn

// Read implements io.Reader.
func (c *inbox) Read(p []byte) (int, error) {
	switch t := &c.trip; {
	case len(t.first) > 0:
		n := copy(p, t.first)
		t.first = t.first[n:]
		return n, nil
	case t.ended != nil:
		return 0, t.ended
	}
	return c.net.Read(p)
}
