package fleet_test

import (
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/loadgen/fleet/line"
)

// over returns the URL of a server as it is reached over a line.
func over(t *testing.T, l line.Line, server string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Carry(in, u.Host))
	u.Host = in.Addr().String()
	return u.String()
}

// Over a long and crooked line, with lost packets, nothing that was recorded is lost. The clocks are the
// same, so what the offset is off must be within what it says.
func TestALongLineLosesNothingAndIsConfessed(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	far := cluster
	far.URL = over(t, line.Line{There: 5 * time.Millisecond, Back: 25 * time.Millisecond, Every: 40, Hold: 200 * time.Millisecond}, cluster.URL)
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
