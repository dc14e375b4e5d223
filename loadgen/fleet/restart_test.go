package fleet_test

import (
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// A station is a NATS server that can go away and come back at the same place with the same store.
type station struct {
	*server.Server
	folder string
	port   int
}

func stationed(t *testing.T) (*station, fleet.Cluster) {
	t.Helper()
	s := &station{folder: t.TempDir(), port: server.RANDOM_PORT}
	s.Server = own(t, s.folder, s.port)
	u, err := url.Parse(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	if s.port, err = net.LookupPort("tcp", u.Port()); err != nil {
		t.Fatal(err)
	}
	return s, fleet.Cluster{URL: s.ClientURL()}
}

func (s *station) stop() {
	s.Shutdown()
	s.WaitForShutdown()
}

// own starts a NATS server with a store that outlives it.
func own(t *testing.T, folder string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS is not ready")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

// A server that restarts in the middle and is soon back: every report comes, once, and the run counts. How long
// it is away is up to this machine; where that was longer than workers wait, the restart was none and is
// tried again.
func TestAShortRestartOfNATSLosesNothing(t *testing.T) {
	t.Parallel()
	const tries, short = 5, fleet.Beat
	for range tries {
		s, cluster := stationed(t)
		stop := hire(t, cluster, 2, fleet.WorkerOptions{})
		end := playing(t.Context(), t, connected(t, cluster, "coordinator"), fleet.Options{Workers: 2}, onReference(t), brief(t, "2.0", longPhase))
		gone := time.Now()
		s.stop()
		own(t, s.folder, s.port)
		away := time.Since(gone)
		l, err := end()
		for _, leave := range stop {
			leave()
		}
		if away > short {
			t.Logf("it was away for %v", away)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		books(t, l)
		if ph := l.Phases[0]; !ph.OK || ph.Planned != 1200 || len(l.Phases) != 1 {
			t.Errorf("away for %v: %s: %+v", away, l.Why, ph)
		}
		for _, w := range l.Workers {
			if w.Lost != "" {
				t.Errorf("away for %v: %+v", away, w)
			}
		}
		return
	}
	t.Fatalf("the server was away for more than %v in each of %d tries", short, tries)
}

// A server that stays away until the workers gave up, or for good: the run is invalid, says why, and what was
// recorded is there to be looked at.
func TestALongAbsenceOfNATSInvalidates(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"it comes back": true, "it does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cluster := stationed(t)
			left := make(chan string, 2)
			hire(t, cluster, 2, fleet.WorkerOptions{Log: telling("left: ", left)})
			end := playing(t.Context(), t, connected(t, cluster, "coordinator"), fleet.Options{Workers: 2}, onReference(t), brief(t, "2.0", longPhase+`
  - {name: next, role: gentle, keys: 2, rate: 50, for: 1s}
`))
			s.stop()
			for range 2 {
				if line := <-left; !strings.Contains(line, "the coordinator was not heard for 2s") {
					t.Error(line)
				}
			}
			if back {
				own(t, s.folder, s.port)
			}
			l, err := end()
			if err == nil || l.Verdict != reports.LoadInvalid || len(l.Phases) == 0 || l.Phases[0].OK {
				t.Errorf("%v; %s: %s", err, l.Verdict, l.Why)
			}
			if !strings.Contains(l.Why, "was lost with keys") {
				t.Errorf("it is not said why: %s", l.Why)
			}
		})
	}
}

// What the cluster refuses while a run is played ends it: nobody sends any more, the run is invalid, and it is
// said why.
func TestAClusterThatRefusesInvalidates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ prefix, want string }{
		"the stream is gone": {"KMSPROOF_", "NATS: the stream of results"},
		"the bucket is gone": {"KV_KMSPROOF_", "the run's state playing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := embedded(t)
			left := make(chan string, 2)
			hire(t, cluster, 2, fleet.WorkerOptions{Log: telling("left: ", left)})
			onFirst(t, cluster, "kmsproof.worker.*.do.arm", func(js jetstream.JetStream) { remove(t, js, tt.prefix) })
			l, err := play(t, cluster, fleet.Options{Workers: 2}, onReference(t), brief(t, "2.0", twoPhases))
			if err == nil || l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, tt.want) {
				t.Errorf("%v; %s: %s", err, l.Verdict, l.Why)
			}
			for range 2 {
				if line := <-left; !strings.Contains(line, "the run was aborted: ") {
					t.Error(line)
				}
			}
		})
	}
}

// remove deletes the streams whose names begin so.
func remove(t *testing.T, js jetstream.JetStream, prefix string) {
	for name := range js.StreamNames(t.Context()).Name() {
		if strings.HasPrefix(name, prefix) {
			if err := js.DeleteStream(t.Context(), name); err != nil {
				t.Error(err)
			}
		}
	}
}
