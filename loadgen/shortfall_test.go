package loadgen

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// crowded is a phase on 40 workers, a key each, that tell what becomes of their calls.
func crowded(t *testing.T, p Profile, fate func(worker int, s slot) told) *Played {
	t.Helper()
	ph := Phase{Name: "P", Role: Together, Keys: 40, Rate: 450, Length: 2 * time.Second}
	whole := newPlayed(ph, 1, 0)
	whole.recorded(&Recording{Seed: 5})
	for w := range ph.Keys {
		lanes := []Lane{{Key: w}}
		share := sharing(ph, lanes, &Recording{Seed: 5})
		plan := scheduleOf(ph, 5, lanes)
		for next, ok := plan.take(); ok; next, ok = plan.take() {
			fate(w, next).noteIn(share)
		}
		in := whole.intake(fmt.Sprint("w", w+1), lanes, nil)
		for r, err := range share.reports(&End{}) {
			if err == nil {
				err = in.Take(r)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if t := whole.tally(); float64(t.sent) < p.Saturating.Sent*float64(t.planned) || whole.late.quantile(99) > p.Saturating.LateP99 {
		panic("the sum of all falls short: this shows nothing")
	}
	return whole
}

// A worker of many that falls short is named, though the sum of all is within the bounds.
func TestOneWorkerOfManyIsHeldToTheBounds(t *testing.T) {
	p, err := Lookup("per-key-300")
	if err != nil {
		t.Fatal(err)
	}
	fine := func(s slot) told { return told{slot: s, send: s.due, done: s.due + time.Millisecond} }
	silent := func(w int, s slot) told {
		c := fine(s)
		if w == 16 {
			c.class, c.send = unsent, s.due+5*time.Millisecond
		}
		return c
	}
	late := func(w int, s slot) told {
		c := fine(s)
		if w == 29 && s.number%4 == 0 {
			c.send, c.done = c.send+6*time.Millisecond, c.done+6*time.Millisecond
		}
		return c
	}
	for name, tt := range map[string]struct {
		fate func(int, slot) told
		want string // empty: it counts
	}{
		"all are fine":  {func(_ int, s slot) told { return fine(s) }, ""},
		"one is silent": {silent, "P: worker w17 of 40 sent 0.00 % of its 900 calls, at least 97 % are needed"},
		"one is late":   {late, "P: worker w30 of 40 left its slowest 1 % 6ms or more late, at most 5ms is allowed"},
	} {
		if got := strings.Join(certify(p, crowded(t, p, tt.fate)), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// What is a little too late does not read as what is allowed.
func TestALatenessIsRoundedUp(t *testing.T) {
	b := Bounds{Sent: 0.97, LateP99: 2 * time.Millisecond}
	for late, want := range map[time.Duration]string{
		b.LateP99:                           "",
		b.LateP99 + 1:                       "2.01ms",
		b.LateP99 + 4*time.Microsecond:      "2.01ms",
		b.LateP99 + 10*time.Microsecond:     "2.01ms",
		b.LateP99 + 10*time.Microsecond + 1: "2.02ms",
	} {
		w := Part{Worker: "w2", Planned: 900, Sent: 900, Late: late}
		short, blame := "left its slowest 1 % "+want+" or more late, at most 2ms is allowed", "; of 2 workers only worker w2 left its slowest 1 % "+want+" late and missed 0"
		if want == "" {
			short, blame = "", ""
		}
		if got := w.short(b); got != short {
			t.Errorf("%v: %q, want %q", late, got, short)
		}
		both := Played{Parts: []Part{{Worker: "w1"}, w}}
		if got := both.blame(b); got != blame {
			t.Errorf("%v: %q, want %q", late, got, blame)
		}
	}
}

// A worker may miss its part of what all may miss, and says when it gave up.
func TestAWorkerThatGivesUpIsNamed(t *testing.T) {
	p, err := Lookup("per-key-300")
	if err != nil {
		t.Fatal(err)
	}
	ph := Phase{Name: "P", Role: Together, Keys: 4, Rate: 450, Length: 2 * time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{})
	if all := spare(p, a); all != 108 {
		t.Errorf("all may miss %d calls, want 3 %% of 3600", all)
	}
	share := sharing(ph, []Lane{{Key: 1}, {Key: 2, Stripe: 1, Of: 2}}, &Recording{})
	if own := spare(p, share); own != 40 {
		t.Errorf("a worker with a key and half of another may miss %d calls, want 3 %% of 1350", own)
	}
	a.GivenUp = time.Second
	a.Parts = []Part{{Worker: "w1", Planned: 2250, Sent: 2250}, {Worker: "w2", Planned: 1350, Sent: 700, Missed: 41, GivenUp: time.Second}}
	want := "P was given up by worker w2 after 1.0 s: 41 of its 1350 calls could not leave in time by then, at most 3 % may"
	if got := strings.Join(certify(p, a), "; "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
