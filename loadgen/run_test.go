package loadgen_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/zoo"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// The profiles run whole, in a bubble where time moves only when everybody waits: their real
// senders, pacers and workers, in seconds that cost nothing.
func TestAWholeRunWithoutWaiting(t *testing.T) {
	for _, tt := range []struct {
		profile, name string
		take          func() loadgen.Service
		want          reports.LoadVerdict
		why           string
	}{
		{"per-key-300", "300 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, reports.LoadPass, "every key carries at least 29"},
		{"per-key-300", "200 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }, reports.LoadFail, "share about 200"},
		{"shared-200", "200 shared", func() loadgen.Service { return zoo.Shared(zoo.Bucket(200, 200)) }, reports.LoadPass, "share 200"},
		{"gentle", "300 each", func() loadgen.Service { return zoo.Each(zoo.Bucket(300, 300)) }, reports.LoadPass, "do not share"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newService(tt.take())
			l, err := loadgen.Run(t.Context(), inMemory(s), profile(t, tt.profile), loadgen.Options{Seed: 4, AllowOverload: true})
			if err != nil {
				t.Fatal(err)
			}
			if !l.Generator.OK || l.Generator.Missed != 0 {
				t.Fatalf("%s on %s: in a bubble nothing is late: %+v", tt.profile, tt.name, l.Generator)
			}
			if l.Verdict != tt.want || !strings.Contains(l.Why, tt.why) {
				t.Errorf("%s on %s: %s: %s, want %s with %q", tt.profile, tt.name, l.Verdict, l.Why, tt.want, tt.why)
			}
			if n := s.alive(); n != 0 {
				t.Errorf("%d keys are left on the target", n)
			}
		})
	}
}

func TestAWrongAnswerUnderLoadIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Each(zoo.Bucket(300, 300)))
		s.lies = true
		l, err := loadgen.Run(t.Context(), inMemory(s), profile(t, "gentle"), loadgen.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := l.Claims[len(l.Claims)-1]
		if c.Name != "answers" || c.Verdict != reports.Refuted || l.Verdict != reports.LoadFail {
			t.Errorf("%s %s, run %s; want the answers refuted", c.Name, c.Verdict, l.Verdict)
		}
	})
}

// TestALoadThatWasEnoughIsChecked: an end that the caller wants takes nothing from what was sampled, as one that is
// forced does.
func TestALoadThatWasEnoughIsChecked(t *testing.T) {
	for _, tt := range []struct {
		why     error
		refuted bool
	}{{loadgen.ErrEnough, true}, {context.Canceled, false}} {
		synctest.Test(t, func(t *testing.T) {
			s := newService(zoo.Each(zoo.Bucket(300, 300)))
			s.lies = true
			ctx, end := context.WithCancelCause(t.Context())
			defer time.AfterFunc(5*time.Second, func() { end(tt.why) }).Stop()
			l, err := loadgen.Run(ctx, inMemory(s), profile(t, "gentle"), loadgen.Options{})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want that it was cancelled", err)
			}
			refuted := slices.ContainsFunc(l.Claims, func(c reports.Claim) bool { return c.Name == "answers" && c.Verdict == reports.Refuted })
			if refuted != tt.refuted {
				t.Errorf("ended by %v: the answers are refuted %v, want %v", tt.why, refuted, tt.refuted)
			}
			if n := s.alive(); n != 0 {
				t.Errorf("%d keys are left on the target", n)
			}
		})
	}
}

func TestAStalledSenderIsInvalidAndMakesNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		o := loadgen.Options{Stall: func(_ string, due time.Duration) time.Duration {
			if due > time.Second && due < 1010*time.Millisecond {
				return 300 * time.Millisecond
			}
			return 0
		}}
		l, err := loadgen.Run(t.Context(), inMemory(s), profile(t, "gentle"), o)
		if err != nil {
			t.Fatal(err)
		}
		if l.Verdict != reports.LoadInvalid || len(l.Phases) != 3 {
			t.Errorf("%s after %d attempts, want invalid after 3: %s", l.Verdict, len(l.Phases), l.Why)
		}
		if p := l.Generator.Problems; len(p) != 1 || !strings.Contains(p[0], "given up after 1.") {
			t.Errorf("problems %q, want the phase given up as soon as it cannot count", p)
		}
		for _, k := range l.Keys {
			if most := slices.Max(k.Offered); most > 121 {
				t.Errorf("%s: %d calls in a second of 120: lost time was made up for", k.Name, most)
			}
		}
	})
}

func TestASlowTargetIsNotTheSendersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		s.slow = 100 * time.Millisecond
		l, err := loadgen.Run(t.Context(), inMemory(s), profile(t, "gentle"), loadgen.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ph := l.Phases[0]
		if !ph.OK || ph.Late.Max > 1 || ph.Due.P50 < 99 || ph.Due.P50 > 102 {
			t.Errorf("certified %v, late %+v, from due %+v; want punctual sends and 100 ms", ph.OK, ph.Late, ph.Due)
		}
		if l.Generator.Workers < 24 {
			t.Errorf("at most %d calls in flight, want 240/s × 0.1 s", l.Generator.Workers)
		}
	})
}

// Where the target owes answers to all calls that may be in flight, the next ones cannot be sent.
// That is its doing: the generator is certified, and nothing is proven from the calls that were left.
func TestWhatTheTargetHoldsUpIsNotTheSendersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		s.slow = 3 * time.Second
		l, err := loadgen.Run(t.Context(), inMemory(s), profile(t, "per-key-300"), loadgen.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !l.Generator.OK || l.Generator.Blocked == 0 || l.Generator.Workers != 2048 {
			t.Errorf("certificate %+v, want one with blocked calls and 2048 in flight", l.Generator)
		}
		if c := claim(l, "guarantee"); c.Verdict != reports.ClaimInconclusive || !strings.Contains(c.Why, "owed answers") {
			t.Errorf("guarantee %s: %s", c.Verdict, c.Why)
		}
		if p := l.Phases[1]; p.GaveUp.Count != p.Missed || p.GaveUp.P50 < 5 {
			t.Errorf("%d missed, given up %+v", p.Missed, p.GaveUp)
		}
	})
}

func TestACancelledRunCleansUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := loadgen.Options{Progress: func(p loadgen.Progress) {
			if p.At > 3*time.Second {
				cancel()
			}
		}}
		l, err := loadgen.Run(ctx, inMemory(s), profile(t, "gentle"), o)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
		if l.Verdict != reports.LoadInvalid || l.Generator.Sent == 0 || !l.Generator.Cut {
			t.Errorf("%s with %d calls sent, cut %v, want what was recorded, as invalid and cut", l.Verdict, l.Generator.Sent, l.Generator.Cut)
		}
		if n := s.alive(); n != 0 {
			t.Errorf("%d keys are left on the target", n)
		}
	})
}

func TestKeysStayWhereTheyShall(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*target.Target, *loadgen.Options)
		want   int
	}{
		"removed":    {func(*target.Target, *loadgen.Options) {}, 0},
		"kept":       {func(_ *target.Target, o *loadgen.Options) { o.Keep = true }, 2},
		"disposable": {func(t *target.Target, _ *loadgen.Options) { t.Disposable = true }, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, o := newService(zoo.Everything), loadgen.Options{Duration: time.Second}
			to := inMemory(s)
			tt.change(to, &o)
			if _, err := loadgen.Run(t.Context(), to, profile(t, "gentle"), o); err != nil {
				t.Fatal(err)
			}
			if n := s.alive(); n != tt.want {
				t.Errorf("%s: %d keys are left, want %d", name, n, tt.want)
			}
		})
	}
}

func TestLeftoversAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(zoo.Everything)
		to := inMemory(s)
		to.Transport = func(target.Source) http.RoundTripper { return undeletable{handlerTransport{s}} }
		var lines []string
		o := loadgen.Options{Duration: time.Second, Leftover: func(l string) { lines = append(lines, l) }}
		if _, err := loadgen.Run(t.Context(), to, profile(t, "gentle"), o); err != nil {
			t.Fatal(err)
		}
		if len(lines) != 2 || !strings.Contains(lines[0], "tag") {
			t.Errorf("leftovers %q, want both keys", lines)
		}
	})
}

