package loadgen

import (
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// saturated plays the profile's phase of a role against a bucket for each key; spoil may change
// what becomes of the n-th call that it accepted.
func saturated(p Profile, role Role, rate float64, spoil func(n int) Class) *Played {
	ph, _ := p.phase(role)
	a := newPlayed(ph, 1, 0)
	a.seed = 3
	level, last, n := make([]float64, ph.Keys), make([]time.Duration, ph.Keys), 0
	for i := range level {
		level[i] = rate
	}
	plan := newSchedule(ph, 3)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		k, class := next.key, RateLimited
		level[k] = min(rate, level[k]+rate*(next.due-last[k]).Seconds())
		last[k] = next.due
		if level[k] >= 1 {
			level[k]--
			n++
			class = spoil(n)
		}
		a.sent(next, next.due, next.due+time.Millisecond, class)
	}
	return a
}

// overloaded returns the profile per-key-300 with its saturating phases alone, played.
func overloaded(t *testing.T, spoil func(n int) Class) Recording {
	t.Helper()
	p, err := Lookup("per-key-300")
	if err != nil {
		t.Fatal(err)
	}
	p, _ = p.played(Options{AllowOverload: true})
	p.Phases = p.Phases[2:]
	r := Recording{Profile: p, Reference: true}
	for _, ph := range p.Phases {
		r.Played = append(r.Played, saturated(p, ph.Role, 300, spoil))
	}
	return r
}

// A call that failed after the limiter let it through has taken its token all the same.
func TestAServerErrorIsNoLowerRate(t *testing.T) {
	l := Judge(overloaded(t, func(n int) Class {
		if n%20 == 0 {
			return ServerError
		}
		return Accepted
	}))
	for _, c := range l.Claims {
		if c.Name == claimRate && c.Verdict == reports.Refuted {
			t.Errorf("300 per second, every twentieth answered 500: %s", c.Why)
		}
	}
}

// An exhausted quota says nothing about the rate limit, and hides it.
func TestAnotherLimitLeavesTheRateOpen(t *testing.T) {
	for _, class := range []Class{QuotaExceeded, Throttled} {
		l := Judge(overloaded(t, func(n int) Class {
			if n > 1200 {
				return class
			}
			return Accepted
		}))
		for _, c := range l.Claims {
			if c.Verdict != reports.ClaimInconclusive {
				t.Errorf("%s: %s is %s: %s", class, c.Name, c.Verdict, c.Why)
			}
		}
	}
}

func TestSpoiledByNothingItIsProven(t *testing.T) {
	l := Judge(overloaded(t, func(int) Class { return Accepted }))
	for _, c := range l.Claims {
		if c.Verdict != reports.Proven || c.PError != 0 {
			t.Errorf("%s is %s with %v: %s", c.Name, c.Verdict, c.PError, c.Why)
		}
	}
}

// Calls overtake each other on their way: what counts is when the limiter may have seen them.
func TestARefusalIsExcusedByAnyCallNearIt(t *testing.T) {
	l := Limit{Scope: PerKey, Rate: 300, Burst: 300}
	for name, tt := range map[string]struct {
		accepted call
		want     bool
	}{
		"sent later, seen first": {call{send: 10_500, done: 11_000}, true},
		"just before":            {call{send: 7000, done: 9000}, true},
		"long before":            {call{send: 1000, done: 2000}, false},
		"after its answer":       {call{send: 12_500, done: 13_000}, false},
	} {
		near := neighbours{tracks: []track{trackOf(tt.accepted)}, limit: l, all: map[int]*nearby{}, toll: func() float64 { return 0 }}
		if got, _ := near.excuses(0, call{send: 10_000, done: 12_000, class: RateLimited}); got != tt.want {
			t.Errorf("%s: excused %v, want %v", name, got, tt.want)
		}
	}
}

// atOnce makes every call due when the attempt starts.
type atOnce struct{}

func (atOnce) next() time.Duration { return 0 }

// trackOf returns the track of calls that were all due when the attempt started.
func trackOf(calls ...call) track {
	t := track{law: func() law { return atOnce{} }}
	for i, c := range calls {
		late, travel := time.Duration(c.send)*time.Microsecond, time.Duration(c.done-c.send)*time.Microsecond
		t.log.note(i, fate{what: uint8(c.class), late: units(late), travel: int64(units(travel))})
	}
	return t
}
