package loadgen

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// booked plays a phase of 300 calls per second on two keys, each of which takes 8 ms, with books and looks at the calls
// in flight as they were.
func booked(t *testing.T) (Profile, *Played) {
	t.Helper()
	ph := Phase{Name: "P", Role: Conform, Keys: 2, Rate: 300, Length: 4 * time.Second}
	p := Profile{Name: "books", API: "2.0", Keys: 2, Limit: Limit{Scope: PerKey, Rate: 300, Burst: 300}, Conforming: Bounds{Sent: 0.99, LateP99: 5 * time.Millisecond}, Phases: []Phase{ph}}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{Seed: 1})
	a.RealTime, a.Books.Kept = true, true
	plan := newSchedule(ph, 1)
	var under []time.Duration // until when
	last, n := time.Duration(0), int64(0)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		done := next.due + 8*time.Millisecond
		a.sent(next, next.due, done, Accepted)
		a.Books.Left++
		under = append(under, done)
		if n++; n%3 == 0 { // a look just before the next call
			at := next.due + time.Millisecond
			seen := int64(0)
			for _, until := range under {
				if until > at {
					seen++
				}
			}
			a.Sightings = a.Sightings.add(at.Truncate(time.Microsecond)-last, seen)
			last = at.Truncate(time.Microsecond)
		}
	}
	if problems := certify(p, a); len(problems) > 0 {
		t.Fatalf("what is as it was has problems: %q", problems)
	}
	return p, a
}

func TestBooksThatDoNotBalanceCostTheCertificate(t *testing.T) {
	for name, spoil := range map[string]func(*Played){
		"a call that is noted nowhere": func(a *Played) { a.Books.Left++ },
		"a call that was never sent":   func(a *Played) { a.Books.Left-- },
	} {
		p, a := booked(t)
		spoil(a)
		if problems := certify(p, a); len(problems) != 1 || !strings.Contains(problems[0], "books do not balance") {
			t.Errorf("%s: %q", name, problems)
		}
	}
	p, a := booked(t)
	a.Books.Left, a.Books.Back, a.Books.Open = a.Books.Left+3, 1, 2
	if problems := certify(p, a); len(problems) > 0 {
		t.Errorf("calls that came back or are still in flight: %q", problems)
	}
}

// Calls noted as shorter or longer than they were in flight are found out, from 5 % on.
func TestTimesThatBreakLittlesLawCostTheCertificate(t *testing.T) {
	for name, tt := range map[string]struct {
		times float64 // as many calls in flight as the record says
		ok    bool
	}{"as noted": {1, true}, "3 % more": {1.03, true}, "a tenth more": {1.1, false}, "a tenth less": {0.9, false}} {
		p, a := booked(t)
		at, saw := a.Sightings.read()
		if len(at) < 500 || saw < 2*littleLeast {
			t.Fatalf("%d calls at %d looks compare little", saw, len(at))
		}
		a.Sightings = nil
		want, given, last := tt.times*float64(saw)/float64(len(at)), int64(0), uint32(0)
		for i, now := range at {
			n := int64(want*float64(i+1)) - given
			given += n
			a.Sightings = a.Sightings.add(time.Duration(now-last)*time.Microsecond, n)
			last = now
		}
		problems := certify(p, a)
		if ok := len(problems) == 0; ok != tt.ok || !ok && !strings.Contains(problems[0], "Little") {
			t.Errorf("%s: %q", name, problems)
		}
	}
}

// A few calls seen in flight say nothing.
func TestLittlesLawNeedsCallsInFlight(t *testing.T) {
	p, a := booked(t)
	a.Sightings = sightings(nil).add(time.Second, littleLeast-1)
	if problems := certify(p, a); len(problems) > 0 {
		t.Errorf("%q", problems)
	}
	a.Sightings = sightings(nil).add(time.Second, littleLeast+10)
	if problems := certify(p, a); len(problems) == 0 {
		t.Error("calls in flight that are noted nowhere are believed")
	}
}