// undeletable loses every deletion on the way.
type undeletable struct{ http.RoundTripper }

func (u undeletable) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodDelete {
		return nil, errors.New("connection reset")
	}
	return u.RoundTripper.RoundTrip(r)
}

// TestAKeyOfWhichNobodyHeardIsTold: the answer to its creation is lost, and so is the list of keys.
func TestAKeyOfWhichNobodyHeardIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := inMemory(newService(zoo.Everything))
		to.Transport = func(target.Source) http.RoundTripper { return silent{} }
		var lines []string
		o := loadgen.Options{Duration: time.Second, Leftover: func(l string) { lines = append(lines, l) }}
		if _, err := loadgen.Run(t.Context(), to, profile(t, "gentle"), o); !errors.Is(err, target.ErrNoAnswer) {
			t.Errorf("got %v, want ErrNoAnswer", err)
		}
		if len(lines) != 1 || !strings.Contains(lines[0], "asked for without an answer") {
			t.Errorf("leftovers %q, want the key that may be there", lines)
		}
	})
}

// silent loses everything on the way.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection reset")
}

func TestProgressIsToldFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told, sending []loadgen.Progress
		o := loadgen.Options{Progress: func(p loadgen.Progress) {
			told = append(told, p)
			if p.Phase != "" {
				sending = append(sending, p)
			}
		}}
		if _, err := loadgen.Run(t.Context(), inMemory(newService(zoo.Everything)), profile(t, "gentle"), o); err != nil {
			t.Fatal(err)
		}
		if n := len(sending); n < 38 || n > 41 {
			t.Errorf("told %d times in the 10 s of the phase", n)
		}
		if n := len(told) - len(sending); n < 1 {
			t.Error("not told of the rest after the phase")
		}
		if last := sending[len(sending)-1]; last.Phase != "P2" || last.Sent < 2250 || last.Sent != last.Accepted || last.At > last.Of {
			t.Errorf("last told %+v", last)
		}
	})
}

func TestProgressTellsOfEveryKeyAndWhatIsCertainSoFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := map[string]loadgen.Progress{} // by phase
		left := time.Hour
		o := loadgen.Options{AllowOverload: true, Progress: func(p loadgen.Progress) {
			last[p.Phase] = p
			if p.Left > left {
				t.Errorf("%v left in %q at %v, and %v before", p.Left, p.Phase, p.At, left)
			}
			left = p.Left
		}}
		p := profile(t, "per-key-300")
		if _, err := loadgen.Run(t.Context(), inMemory(newService(zoo.Each(zoo.Bucket(300, 300)))), p, o); err != nil {
			t.Fatal(err)
		}
		conform, together, end := last["P4"], last["P6b"], last[""]
		var sent, limited int64
		for _, k := range together.Keys {
			sent, limited = sent+k.Sent, limited+k.Limited
			if k.Name == "" || k.Limited == 0 || k.Accepted == 0 || k.Accepted+k.Limited+k.Other != k.Sent {
				t.Errorf("a key driven over its limit: %+v", k)
			}
		}
		if len(together.Keys) != p.Keys || sent != together.Sent || limited != together.Limited {
			t.Errorf("the keys do not add up to %d sent, %d limited: %+v", together.Sent, together.Limited, together.Keys)
		}
		if together.Refusable != 1 {
			t.Errorf("refusals of a phase over the limit are bounded by %v, want 1: they are what is asked for", together.Refusable)
		}
		if conform.Refusable <= 0 || conform.Refusable > 0.01 {
			t.Errorf("%d calls a key without refusal bound their share by %v, want at most 0.01", conform.Keys[0].Sent, conform.Refusable)
		}
		if !conform.Certificate.Holds() || conform.Certificate.Spare == 0 || conform.Left <= together.Left {
			t.Errorf("certificate %+v, %v left in P4, %v in P6b", conform.Certificate, conform.Left, together.Left)
		}
		if n := len(together.SoFar.Phases); n != 3 || len(together.SoFar.Claims) == 0 {
			t.Errorf("in the last phase three others and their claims are known, got %+v", together.SoFar.Phases)
		}
		if len(end.SoFar.Phases) != 4 || end.Left != 0 || len(end.Keys) != 0 {
			t.Errorf("after the last phase: %+v", end)
		}
	})
}

