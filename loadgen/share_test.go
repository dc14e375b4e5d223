package loadgen

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
)

// Dealt are the lanes of three workers: keys 2 to 4 are whole, key 1 is striped over all of them.
var dealt = [][]Lane{
	{{Key: 0, Stripe: 0, Of: 3}, {Key: 1}},
	{{Key: 0, Stripe: 1, Of: 3}, {Key: 2}},
	{{Key: 3}, {Key: 0, Stripe: 2, Of: 3}},
}

// A told is a call with its fate, as a sender would note it.
type told struct {
	slot
	send, done time.Duration
	class      Class
}

func (c told) noteIn(p *Played) {
	if c.class == unsent {
		p.missed(c.slot, c.send-c.due)
		return
	}
	p.served(c.slot, c.send, c.done, (c.done-c.send)/2, c.class)
}

// recorded tells a whole attempt: calls leave up to 2 ms late and travel up to 30 ms; a token bucket
// refuses what is beyond the limit, and a few calls are missed or fail.
func toldOf(p Profile, ph Phase, seed uint64) (calls []told) {
	rng := rand.New(rand.NewPCG(seed, 7))
	level, last := make([]float64, ph.Keys), make([]time.Duration, ph.Keys)
	for i := range level {
		level[i] = p.Limit.Burst
	}
	plan := newSchedule(ph, seed)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		c := told{slot: next, send: next.due + time.Duration(rng.ExpFloat64()*3e5)}
		c.done = c.send + 200*time.Microsecond + time.Duration(rng.Int64N(int64(time.Millisecond)))
		k := next.key
		level[k] = min(p.Limit.Burst, level[k]+p.Limit.Rate*(c.send-last[k]).Seconds())
		last[k] = c.send
		switch n := rng.IntN(20000); {
		case n == 0:
			c.class, c.send = unsent, next.due+time.Second
		case level[k] < 1:
			c.class = RateLimited
		default:
			level[k]--
		}
		calls = append(calls, c)
	}
	return calls
}

// owner returns which worker a call belongs to.
func owner(s slot) int {
	return slices.IndexFunc(dealt, func(lanes []Lane) bool {
		return slices.ContainsFunc(lanes, func(l Lane) bool { return l.Key == s.key && s.number%l.of() == l.Stripe })
	})
}

// A workers' record of one attempt, as Arm would make it.
func sharing(ph Phase, lanes []Lane, r *Recording) *Played {
	a := newPlayed(ph, 1, 0)
	a.recorded(r)
	a.lanes = ph.Playing(lanes)
	for _, l := range a.lanes {
		a.tracks[l.Key].of = l.of()
	}
	return a
}

// together plays p once by itself and once dealt to workers that report after so many calls each.
func together(t *testing.T, p Profile, every int) (one, merged Recording) {
	t.Helper()
	q, left, err := ready(p, Options{AllowOverload: true, Keys: 4})
	if err != nil || len(left) > 0 {
		t.Fatal(err, left)
	}
	one = Recording{Profile: q, Seed: 5, Reference: true, Keys: numbered(q.Keys)}
	merged = one
	for i, ph := range q.Phases {
		calls, start := toldOf(q, ph, 5), time.Duration(i)*20*time.Second
		single, whole := newPlayed(ph, 1, start), newPlayed(ph, 1, start)
		single.recorded(&one)
		whole.recorded(&merged)
		one.Played, merged.Played = append(one.Played, single), append(merged.Played, whole)
		var shares []*Played
		var intakes []*Intake
		for w, lanes := range dealt {
			shares = append(shares, sharing(ph, lanes, &Recording{Seed: 5}))
			intakes = append(intakes, whole.intake(fmt.Sprint("w", w+1), ph.Playing(lanes), nil))
		}
		report := func(w int, end *End) {
			for r, err := range shares[w].reports(end) {
				if err == nil {
					err = intakes[w].Take(travelled(t, r))
				}
				if err != nil {
					t.Fatalf("worker %d: %v", w+1, err)
				}
			}
		}
		for n, c := range calls {
			c.noteIn(single)
			c.noteIn(shares[owner(c.slot)])
			if n%every == every-1 {
				report(n/every%3, nil)
			}
		}
		for w := range shares {
			report(w, &End{})
		}
		whole.Parts, whole.Striped = nil, nil // the run by itself has none
	}
	return one, merged
}

// travelled returns a report as it comes out at the other end: in the encoding in which a fleet sends it.
func travelled(t *testing.T, r Report) (out Report) {
	t.Helper()
	data, err := cbor.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	strict, err := cbor.DecOptions{ExtraReturnErrors: cbor.ExtraDecErrorUnknownField}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	if err := strict.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// What the workers report adds up to what one sender would have recorded, to the last count: so the
// verdict is the same to the byte.
func TestMergedSharesEqualOneSender(t *testing.T) {
	for _, name := range []string{"per-key-300", "shared-200", "isolation"} {
		p, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		one, merged := together(t, p, 997)
		for i := range one.Played {
			compareAttempts(t, one.Played[i], merged.Played[i])
		}
		want, err := json.Marshal(Judge(one))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Judge(merged))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: the verdicts differ: %s", name, diff)
		}
	}
}