// What was sent in real time is held against its books and the looks at it, and does not count without them.
func TestWhatWasSentInRealTimeNeedsBooksAndLooks(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*Played)
		want  []string
	}{
		"no books":                             {func(a *Played) { a.Books = Books{} }, []string{"P: the sender kept no books"}},
		"no looks":                             {func(a *Played) { a.Sightings = nil }, []string{"P: nobody looked at the calls in flight"}},
		"books of no call, and many are noted": {func(a *Played) { a.Books = Books{Kept: true} }, []string{"P: the books do not balance: 0 calls left, 0 came back unsent and 0 are in flight, but 2400 are noted"}},
		"nothing, on virtual time":             {func(a *Played) { a.RealTime, a.Books, a.Sightings = false, Books{}, nil }, nil},
	} {
		p, a := booked(t)
		tt.spoil(a)
		if got := certify(p, a); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// parted gives an attempt two workers, one that was looked at for each key.
func parted(a *Played) {
	at, _ := a.Sightings.read()
	for key := range a.tracks {
		part := Part{Worker: fmt.Sprint("w", key+1), Planned: 1200, Sent: 1200, Lanes: []Lane{{Key: key}}, Books: Books{Kept: true, Left: 1200}}
		last := uint32(0)
		for _, now := range at {
			part.Sightings = part.Sightings.add(time.Duration(now-last)*time.Microsecond, a.seen(part.Lanes[0], []uint32{now}))
			last = now
		}
		a.Parts = append(a.Parts, part)
	}
	a.Books, a.Sightings = Books{}, nil
}

// Each worker of a fleet answers for its own part.
func TestEveryWorkerAnswersForItsBooks(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*Part)
		want  string
	}{
		"as it was":   {func(*Part) {}, ""},
		"no books":    {func(w *Part) { w.Books = Books{} }, "P: worker w2: the sender kept no books"},
		"unbalanced":  {func(w *Part) { w.Books.Left++ }, "P: worker w2: the books do not balance"},
		"no looks":    {func(w *Part) { w.Sightings = nil }, "P: worker w2: nobody looked"},
		"false times": {func(w *Part) { w.Sightings = w.Sightings.add(time.Millisecond, 1000) }, "P: worker w2: by Little's law"},
	} {
		p, a := booked(t)
		parted(a)
		tt.spoil(&a.Parts[1])
		got := certify(p, a)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// Of a striped key each worker answers for its own calls.
func TestAStripeIsSeenWithoutTheOthers(t *testing.T) {
	_, a := booked(t)
	at, _ := a.Sightings.read()
	whole, parts := a.seen(Lane{}, at), int64(0)
	for stripe := range 3 {
		n := a.seen(Lane{Stripe: stripe, Of: 3}, at)
		if parts += n; n == 0 || n > whole/2 {
			t.Errorf("%d of %d calls are seen in stripe %d of 3", n, whole, stripe+1)
		}
	}
	if parts != whole {
		t.Errorf("%d calls are seen in the stripes, %d in all", parts, whole)
	}
}

// A sender keeps books of what it sends and is looked at, and tells whoever judges it.
func TestASenderTellsItsBooks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	ph := Phase{Name: "P", Role: Conform, Keys: 1, Rate: 200, Length: 500 * time.Millisecond}
	p := Profile{Name: "books", Keys: 1, Limit: Limit{Scope: PerKey, Rate: 200, Burst: 200}, MissAfter: time.Second, Phases: []Phase{ph}}
	armed, err := Share{Profile: p, Phase: ph, Lanes: ph.lanes()}.Arm(t.Context(), []Signed{{Method: http.MethodPost, URL: server.URL}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer armed.Close()
	whole := newPlayed(ph, 1, 0)
	whole.recorded(&Recording{})
	in := whole.intake("w1", ph.lanes(), nil)
	if err := armed.Play(t.Context(), time.Now(), func(r Report) error { return in.Take(travelled(t, r)) }); err != nil {
		t.Fatal(err)
	}
	w := whole.Parts[0]
	if w.Sent == 0 || w.Books != (Books{Kept: true, Left: w.Sent}) {
		t.Errorf("%+v of %d calls", w.Books, w.Sent)
	}
	if at, _ := w.Sightings.read(); len(at) == 0 {
		t.Error("nobody looked at the calls in flight")
	}
}

// Calls that are due at even distances are looked at at all points between two of them, not at a few over and over.
func TestLooksAreOutOfStepWithEvenCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, length := range []time.Duration{10 * time.Second, time.Minute} {
			var b sentBooks
			seen := b.watch(time.Now(), length)
			time.Sleep(length)
			at, _ := seen().read()
			points := map[int]bool{}
			for _, micros := range at {
				points[int(math.Mod(float64(micros), 1e6/300)/100)] = true
			}
			if len(at) < mostLooks*9/10 || len(points) < 30 {
				t.Errorf("in %v: %d looks at %d of 33 points between two calls at 300 per second", length, len(at), len(points))
			}
		}
	})
}
