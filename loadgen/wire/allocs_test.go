//go:build !race

package wire_test

import (
	"net"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen/wire"
)

// A call on an open connection allocates nothing. The race detector would.
func TestACallAllocatesNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); repeat(l) }()
	w := &wire.Transport{}
	call := prepared(t, "POST", "http://"+l.Addr().String(), "x")
	a := wire.Answer{}
	if n := testing.AllocsPerRun(200, func() {
		if err := send(w, call, &a); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a call", n)
	}
	w.Close()
	_ = l.Close()
	<-done
}

// repeat answers each read on one connection, without allocating.
func repeat(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	buf := make([]byte, 4096)
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: x\r\nContent-Length: 2\r\n\r\n{}")
	for {
		if _, err := c.Read(buf); err != nil {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}