func compareAttempts(t *testing.T, one, merged *Played) {
	t.Helper()
	for key := range one.tracks {
		a, b := &one.tracks[key], &merged.tracks[key]
		if a.counts != b.counts || a.missed != b.missed {
			t.Errorf("%s, key %d: counts %v and %v", one.Phase.Name, key+1, a.counts, b.counts)
		}
		theirs := histograms(b)
		for i, h := range histograms(a) {
			if !sameHistogram(h, theirs[i]) {
				t.Errorf("%s, key %d: histogram %d differs", one.Phase.Name, key+1, i)
			}
		}
	}
	if !sameHistogram(&one.late, &merged.late) {
		t.Errorf("%s: the lateness differs", one.Phase.Name)
	}
}

func histograms(t *track) []*histogram {
	all := []*histogram{&t.gaveUp}
	for c := range classes {
		all = append(all, &t.due[c], &t.send[c], &t.server[c])
	}
	return all
}

func sameHistogram(a, b *histogram) bool {
	if a.h == nil || b.h == nil {
		return a.h == b.h
	}
	return a.h.Equals(b.h) && a.over == b.over && a.max == b.max
}

// Keys are due by themselves as they are due among others, and stripes make up the whole.
func TestLanesAreDueAsInTheWhole(t *testing.T) {
	ph := Phase{Name: "P", Role: Together, Keys: 4, Rate: 450, Length: 2 * time.Second}
	whole := map[slot]bool{}
	plan := newSchedule(ph, 3)
	for s, ok := plan.take(); ok; s, ok = plan.take() {
		whole[s] = true
	}
	planned := 0
	for _, lanes := range dealt {
		for _, l := range lanes {
			planned += l.calls(ph)
		}
		plan := scheduleOf(ph, 3, lanes)
		for s, ok := plan.take(); ok; s, ok = plan.take() {
			if !whole[s] {
				t.Fatalf("%+v is not due in the whole, or twice", s)
			}
			delete(whole, s)
		}
	}
	if len(whole) > 0 || planned != ph.calls() {
		t.Errorf("%d calls are in no lane; the lanes count %d, the phase %d", len(whole), planned, ph.calls())
	}
}

// A worker that is lost makes the attempt invalid, and says which; what its colleagues saw is kept.
func TestALostWorkerMakesItsPhaseInvalid(t *testing.T) {
	p, err := Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := together(t, p, 1000)
	a := one.Played[0]
	if got := certify(one.Profile, a); len(got) > 0 {
		t.Fatalf("before: %q", got)
	}
	(&Attempt{Phase: a.Phase, played: a}).Lost("w2", []Lane{{Key: 1}, {Key: 0, Stripe: 1, Of: 3}}, "no heartbeat for 2s")
	got := certify(one.Profile, a)
	if want := []string{a.Phase.Name + ": worker w2 was lost with keys 2, 1 (stripe 2 of 3): no heartbeat for 2s"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if l := Judge(one); l.Verdict != "invalid" || !strings.Contains(l.Why, "worker w2 was lost") {
		t.Errorf("%s: %s", l.Verdict, l.Why)
	}
}

// What one clock stamped is known as exactly as before; between clocks, by their distance less.
func TestClocksBlurOnlyWhatTheyShare(t *testing.T) {
	tracks := []track{{slack: time.Millisecond}, {slack: time.Millisecond}, {slack: time.Millisecond, striped: true}}
	for n, tt := range []struct {
		tracks []track
		want   time.Duration
	}{{tracks[:1], 0}, {tracks[:2], time.Millisecond}, {tracks[2:], time.Millisecond}} {
		if got := blurred(tt.tracks); got != tt.want {
			t.Errorf("%d: %v, want %v", n, got, tt.want)
		}
	}
}

// Two workers whose clocks are 4 ms apart, on one bucket that their keys share: who takes their stamps as
// they are finds that no bucket can have answered so; who knows how far apart the clocks may be finds it.
func TestWhatClocksHideIsAllowedFor(t *testing.T) {
	ph := Phase{Name: "P", Role: Together, Keys: 2, Rate: 450, Length: 6 * time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{Seed: 3})
	rng, level, last := rand.New(rand.NewPCG(4, 4)), 20.0, time.Duration(0)
	plan := newSchedule(ph, 3)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		c := told{slot: next, send: next.due, done: next.due + 100*time.Microsecond + time.Duration(rng.Int64N(int64(50*time.Microsecond))), class: RateLimited}
		level = min(20, level+200*(next.due-last).Seconds())
		if last = next.due; level >= 1 {
			c.class = Accepted
			level--
		}
		if next.key == 1 {
			c.send, c.done = c.send+4*time.Millisecond, c.done+4*time.Millisecond
		}
		c.noteIn(a)
	}
	if f := fitted(a.tracks); f.kind == bucket {
		t.Errorf("with clocks that are taken for one: %v, %v", f.kind, f)
	}
	a.Slack = 4 * time.Millisecond
	a.blur()
	if f := fitted(a.tracks); f.kind != bucket || f.rate.low > 200 || f.rate.high < 200 {
		t.Errorf("with clocks that are known to be 4 ms apart: %v, %v", f.kind, f)
	}
}
