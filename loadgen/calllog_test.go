package loadgen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever became of the calls, and in whatever order it became known, a log gives it back in the
// order in which they were due, from memory and from its file.
func TestALogGivesBackWhatWasNoted(t *testing.T) {
	anyFate := rapid.Custom(func(t *rapid.T) fate {
		f := fate{what: rapid.Uint8Range(0, fateBlocked).Draw(t, "what"), late: rapid.Uint64Range(0, 1<<40).Draw(t, "late")}
		if f.sent() {
			f.travel = rapid.Int64Range(0, 1<<40).Draw(t, "travel")
			f.held, f.told = rapid.Bool().Draw(t, "held"), rapid.Bool().Draw(t, "told")
		}
		if f.told {
			f.server = rapid.Int64Range(0, 1<<40).Draw(t, "server")
		}
		return f
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyFate, 1, 60).Draw(t, "fates")
		order := rapid.Permutation(indexes(len(want))).Draw(t, "order")
		order = order[:rapid.IntRange(1, len(order)).Draw(t, "known")]
		l := callLog{spool: &spool{memory: 1}}
		defer l.spool.close()
		for _, i := range order {
			l.note(i, want[i])
			if rapid.IntRange(0, 9).Draw(t, "turn") == 0 {
				l.turn()
			}
		}
		want = want[:slices.Max(order)+1]
		for i := range want {
			if !slices.Contains(order, i) {
				want[i] = fate{what: fateOpen}
			}
		}
		var got []fate
		for c := (cursor{log: &l}); ; {
			var f fate
			ok, err := c.next(&f)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			got = append(got, f)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func indexes(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// A day plays a phase against a limiter that refuses every third call of a key; calls leave up to 2 ms
// late and travel some ms; where the server tells what it needs, that is log-normal around 2 ms, and the line
// takes up to 0.3 ms besides. It stops after so many calls.
func day(a *Played, calls int, told bool) {
	plan, rng := newSchedule(a.Phase, a.seed), rand.New(rand.NewPCG(1, 1))
	for n := range calls {
		next, ok := plan.take()
		if !ok {
			panic("the phase is too short")
		}
		class := Accepted
		if n%3 == 0 {
			class = RateLimited
		}
		send := next.due + time.Duration(rng.Int64N(int64(2*time.Millisecond)))
		took, server := time.Duration(rng.Int64N(int64(8*time.Millisecond))), time.Duration(-1)
		if told {
			server = time.Duration(2e6 * math.Exp(rng.NormFloat64()/2))
			took = server + time.Duration(rng.Int64N(int64(300*time.Microsecond)))
		}
		a.served(next, send, send+time.Millisecond+took, server, class)
	}
}

// sixteen is a day at 300 calls per second on 16 keys.
var sixteen = Phase{Name: "day", Role: Conform, Keys: 16, Rate: 300, Length: 24 * time.Hour}

func TestALongRunTakesFourBytesACallAndBoundedMemory(t *testing.T) {
	for _, told := range []bool{false, true} {
		t.Run(fmt.Sprintf("server told %v", told), func(t *testing.T) { longRun(t, told) })
	}
}

func longRun(t *testing.T, told bool) {
	r := Recording{Seed: 1, spool: &spool{memory: 256 << 10}}
	defer r.spool.close()
	a := newPlayed(sixteen, 1, 0)
	a.recorded(&r)
	const calls = 400_000
	day(a, calls, told)
	var written int64
	for i := range a.tracks {
		l := &a.tracks[i].log
		written += l.bytes
		if most := 4 * chunkSize; len(l.waiting.items) > 64 || cap(l.tail) > most {
			t.Errorf("key %d: %d calls wait, %d bytes in hand", i, len(l.waiting.items), cap(l.tail))
		}
	}
	if per := float64(written) / calls; per > 4 {
		t.Errorf("%.2f bytes a call, at most 4 are allowed", per)
	}
	if r.spool.held > 256<<10 || r.spool.end < written/2 {
		t.Errorf("%d bytes in memory and %d in the file, of %d", r.spool.held, r.spool.end, written)
	}
	n, accepted := 0, 0
	r.Keys, r.Played = numbered(sixteen.Keys), []*Played{a}
	for _, s := range r.series() {
		if len(s.Offered) > mostPoints || s.Step*mostPoints < int64(sixteen.Length.Seconds()) {
			t.Errorf("%d entries of %d s", len(s.Offered), s.Step)
		}
		for i := range s.Offered {
			n += int(s.Offered[i])
			accepted += int(s.Accepted[i])
		}
	}
	if n != calls || accepted != calls-(calls+2)/3 {
		t.Errorf("read back: %d calls, %d accepted", n, accepted)
	}
}

// The instants come back as they were, up to the resolution that is stated.
func TestInstantsComeBackToTheResolution(t *testing.T) {
	ph := Phase{Role: Together, Keys: 3, Rate: 450, Length: 2 * time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{Seed: 9})
	plan, rng := newSchedule(ph, 9), rand.New(rand.NewPCG(1, 1))
	type instants struct{ due, send, done time.Duration }
	want := make([][]instants, ph.Keys)
	for next, ok := plan.take(); ok; next, ok = plan.take() {
		send := next.due + time.Duration(rng.Int64N(int64(50*time.Millisecond)))
		done := send + time.Duration(rng.Int64N(int64(time.Second)))
		want[next.key] = append(want[next.key], instants{next.due, send, done})
		a.sent(next, send, done, Accepted)
	}
	for key := range a.tracks {
		n := 0
		for r := range a.tracks[key].replay() {
			w := want[key][n]
			if n++; r.due != w.due || w.send-r.send < 0 || w.send-r.send >= resolution || (w.done-r.done).Abs() >= 2*resolution {
				t.Fatalf("key %d, call %d: %v %v %v, want %+v", key, n, r.due, r.send, r.done, w)
			}
		}
		if n != ph.planned() {
			t.Errorf("key %d: %d calls, want %d", key, n, ph.planned())
		}
	}
}

func TestAFullDiskIsSaid(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	s := &spool{memory: 1}
	l := callLog{spool: s}
	for i := range 3 {
		l.note(i, fate{})
		l.turn()
	}
	if err := s.failed(); err == nil || !strings.Contains(err.Error(), "needs a file") {
		t.Errorf("%v", err)
	}
	c := cursor{log: &l}
	if _, err := c.next(new(fate)); err == nil {
		t.Error("a log that was lost is read")
	}
}

// BenchmarkRecorder is one call. A simulated day is
//
//	go test ./loadgen -run - -bench Recorder -benchtime 414720000x
func BenchmarkRecorder(b *testing.B) {
	r := Recording{Seed: 1, spool: &spool{}}
	defer r.spool.close()
	a := newPlayed(sixteen, 1, 0)
	a.recorded(&r)
	b.ReportAllocs()
	b.ResetTimer()
	day(a, b.N, false)
	b.StopTimer()
	var written int64
	for i := range a.tracks {
		written += a.tracks[i].log.bytes
	}
	b.ReportMetric(float64(written)/float64(b.N), "log-bytes/op")
	b.ReportMetric(resident(b), "MB-resident")
}

// resident returns the most memory that this process ever held, in MB; zero where the system does not say.
func resident(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kilobytes float64
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); err == nil {
			return kilobytes / 1024
		}
	}
	return 0
}
