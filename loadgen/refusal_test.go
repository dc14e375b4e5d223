package loadgen_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

func TestABudgetRefusesBeforeTheFirstCall(t *testing.T) {
	for _, tt := range []struct {
		budget target.Budget
		want   string
	}{
		{target.Budget{Requests: 2589}, "requests: 2590"},
		{target.Budget{Keys: 1}, "keys: 2"},
		{target.Budget{KeysTotal: 1}, "keysTotal: 2"},
	} {
		s := newService(zoo.Everything)
		to := inMemory(s)
		to.Budget = tt.budget
		_, err := loadgen.Run(t.Context(), to, profile(t, "gentle"), loadgen.Options{})
		if !errors.Is(err, target.ErrBudget) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want one that says %q", tt.budget, err, tt.want)
		}
		if to.Requests() != 0 || s.alive() != 0 {
			t.Errorf("%+v: calls were made", tt.budget)
		}
	}
}

func TestTheBudgetIsNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		to := inMemory(s)
		to.Budget = target.Budget{Requests: 2892}
		always := loadgen.Options{Stall: func(string, time.Duration) time.Duration { return 5 * time.Millisecond }}
		l, err := loadgen.Run(t.Context(), to, profile(t, "gentle"), always)
		if err != nil {
			t.Fatal(err)
		}
		if l.Verdict != reports.LoadInvalid || len(l.Phases) != 1 || to.Requests() > 2892 {
			t.Errorf("%s after %d attempts and %d calls; want invalid after one, for another is over the budget", l.Verdict, len(l.Phases), to.Requests())
		}
	})
}

func TestATargetThatCannotBeAskedIsAnError(t *testing.T) {
	for name, tt := range map[string]struct {
		profile string
		change  func(*target.Target)
		want    string
	}{
		"no owner":  {"gentle", func(t *target.Target) { t.Credentials = nil }, "owner credential"},
		"no 1.0":    {"shared-200", func(t *target.Target) { delete(t.URLs, target.API10) }, "api10"},
		"no answer": {"gentle", func(t *target.Target) { t.Transport = func(target.Source) http.RoundTripper { return deaf{} } }, "no answer"},
		"no success": {"gentle", func(t *target.Target) {
			t.Transport = func(target.Source) http.RoundTripper { return handlerTransport{http.NotFoundHandler()} }
		}, "status 404"},
	} {
		to := inMemory(newService(zoo.Everything))
		tt.change(to)
		_, err := loadgen.Run(t.Context(), to, profile(t, tt.profile), loadgen.Options{AllowOverload: true})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, tt.want)
		}
	}
}

type deaf struct{}

func (deaf) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }

func TestTheFirstCallsWaitForAnEmptyBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		busy := func(d time.Duration) loadgen.Service {
			return func(c loadgen.Call) loadgen.Answer { return loadgen.Answer{Refused: c.At.Sub(began) <= d} }
		}
		if _, err := loadgen.Run(t.Context(), inMemory(newService(busy(2*time.Second))), profile(t, "gentle"), loadgen.Options{}); err != nil {
			t.Errorf("busy for two seconds: %v", err)
		}
		s := newService(busy(time.Hour))
		_, err := loadgen.Run(t.Context(), inMemory(s), profile(t, "gentle"), loadgen.Options{})
		if err == nil || !strings.Contains(err.Error(), "429") || s.alive() != 0 {
			t.Errorf("busy for an hour: error %v with %d keys left, want the 429 and none", err, s.alive())
		}
	})
}
