package proof

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// DryRun writes what the job would do to its target: every call by route with its count, the keys,
// and the time that the load needs. It makes no call to the target. The scenarios are tried on a
// reference in memory, whose calls are counted; a target that answers otherwise may see other
// counts. Its error wraps target.ErrBudget when the target's budget does not allow the job.
func (j Job) DryRun(ctx context.Context, w io.Writer) error {
	total := 0
	if j.Conform != nil {
		n, err := j.tryScenarios(ctx, w)
		if err != nil {
			return err
		}
		total += n
	}
	for _, p := range j.Profiles {
		plan, err := loadgen.NewPlan(p, j.Load)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprint(w, plan); err != nil {
			return err
		}
		if j.Target.Shared != nil {
			if err := plan.Fits(j.Target.Shared.Budget); err != nil {
				return err
			}
		}
		total += plan.Calls()
	}
	return j.fits(w, total)
}

func (j Job) fits(w io.Writer, total int) error {
	if _, err := fmt.Fprintf(w, "%d calls in all\n", total); err != nil {
		return err
	}
	if j.Target.Shared == nil {
		return nil
	}
	if most := j.Target.Shared.Budget.Requests; most > 0 && total > most {
		return fmt.Errorf("%w: the job needs %d requests, the target file allows %d", target.ErrBudget, total, most)
	}
	return nil
}

// tryScenarios runs the selected scenarios in memory and writes the calls that they made.
func (j Job) tryScenarios(ctx context.Context, w io.Writer) (int, error) {
	o := *j.Conform
	o.Seed, o.Progress = j.Seed, nil
	calls := &counter{routes: map[string]int{}}
	o.Open = calls.counting(Reference(reference.Options{Seed: 1}))
	result, err := steps.Run(ctx, o)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, n := range calls.routes {
		total += n
	}
	fmt.Fprintf(w, "%d scenarios: about %d calls, %d keys created and removed\n", len(result.Scenarios), total, calls.routes["POST /kms/v1/keys"])
	for _, route := range slices.Sorted(maps.Keys(calls.routes)) {
		if _, err := fmt.Fprintf(w, "  %6d  %s\n", calls.routes[route], route); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// A counter counts calls by route.
type counter struct {
	mu     sync.Mutex
	routes map[string]int
}

// counting returns open with every transport counted.
func (c *counter) counting(open target.Opener) target.Opener {
	return func(ctx context.Context) (*target.Target, error) {
		t, err := open(ctx)
		if err != nil {
			return nil, err
		}
		carry := t.Transport
		t.Transport = func(s target.Source) http.RoundTripper { return counted{c, carry(s)} }
		return t, nil
	}
}

type counted struct {
	c    *counter
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t counted) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/admin/") {
		t.c.mu.Lock()
		t.c.routes[r.Method+" "+route(r.URL.Path)]++
		t.c.mu.Unlock()
	}
	return t.next.RoundTrip(r)
}

// route writes a path with {keyTag} in place of a key tag.
func route(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) >= 32 {
			parts[i] = "{keyTag}"
		}
	}
	return strings.Join(parts, "/")
}
