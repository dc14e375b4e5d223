package loadgen_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// A misread hands on every so manyth refusal of the API as if the call had been accepted.
type misread struct {
	http.RoundTripper
	every, refusals int
}

func (m *misread) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := m.RoundTripper.RoundTrip(r)
	if err != nil || a.StatusCode != http.StatusTooManyRequests {
		return a, err
	}
	if m.refusals++; m.every > 0 && m.refusals%m.every == 0 {
		a.StatusCode = http.StatusOK
		a.Body = io.NopCloser(strings.NewReader(`{"code":"SUCCESS","data":{"ciphertext":"x"}}`))
	}
	return a, nil
}

// counting plays a profile against a reference whose answers may be misread.
func counting(t *testing.T, p loadgen.Profile, every int, moved bool) reports.Load {
	t.Helper()
	r, err := reference.New(reference.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	urls, owner := reference.MemoryURLs(), r.Accounts()[0]
	through := &misread{RoundTripper: r.RoundTripper(netip.MustParseAddr("127.0.0.1")), every: every}
	tg := &target.Target{Name: "counting", Disposable: true,
		URLs:        map[target.API]string{target.API20: urls[reference.API20], target.Admin: urls[reference.Admin]},
		Credentials: map[string]target.Credential{"owner": {AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}},
		Transport:   func(target.Source) http.RoundTripper { return through }}
	if moved {
		time.AfterFunc(6*time.Second, func() { _ = tg.Advance(t.Context(), time.Hour) }) // P2 lasts from two seconds on to ten
	}
	p.Again = 0
	l, err := loadgen.Run(t.Context(), tg, p, loadgen.Options{Seed: 4, AllowOverload: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestAReferenceCountsAsTheGeneratorDoes: its limiter is asked for its own count of every attempt, and a generator that
// takes one refusal in a hundred for an acceptance is found out by it.
func TestAReferenceCountsAsTheGeneratorDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := counting(t, profile(t, "per-key-300"), 0, false)
		s := l.Generator.SecondLook
		if l.Verdict != reports.LoadPass || s == nil || s.Attempts != 4 || s.Differ != 0 || s.Admitted != s.Accepted || s.Refused != s.Limited || s.Refused < 1000 {
			t.Errorf("%s: %s: %+v", l.Verdict, l.Why, s)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := counting(t, profile(t, "per-key-300"), 100, false)
		if s := l.Generator.SecondLook; l.Verdict != reports.LoadInvalid || s == nil || s.Differ != 2 || !strings.Contains(l.Why, "the target let ") {
			t.Errorf("%s: %s: %+v", l.Verdict, l.Why, s)
		}
	})
}

// Where the target's clock was moved its seconds are not those of the attempt: nothing is said of it.
func TestAReferenceWhoseClockWasMovedTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if s := counting(t, profile(t, "per-key-300"), 0, true).Generator.SecondLook; s == nil || s.Attempts != 3 || s.Lost != 1 || s.Differ != 0 {
			t.Errorf("%+v, want one that is lost and the three attempts in which the clock went on as it should", s)
		}
	})
}

// TestASoakIsCountedWithItsRenewals: the limiter counts the call that tries a new token, too.
func TestASoakIsCountedWithItsRenewals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := profile(t, "soak")
		p.Keys = 2
		p.Phases[0].Rate, p.Phases[0].Blocks = 1, 1
		l := counting(t, p, 0, false)
		if s := l.Generator.SecondLook; l.Verdict == reports.LoadInvalid || s == nil || s.Differ != 0 || s.Accepted != s.Admitted || s.Accepted <= l.Generator.Sent {
			t.Errorf("%s: %s: %+v of %d calls", l.Verdict, l.Why, s, l.Generator.Sent)
		}
	})
}