func TestACertificateIsLostWithOneCallTooManyOrTooLate(t *testing.T) {
	bounds := loadgen.Bounds{Sent: 0.999, LateP99: 2 * time.Millisecond}
	for _, tt := range []struct {
		lost int64
		late time.Duration
		want bool
	}{{3, 2 * time.Millisecond, true}, {4, 2 * time.Millisecond, false}, {3, 2*time.Millisecond + 1, false}} {
		c := loadgen.Certificate{Late: tt.late, Lost: tt.lost, Spare: 3, Bounds: bounds}
		if c.Holds() != tt.want {
			t.Errorf("%d of 3 lost, %v late: holds %v, want %v", tt.lost, tt.late, c.Holds(), tt.want)
		}
	}
}

// A short run over real sockets. How punctual this machine is just now is not the subject, so the
// bounds are wide; the books must balance all the same.
func TestOverSockets(t *testing.T) {
	s := newService(zoo.Everything)
	var phases sync.Map
	o := loadgen.Options{AllowOverload: true, Duration: 2 * time.Second, Progress: func(p loadgen.Progress) { phases.Store(p.Phase, true) }}
	p := patient(profile(t, "per-key-300"))
	p.Rest = 20 * time.Millisecond
	l, err := loadgen.Run(t.Context(), pointed(t, s), p, o)
	if err != nil {
		t.Fatal(err)
	}
	answered := int64(0)
	for _, ph := range l.Phases {
		answered += ph.Sent
		if ph.Sent != ph.Accepted || ph.Planned != ph.Sent+ph.Missed {
			t.Errorf("%s: the books do not balance: %+v", ph.Name, ph)
		}
	}
	if extra := int64(s.calls) - answered; answered == 0 || extra <= 8 || extra > 8+11*17 {
		t.Errorf("%d calls answered, %d seen by the service; want the trials and the checks more", answered, s.calls)
	}
	if n := s.alive(); n != 0 {
		t.Errorf("%d keys are left on the target", n)
	}
}

func TestARehearsalJudgesAServerWithoutWaiting(t *testing.T) {
	for _, tt := range []struct {
		profile string
		take    loadgen.Service
		want    reports.LoadVerdict
		why     string
	}{
		{"per-key-300", zoo.Each(zoo.Bucket(300, 300)), reports.LoadPass, "every key carries at least 29"},
		{"per-key-300", zoo.Shared(zoo.Bucket(200, 200)), reports.LoadFail, "share about 200"},
		{"per-key-300", zoo.Each(zoo.Bucket(285, 285)), reports.LoadFail, "about 285 calls per second, not 300"},
		{"shared-200", zoo.Shared(zoo.Bucket(200, 200)), reports.LoadPass, "share 200"},
		{"shared-200", zoo.Each(zoo.Bucket(200, 200)), reports.LoadFail, "do not share"},
	} {
		s := newService(tt.take)
		now := time.Now()
		s.now = func() time.Time { return now }
		l, err := loadgen.Rehearse(t.Context(), inMemory(s), profile(t, tt.profile), loadgen.Options{Seed: 2, AllowOverload: true}, clients["near"],
			func(at time.Time) { now = at })
		if err != nil {
			t.Fatal(err)
		}
		if l.Verdict != tt.want || !strings.Contains(l.Why, tt.why) {
			t.Errorf("%s: %s: %s, want %s with %q", tt.profile, l.Verdict, l.Why, tt.want, tt.why)
		}
		if n := s.alive(); n != 0 {
			t.Errorf("%d keys are left on the target", n)
		}
	}
}
