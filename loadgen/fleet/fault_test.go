package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
)

const longPhase = `
  - {name: long, role: conform, rate: 50, for: 6s}
`

// A worker that ends in the middle: its phase does not count, it is named with its keys, and nothing is
// said against the target.
func TestALostWorkerIsNamedAndItsPhaseIsInvalid(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	stop := hire(t, cluster, 2, fleet.WorkerOptions{})
	end := playing(t.Context(), t, connected(t, cluster, "coordinator"), fleet.Options{Workers: 2}, onReference(t), brief(t, "2.0", longPhase))
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
}

// A phase in which a worker was lost is played again by those that are left.
func TestTheOthersTakeOver(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	stop := hire(t, cluster, 2, fleet.WorkerOptions{})
	p := brief(t, "2.0", longPhase)
	p.Again = time.Minute
	end := playing(t.Context(), t, connected(t, cluster, "coordinator"), fleet.Options{Workers: 2}, onReference(t), p)
	stop[1]()
	l, err := end()
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Phases) != 2 || l.Phases[0].OK || !l.Phases[1].OK || l.Phases[1].Sent+l.Phases[1].Missed != l.Phases[1].Planned {
		t.Errorf("%+v", l.Phases)
	}
}

// margin is what a busy machine may take to notice, and calls under way to arrive.
const margin = 700 * time.Millisecond

// A coordinator that is gone is missed within two beats: from then on no call reaches the target, and the workers wait
// for the next.
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
	var calls stamps
	s := start(t, reference.Options{Wrap: calls.wrap}, reference.Listen{})
	end := playing(ctx, t, link, fleet.Options{Workers: 2}, targetOf(t, s), p)
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
	cancel()
	if _, err := end(); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if took := time.Since(gone); took < 2*fleet.Beat+2*margin {
		t.Fatalf("it was looked for %v only", took)
	}
	if last := calls.last(); last.Before(gone) || last.After(gone.Add(2*fleet.Beat+margin)) {
		t.Errorf("the last call came %v after the coordinator was gone, two beats are %v", last.Sub(gone), 2*fleet.Beat)
	}
	l, err := play(t, cluster, fleet.Options{Workers: 2}, onReference(t), brief(t, "2.0", twoPhases))
	if err != nil {
		t.Fatalf("the next run: %v", err)
	}
	books(t, l)
}

// stamps is when a target was last asked to encrypt.
type stamps struct{ at atomic.Int64 }

func (s *stamps) wrap(_ string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/encrypt") {
			s.at.Store(time.Now().UnixNano())
		}
		next.ServeHTTP(w, r)
	})
}

func (s *stamps) last() time.Time { return time.Unix(0, s.at.Load()) }

// One worker of two holds still at every call: the phase does not count, and it is the one that is named.
func TestASlowWorkerIsNamed(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	hire(t, cluster, 1, fleet.WorkerOptions{})
	hire(t, cluster, 1, fleet.WorkerOptions{Stall: func(string, time.Duration) time.Duration { return 700 * time.Millisecond }})
	p := brief(t, "2.0", longPhase)
	p.Conforming.LateP99, p.Conforming.Sent = 500*time.Millisecond, 0.9
	l, err := play(t, cluster, fleet.Options{Workers: 2}, onReference(t), p)
	if err != nil {
		t.Fatal(err)
	}
	if l.Verdict != reports.LoadInvalid || !strings.Contains(l.Why, "long was given up by worker w") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	}
	slow := 0
	for _, w := range l.Workers {
		if w.Missed > 10 && strings.Contains(l.Why, "by worker "+w.Name+" after") {
			slow++
		}
	}
	if slow != 1 {
		t.Errorf("%s; %+v", l.Why, l.Workers)
	}
}
