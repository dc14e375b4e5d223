package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/nats-io/nats-server/v2/server"
)

const longPhase = `
  - {name: long, role: conform, rate: 50, for: 6s}
`

// playing runs a profile and returns when its first phase is under way; the second function waits for its
// end.
func playing(t *testing.T, c *fleet.Coordinator, p loadgen.Profile) (end func() (reports.Load, error)) {
	t.Helper()
	return playingUntil(t, t.Context(), c, p)
}

func playingUntil(t *testing.T, ctx context.Context, c *fleet.Coordinator, p loadgen.Profile) (end func() (reports.Load, error)) {
	t.Helper()
	kms := onReference(t)
	underWay, ended := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var l reports.Load
	var err error
	go func() { // ends with the run, which the test waits for
		defer close(ended)
		o := loadgen.Options{Fleet: c, Progress: func(p loadgen.Progress) {
			if p.Sent > 0 {
				once.Do(func() { close(underWay) })
			}
		}}
		l, err = loadgen.Run(ctx, kms, p, o)
	}()
	select {
	case <-underWay:
	case <-ended:
		t.Fatalf("it ended before a call was sent: %v", err)
	}
	return func() (reports.Load, error) { <-ended; return l, err }
}

// A worker that ends in the middle: its phase does not count, it is named with its keys, and nothing is
// said against the target.
func TestALostWorkerIsNamedAndItsPhaseIsInvalid(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	stop := hire(t, cluster, 2, fleet.WorkerOptions{})
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2})
	end := playing(t, c, brief(t, "2.0", longPhase))
	stop[0]()
	l, err := end()
	if err != nil {
		t.Fatal(err)
	}
	if l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "was lost with keys") || !strings.Contains(l.Why, "it left: the worker ends") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	}
	for _, claim := range l.Claims {
		if claim.Verdict == reports.Refuted {
			t.Errorf("%s is refuted", claim.Name)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A phase in which a worker was lost is played again by those that are left.
func TestTheOthersTakeOver(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	stop := hire(t, cluster, 2, fleet.WorkerOptions{})
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2})
	p := brief(t, "2.0", longPhase)
	p.Again = time.Minute
	end := playing(t, c, p)
	stop[1]()
	l, err := end()
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Phases) != 2 || l.Phases[0].OK || !l.Phases[1].OK || l.Phases[1].Sent+l.Phases[1].Missed != l.Phases[1].Planned {
		t.Errorf("%+v", l.Phases)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A coordinator that is gone is missed within two beats: nobody sends any more, and the workers wait for
// the next.
func TestNobodySendsForACoordinatorThatIsGone(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	log := make(chan string, 100)
	hire(t, cluster, 2, fleet.WorkerOptions{Log: func(format string, a ...any) { log <- fmt.Sprintf(format, a...) }})
	link, err := fleet.Connect(cluster, "coordinator", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := brief(t, "2.0", longPhase)
	p.Phases[0].Length = 20 * time.Second
	end := playingUntil(t, ctx, fleet.NewCoordinator(link, fleet.Options{Workers: 2}), p)
	link.Close() // as if the process were gone: nothing is said to anybody
	gone := time.Now()
	for left := 0; left < 2; {
		select {
		case line := <-log:
			if strings.Contains(line, "left: the coordinator was not heard for 2s") {
				left++
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the workers go on")
		}
	}
	if took := time.Since(gone); took > 2*fleet.Beat+fleet.Beat {
		t.Errorf("the last worker stopped after %v, two beats are %v", took, 2*fleet.Beat)
	}
	cancel()
	if _, err := end(); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	c := fleet.NewCoordinator(connected(t, cluster, "another"), fleet.Options{Workers: 2})
	l, err := loadgen.Run(t.Context(), onReference(t), brief(t, "2.0", twoPhases), loadgen.Options{Fleet: c})
	if err != nil {
		t.Fatalf("the next run: %v", err)
	}
	books(t, l)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A server that restarts in the middle, at the same place with the same store: no report is lost.
func TestARestartOfNATSLosesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := own(t, folder, server.RANDOM_PORT)
	cluster := fleet.Cluster{URL: s.ClientURL()}
	u, err := url.Parse(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	port, err := net.LookupPort("tcp", u.Port())
	if err != nil {
		t.Fatal(err)
	}
	hire(t, cluster, 2, fleet.WorkerOptions{})
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2})
	end := playing(t, c, brief(t, "2.0", longPhase))
	s.Shutdown()
	s.WaitForShutdown()
	own(t, folder, port)
	l, err := end()
	if err != nil {
		t.Fatal(err)
	}
	// What the machine makes of the time without a server decides which of the two it is.
	if ph := l.Phases[0]; ph.OK {
		books(t, l)
	} else if l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "was lost") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	} else {
		t.Logf("it ended invalid: %s", l.Why)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
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

// One worker of two holds still at every call: the phase does not count, and it is the one that is named.
func TestASlowWorkerIsNamed(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	hire(t, cluster, 1, fleet.WorkerOptions{})
	hire(t, cluster, 1, fleet.WorkerOptions{Stall: func(string, time.Duration) time.Duration { return 700 * time.Millisecond }})
	c := fleet.NewCoordinator(connected(t, cluster, "coordinator"), fleet.Options{Workers: 2})
	p := brief(t, "2.0", longPhase)
	p.Conforming.LateP99, p.Conforming.Sent = 500*time.Millisecond, 0.9
	l, err := loadgen.Run(t.Context(), onReference(t), p, loadgen.Options{Fleet: c})
	if err != nil {
		t.Fatal(err)
	}
	if l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "; of 2 workers only worker w") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	}
	slow := 0
	for _, w := range l.Workers {
		if w.Missed > 10 && strings.Contains(l.Why, "only worker "+w.Name+" left") {
			slow++
		}
	}
	if slow != 1 {
		t.Errorf("%s; %+v", l.Why, l.Workers)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
