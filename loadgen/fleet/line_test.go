package fleet_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
)

// A line carries connections to a server, each way with a delay of its own, and now and then holds still as
// a line does that lost a packet.
type line struct {
	there, back time.Duration
	every       int           // pieces between two that are held up
	hold        time.Duration // for so long
}

// to returns the URL of a server as it is reached over the line.
func (l line) to(t *testing.T, server string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var carrying sync.WaitGroup
	var mu sync.Mutex
	var open []io.Closer
	address := u.Host
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
			open = append(open, near, far)
			mu.Unlock()
			carrying.Go(func() { l.carry(far, near, l.there) })
			carrying.Go(func() { l.carry(near, far, l.back) })
		}
	})
	t.Cleanup(func() {
		_ = in.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		carrying.Wait()
	})
	u.Host = in.Addr().String()
	return u.String()
}

// carry copies with a delay, in order, until either end is closed.
func (l line) carry(to, from net.Conn, delay time.Duration) {
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
			if l.every > 0 && n%l.every == 0 {
				due = due.Add(l.hold)
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

// Over a long and crooked line, with lost packets, nothing that was recorded is lost. The clocks are the
// same, so what the offset is off must be within what it says.
func TestALongLineLosesNothingAndIsConfessed(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	far := cluster
	far.URL = line{there: 5 * time.Millisecond, back: 25 * time.Millisecond, every: 40, hold: 200 * time.Millisecond}.to(t, cluster.URL)
	hire(t, far, 2, fleet.WorkerOptions{})
	l, err := play(t, cluster, fleet.Options{Workers: 2, Most: 50}, onReference(t), brief(t, "2.0", twoPhases))
	if err != nil {
		t.Fatal(err)
	}
	books(t, l)
	for _, w := range l.Workers {
		if w.Lost != "" || w.Error < 15 || max(w.Offset, -w.Offset) > w.Error || w.Offset > -1 && w.Offset < 1 {
			t.Errorf("%+v", w)
		}
	}
}
