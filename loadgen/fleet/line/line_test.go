package line

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// A latecomer is a listener with two connections. The second comes in while the first is being closed.
type latecomer struct {
	net.Listener
	first, second net.Conn
	accepted      int
	carried       chan struct{} // closed when the first is carried
	closing       chan struct{} // closed when the first is closed
}

func (l *latecomer) Accept() (net.Conn, error) {
	switch l.accepted++; l.accepted {
	case 1:
		return &tellsOfItsEnd{Conn: l.first, closing: sync.OnceFunc(func() { close(l.closing) })}, nil
	case 2:
		close(l.carried)
		<-l.closing
		return l.second, nil
	}
	return nil, errors.New("closed")
}

func (l *latecomer) Close() error { return nil }

type tellsOfItsEnd struct {
	net.Conn
	closing func()
}

func (c *tellsOfItsEnd) Close() error {
	c.closing()
	return c.Conn.Close()
}

// What comes in while the line is taken down is closed with the rest, and nobody waits for it.
func TestALineThatIsStoppedClosesWhatComesInMeanwhile(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	first, _ := net.Pipe()
	second, client := net.Pipe()
	in := &latecomer{first: first, second: second, carried: make(chan struct{}), closing: make(chan struct{})}
	stop := Line{}.Carry(in, server.Addr().String())
	<-in.carried
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }() // waited for below
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Error("it waits for a connection that nobody closes")
		_ = second.Close()
		<-stopped
	}
	if _, err := client.Write([]byte("x")); err == nil {
		t.Error("the connection is open")
	}
}
