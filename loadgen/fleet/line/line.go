// Package line is a bad line between two ends: it delays, and now and then holds still. It is for tests of what
// goes over one, on systems that make none themselves.
package line

import (
	"io"
	"net"
	"sync"
	"time"
)

// A Line carries connections to a server, each way with a delay of its own, and now and then holds still as a
// line does that lost a packet.
type Line struct {
	There, Back time.Duration
	Every       int           // pieces between two that are held up; zero: none is
	Hold        time.Duration // for so long
}

// Carry carries what comes in to an address, until the function that it returns is called.
func (l Line) Carry(in net.Listener, address string) (stop func()) {
	var carrying sync.WaitGroup
	var mu sync.Mutex // of the two
	var open []io.Closer
	var stopped bool
	carrying.Go(func() {
		for {
			near, err := in.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", address)
			if err != nil {
				_ = near.Close()
				continue
			}
			mu.Lock()
			if stopped { // it came in before the end and is closed by nobody else
				_, _ = near.Close(), far.Close()
			}
			open = append(open, near, far)
			mu.Unlock()
			carrying.Go(func() { l.carry(far, near, l.There) })
			carrying.Go(func() { l.carry(near, far, l.Back) })
		}
	})
	return func() {
		_ = in.Close()
		mu.Lock()
		stopped = true
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		carrying.Wait()
	}
}

// carry copies with a delay, in order, until either end is closed.
func (l Line) carry(to, from net.Conn, delay time.Duration) {
	defer to.Close()
	type piece struct {
		data []byte
		due  time.Time
	}
	pieces := make(chan piece, 10_000)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pieces)
		for n := 1; ; n++ {
			buf := make([]byte, 32<<10)
			size, err := from.Read(buf)
			if err != nil {
				return
			}
			due := time.Now().Add(delay)
			if l.Every > 0 && n%l.Every == 0 {
				due = due.Add(l.Hold)
			}
			pieces <- piece{buf[:size], due}
		}
	})
	for p := range pieces {
		<-time.After(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			_ = from.Close()
		}
	}
	reading.Wait()
}
