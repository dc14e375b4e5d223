package steps_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// A setting is how a target differs from a reference on this machine.
type setting struct {
	ahead   time.Duration                             // of its clock
	flaw    string                                    // the name of a mutant; empty: none
	away    time.Duration                             // every answer is so late; in prove alone
	between func(http.RoundTripper) http.RoundTripper // nil: nothing
	nat     func(netip.Addr) netip.Addr               // what the target sees of a local address; nil: the same
	change  func(*target.Target)                      // of what is declared
}

// foreign opens a target that is nobody's of ours: without an admin listener, on a running clock,
// shared by all scenarios. Its budget is that of a target file that names none, but for the keys in all: with
// every role, host and address more are needed (docs/target.md).
func (s setting) foreign(t *testing.T) *target.Target {
	t.Helper()
	machine := clock.NewMachine()
	machine.Advance(s.ahead)
	o := reference.Options{Seed: 1, Clock: machine}
	if s.flaw != "" {
		m, err := mutant.Find(s.flaw)
		if err != nil {
			t.Fatal(err)
		}
		o = m.Options(o)
	}
	service, err := reference.New(o)
	if err != nil {
		t.Fatal(err)
	}
	urls, budget := reference.MemoryURLs(), target.DefaultBudget
	budget.KeysTotal = 600
	out := &target.Target{
		Name: "foreign", Budget: budget, Ledger: target.NewLedger("abcdef", budget, nil),
		URLs: map[target.API]string{
			target.API20: urls["api20"], target.API20KR: urls["api20kr"], target.API20JP: urls["api20jp"], target.API10: urls["api10"],
			target.SubAccount: urls["subaccount"],
		},
		Credentials: map[string]target.Credential{},
		Transport: func(from target.Source) http.RoundTripper {
			address := from.Bind
			if !address.IsValid() {
				address = netip.MustParseAddr("127.0.0.1")
			}
			if s.nat != nil {
				address = s.nat(address)
			}
			rt := service.RoundTripper(address)
			if s.between != nil {
				rt = s.between(rt)
			}
			return rt
		},
	}
	for _, a := range service.Accounts() {
		out.Credentials[a.Name] = target.Credential{AccessKey: a.AccessKey, SecretKey: a.SecretKey, APIKey: a.APIKey}
	}
	out.Dial = func(_ context.Context, api target.API, _ target.Source) (net.Conn, error) {
		return listening(service, api)
	}
	for _, a := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"} {
		out.Sources = append(out.Sources, target.Source{Bind: netip.MustParseAddr(a), SeenAs: netip.MustParseAddr(a)})
	}
	if s.change != nil {
		s.change(out)
	}
	if err := out.Reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// listening connects to a listener that ends with the connection.
func listening(service *reference.Service, api target.API) (net.Conn, error) {
	at, closing, err := service.Listen(string(api))
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", at.String())
	if err != nil {
		return nil, errors.Join(err, closing())
	}
	return lonely{conn.(*net.TCPConn), closing}, nil
}

type lonely struct {
	*net.TCPConn
	closing func() error
}

func (l lonely) Close() error { return errors.Join(l.TCPConn.Close(), l.closing()) }

// lingering is longer than net/http keeps a connection whose request it refused.
const lingering = time.Second

// prove runs the suite on the target in a bubble, so that what takes minutes takes none.
func (s setting) prove(t *testing.T, o steps.Options, check func(*testing.T, *steps.Result, *target.Target)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if s.away > 0 {
			s.between = func(inner http.RoundTripper) http.RoundTripper {
				return tripper(func(r *http.Request) (*http.Response, error) {
					time.Sleep(s.away)
					return inner.RoundTrip(r)
				})
			}
		}
		on := s.foreign(t)
		o.Open = func(context.Context) (*target.Target, error) { return on, nil }
		r := run(t, o)
		if alive := on.Ledger.Alive(); len(alive)+len(r.Leftovers)+len(r.NotRun) > 0 {
			t.Errorf("left %v, %v; not run %v", alive, r.Leftovers, r.NotRun)
		}
		check(t, r, on)
		time.Sleep(lingering)
	})
}

// spared holds that nothing failed, that so many passed at least, and that scenarios were skipped for
// want of what is given alone.
func spared(least int, wants ...string) func(*testing.T, *steps.Result, *target.Target) {
	return func(t *testing.T, r *steps.Result, _ *target.Target) {
		t.Helper()
		for _, s := range r.Scenarios {
			switch {
			case s.Outcome == reports.Passed:
			case s.Outcome == reports.Skipped && contains(s.Reason, wants):
			default:
				t.Errorf("%s: %s: %s", s.Outcome, s.ID, s.Reason)
			}
		}
		if n := outcomes(r); n[reports.Passed] < least {
			t.Errorf("outcomes %v", n)
		}
	}
}

func contains(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// What a target without an admin listener lacks.
const (
	noClock   = "a clock that can be set (admin)"
	noRegions = "regions that can be taken down (admin)"
	noRights  = "a reference's account whose permissions may be changed (admin, credentials.encryptor)"
)

// TestTheSuiteHoldsOnTargetsThatAreNotOurs: whatever stands between, a target that keeps the rules is
// never found to break one. Half of the targets are played on a day.
func TestTheSuiteHoldsOnTargetsThatAreNotOurs(t *testing.T) {
	nat := func(a netip.Addr) netip.Addr {
		b := a.As4()
		return netip.AddrFrom4([4]byte{203, 0, 113, b[3]})
	}
	seen := func(t *target.Target) {
		for i := range t.Sources {
			t.Sources[i].SeenAs = nat(t.Sources[i].Bind)
		}
	}
	settings := map[string]setting{
		"without an admin listener":                  {},
		"four minutes ahead, behind a NAT":           {ahead: 4 * time.Minute, nat: nat, change: seen},
		"hours behind, and thirty milliseconds away": {ahead: -9 * time.Hour, away: 30 * time.Millisecond},
		"throttled": {between: throttled(100)},
	}
	for i, name := range slices.Sorted(maps.Keys(settings)) {
		s := settings[name]
		if !playedToday(i) {
			continue
		}
		t.Run(name, func(t *testing.T) { s.prove(t, steps.Options{Seed: 1}, spared(300, noClock, noRegions, noRights)) })
	}
}

// throttled refuses what goes over so many calls a second.
func throttled(perSecond int) func(http.RoundTripper) http.RoundTripper {
	var mu sync.Mutex
	var second time.Time
	var n int
	over := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now().Truncate(time.Second); !now.Equal(second) {
			second, n = now, 0
		}
		n++
		return n > perSecond
	}
	return func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if over() {
				return always(429, `{"error":{"errorCode":"420","message":"Too Many Requests"}}`)(inner).RoundTrip(r)
			}
			return inner.RoundTrip(r)
		})
	}
}

// TestARunOnAForeignTargetKeepsItsRate counts the calls of each second.
func TestARunOnAForeignTargetKeepsItsRate(t *testing.T) {
	var mu sync.Mutex
	seconds := map[time.Time]int{}
	counted := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			seconds[time.Now().Truncate(time.Second)]++
			mu.Unlock()
			return inner.RoundTrip(r)
		})
	}
	setting{between: counted}.prove(t, steps.Options{Rule: "KMS2-ACC", Parallel: 8}, func(t *testing.T, r *steps.Result, _ *target.Target) {
		most := 0
		for _, n := range seconds {
			most = max(most, n)
		}
		if most >= 150 || most < 100 {
			t.Errorf("%d calls in a second, want fewer than 150, and about as many", most)
		}
	})
}
