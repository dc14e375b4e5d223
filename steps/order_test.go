package steps_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// order is the order in which cases end that run one at a time.
func order(t *testing.T, seed uint64) (ids []string) {
	t.Helper()
	run(t, steps.Options{
		Open: honest, Seed: seed, Parallel: 1, IDs: []string{"account/*", "legacy/*"},
		Progress: func(p steps.Progress) { ids = append(ids, p.Case.ID) },
	})
	return ids
}

// TestTheSeedShufflesAcrossFeatures: the features come mixed, and the same seed gives the same order.
func TestTheSeedShufflesAcrossFeatures(t *testing.T) {
	first, again, other := order(t, 1), order(t, 1), order(t, 2)
	if !slices.Equal(first, again) {
		t.Error("one seed gave two orders")
	}
	if slices.Equal(first, other) {
		t.Error("two seeds gave one order")
	}
	changes := 0
	for i := range len(first) - 1 {
		a, _, _ := strings.Cut(first[i], "/")
		b, _, _ := strings.Cut(first[i+1], "/")
		if a != b {
			changes++
		}
	}
	if changes < 4 {
		t.Errorf("the features follow one another: %d changes in %d cases", changes, len(first))
	}
}

// TestEveryCaseIsToldOfBeforeItRuns: at any time, what was started and has not ended is what runs.
func TestEveryCaseIsToldOfBeforeItRuns(t *testing.T) {
	running, most := map[string]bool{}, 0
	r := run(t, steps.Options{
		Open: honest, Parallel: 3, IDs: []string{"account/*", "legacy/*"},
		Started: func(id string) {
			running[id] = true
			most = max(most, len(running))
		},
		Progress: func(p steps.Progress) {
			if running[p.Case.ID] == (p.Case.Outcome == reports.Skipped) {
				t.Errorf("%s ended as %s, started %v", p.Case.ID, p.Case.Outcome, running[p.Case.ID])
			}
			delete(running, p.Case.ID)
		},
	})
	if len(running) > 0 || most < 1 || most > 3 {
		t.Errorf("of %d cases %d ran at once, and %v never ended", len(r.Scenarios), most, running)
	}
}

// atOnce returns how many calls a run on a shared target has under way at once, at most. A case makes
// one at a time.
func atOnce(t *testing.T, o steps.Options) (most int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now int
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			now += n
			most = max(most, now)
		}
		slow := func(inner http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				count(1)
				defer count(-1)
				time.Sleep(time.Millisecond)
				return inner.RoundTrip(r)
			})
		}
		o.Open = sharing(t, slow)
		for _, s := range run(t, o).Scenarios {
			if s.Outcome != reports.Passed {
				t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
			}
		}
	})
	return most
}

func TestSerialCasesRunAlone(t *testing.T) {
	if n := atOnce(t, steps.Options{Tags: "@serial", Parallel: 4}); n != 1 {
		t.Errorf("%d calls at once among cases that must be alone", n)
	}
	if n := atOnce(t, steps.Options{IDs: []string{"token/*"}, Parallel: 4}); n != 4 {
		t.Errorf("%d calls at once among four cases side by side", n)
	}
}

// TestARunStopsAfterSoManySilences counts the cases that a dead target is asked for.
func TestARunStopsAfterSoManySilences(t *testing.T) {
	dead := func(http.RoundTripper) http.RoundTripper {
		return tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
	}
	for _, after := range []int{0, 1, 12} {
		r := run(t, steps.Options{Open: over(honest, dead, nil), DeadAfter: after, Parallel: 1})
		want := after
		if after == 0 {
			want = 5
		}
		if len(r.Scenarios) != want || len(r.Findings) != 1 || r.Findings[0].Exit != 3 {
			t.Errorf("after %d: %d cases ran, findings %v", after, len(r.Scenarios), r.Findings)
		}
	}
}

// TestSilencesApartDoNotStopARun: one call in a hundred is lost.
func TestSilencesApartDoNotStopARun(t *testing.T) {
	var n atomic.Int64
	lossy := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if n.Add(1)%100 == 0 {
				return nil, context.DeadlineExceeded
			}
			return inner.RoundTrip(r)
		})
	}
	r := run(t, steps.Options{Open: over(honest, lossy, nil), IDs: []string{"account/*", "token/*"}, Parallel: 1})
	if o := outcomes(r); len(r.NotRun) > 0 || o[reports.Errored] < 3 || o[reports.Failed] > 0 {
		t.Errorf("outcomes %v, not run %v", o, r.NotRun)
	}
}
