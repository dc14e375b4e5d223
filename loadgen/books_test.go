package loadgen

import (
	"strings"
	"testing"
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
