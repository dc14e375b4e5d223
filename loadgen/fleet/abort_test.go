package fleet_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
)

// A watched is what a target was asked for, in its order: the last parts of the paths.
type watched struct {
	mu    sync.Mutex
	calls []string
}

func (w *watched) wrap(_ string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.calls = append(w.calls, r.Method+" "+r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
		w.mu.Unlock()
		next.ServeHTTP(to, r)
	})
}

// count returns how many calls ended so, and how many of them came after the first that ended otherwise.
func (w *watched) count(ending, first string) (all, after int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := false
	for _, c := range w.calls {
		seen = seen || strings.HasSuffix(c, first)
		if strings.HasSuffix(c, ending) {
			all++
			if seen {
				after++
			}
		}
	}
	return all, after
}

// A clock that is set after its worker joined is found before the attempt: the worker is told that it was given
// up, and nobody sends anything of it. The worker that is left plays the next attempt.
func TestAWorkerThatWasGivenUpBeforeTheStartDoesNotPlay(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	var w watched
	s := start(t, reference.Options{Wrap: w.wrap}, reference.Listen{})
	var jumped atomic.Bool
	left := make(chan string, 1)
	hire(t, cluster, 1, fleet.WorkerOptions{})
	hire(t, cluster, 1, fleet.WorkerOptions{
		Clock: func() time.Time {
			if jumped.Load() {
				return time.Now().Add(-10 * time.Minute)
			}
			return time.Now()
		},
		Log: func(format string, a ...any) {
			jumped.Store(jumped.Load() || strings.Contains(format, "joined as"))
			telling("left: ", left)(format, a...)
		},
	})
	p := brief(t, "2.0", `
  - {name: one, role: conform, rate: 50, for: 2s}
`)
	p.Again = time.Minute
	l, err := play(t, cluster, fleet.Options{Workers: 2}, targetOf(t, s), p)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Phases) != 2 || l.Phases[0].OK || !strings.Contains(strings.Join(l.Phases[0].Problems, ""), "behind of the coordinator's by now") {
		t.Fatalf("%s: %s; %+v", l.Verdict, l.Why, l.Phases)
	}
	if line := <-left; !strings.Contains(line, "it was given up: its clock is") {
		t.Error(line)
	}
	// Before the load each of the four keys is tried once.
	if all, _ := w.count("encrypt", "nothing"); all != 4+int(l.Phases[1].Sent) || l.Phases[0].Sent != 0 || l.Phases[1].Sent+l.Phases[1].Missed != 400 {
		t.Errorf("%d calls reached the target, %d and %d were reported, want 4 and 0 and 400", all, l.Phases[0].Sent, l.Phases[1].Sent)
	}
}

// An interrupt in the middle: the workers hear of it and stop, and only then are the keys removed.
func TestAfterAnInterruptNoCallMeetsTheRemovalOfItsKey(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	var w watched
	s := start(t, reference.Options{Wrap: w.wrap}, reference.Listen{})
	left := make(chan string, 2)
	hire(t, cluster, 2, fleet.WorkerOptions{Log: telling("left: ", left)})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	p := brief(t, "2.0", longPhase)
	p.Phases[0].Rate, p.Phases[0].Length = 200, 20*time.Second
	end := playing(ctx, t, connected(t, cluster, "coordinator"), fleet.Options{Workers: 2}, targetOf(t, s), p)
	interrupt()
	l, err := end()
	if !errors.Is(err, context.Canceled) || l.Verdict != reports.LoadInvalid {
		t.Errorf("%v; %s: %s", err, l.Verdict, l.Why)
	}
	for range 2 {
		if line := <-left; !strings.Contains(line, "the run was aborted: the coordinator was interrupted") {
			t.Error(line)
		}
	}
	sent, late := w.count("encrypt", "deletion")
	removed, _ := w.count("deletion", "")
	if sent < 20 || removed != 4 || late > 0 {
		t.Errorf("%d calls, %d keys removed, %d calls after the first was asked to be", sent, removed, late)
	}
}
