package live_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/kmsproof/kmsproof/live"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

var plan = live.Plan{Command: "prove", Target: "reference", Scenarios: true, Loads: []loadgen.Plan{
	{Profile: "per-key-300", Lasts: 34 * time.Second}, {Profile: "shared-200", Lasts: 35 * time.Second},
}}

// conforming is a run in its scenarios, of which some did not pass.
func conforming() live.Snapshot {
	s := tell(plan)
	for i := range 200 {
		s.pass(10 * time.Millisecond)
		s.ended(fmt.Sprint(i), i+1, 431, reports.Passed, "")
	}
	s.ended("account/A denied caller", 201, 431, reports.Warned, "")
	s.ended("legacy/Without API 1.0", 202, 431, reports.Skipped, "")
	s.ended("token/An expired token is refused", 203, 431, reports.Failed, "expected the access token to be refused; seen it encrypts: the call was accepted")
	s.ended("acl/Switched off, it lets everybody in again", 204, 431, reports.Blocked, "a precondition was not met")
	s.Started("limits/After a tenth of a second a used-up key has 30 calls again, and no more than that")
	s.pass(4 * time.Second)
	s.Started("cipher/A plaintext of 32 bytes comes back")
	return s.Snapshot()
}

// loading is a run in the second phase of its first profile, which so many keys share.
func loading(keys int) live.Snapshot {
	s := tell(plan)
	s.ended("a", 1, 1, reports.Passed, "")
	s.pass(11 * time.Second)
	s.quarters(7*time.Second, func(at time.Duration) loadgen.Progress {
		p := after(at, keys)
		p.SoFar = reports.Load{
			Phases: []reports.Phase{{Name: "P2", Attempt: 1}, {Name: "P2", Attempt: 2, OK: true}},
			Claims: []reports.Claim{{Name: "answers", Verdict: reports.Proven, Why: "all 2 sampled answers decrypted"}},
		}
		if at > 4*time.Second {
			worst := &p.Keys[keys-2]
			worst.Limited = int64(50 * (at - 4*time.Second).Seconds())
			worst.Accepted, worst.Missed, worst.P99 = worst.Sent-worst.Limited, 3, 12340*time.Microsecond
			p.Refusable = 0.11
		}
		return p
	})
	return s.Snapshot()
}

// over is a run whose generator fell short in a phase that pushes past the limit.
func over() live.Snapshot {
	s := tell(live.Plan{Command: "load", Target: "staging", Loads: plan.Loads[:1]})
	s.quarters(2*time.Second, func(at time.Duration) loadgen.Progress {
		p := after(at, 4)
		p.Phase, p.Attempt, p.Of, p.Left, p.Refusable = "P6b", 2, 5*time.Second, 5*time.Second-at, 1
		p.Certificate.Lost, p.Certificate.Late = 200, 31*time.Millisecond
		p.SoFar = reports.Load{Phases: []reports.Phase{{Name: "P2", OK: true}, {Name: "P4", Problems: []string{"late"}}}}
		return p
	})
	return s.Snapshot()
}

// ended is a run that is over.
func ended() live.Snapshot {
	s := tell(plan)
	s.ended("a", 1, 1, reports.Passed, "")
	s.quarters(time.Second, func(at time.Duration) loadgen.Progress { return after(at, 4) })
	s.Played(reports.Load{Profile: "per-key-300", Verdict: reports.LoadPass, Why: "Every key carries at least 298.6 calls per second by itself.",
		Claims: []reports.Claim{{Name: "guarantee", Gates: true, Verdict: reports.Proven}}})
	s.Played(reports.Load{Profile: "shared-200", Verdict: reports.LoadFail, Why: "The keys do not share.",
		Claims: []reports.Claim{{Name: "shared", Gates: true, Verdict: reports.Refuted}}})
	s.Ended(&reports.Run{Verdict: reports.Fail})
	return s.Snapshot()
}

func interrupted() live.Snapshot {
	s := tell(plan)
	s.pass(90 * time.Minute)
	s.Interrupted()
	return s.Snapshot()
}

var pictures = map[string]live.Snapshot{
	"conforming": conforming(), "loading": loading(4), "many-keys": loading(64), "over": over(), "ended": ended(), "interrupted": interrupted(),
}

func TestPictures(t *testing.T) {
	for name, s := range pictures {
		for lang, suffix := range map[live.Language]string{live.English: "", live.Korean: "-ko"} {
			for _, size := range []struct{ width, height int }{{80, 24}, {160, 50}} {
				t.Run(fmt.Sprintf("%s-%d%s", name, size.width, suffix), func(t *testing.T) {
					got := ansi.Strip(strings.Join(live.Draw(s, lang, size.width, size.height), "\n")) + "\n"
					golden(t, fmt.Sprintf("%s-%d%s.txt", name, size.width, suffix), got)
				})
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; make golden writes it anew\ngot\n%s\nwant\n%s", file, got, want)
	}
}

// TestNothingIsDrawnBesideTheScreen asks for every size, also ones that nothing fits on.
func TestNothingIsDrawnBesideTheScreen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]live.Snapshot{pictures["conforming"], pictures["many-keys"], pictures["over"], pictures["ended"]}).Draw(t, "picture")
		width, height := rapid.IntRange(40, 250).Draw(t, "width"), rapid.IntRange(8, 100).Draw(t, "height")
		lines := live.Draw(s, rapid.SampledFrom([]live.Language{live.English, live.Korean}).Draw(t, "language"), width, height)
		if len(lines) > height {
			t.Errorf("%d lines on %d rows", len(lines), height)
		}
		for _, line := range lines {
			if n := ansi.StringWidth(line); n > width {
				t.Errorf("%d columns on %d: %q", n, width, line)
			}
		}
	})
}

func TestOfTooManyKeysTheWorstAreShown(t *testing.T) {
	picture := strings.Join(live.Draw(loading(64), live.English, 80, 16), "\n")
	if !strings.Contains(picture, "kp-story0-00063") || !strings.Contains(picture, "keys that did better") {
		t.Errorf("key 63 of 64 was refused calls, and is not shown:\n%s", ansi.Strip(picture))
	}
}

// TestALongReasonIsToldToItsEnd: what was seen stands at the end of a reason, and must not be cut while rows are free.
func TestALongReasonIsToldToItsEnd(t *testing.T) {
	s := tell(plan)
	const seen = "seen status 200 with a ciphertext that the new version of the key decrypts"
	for i := range 5 {
		s.ended(fmt.Sprintf("token/Case %d", i), i+1, 431, reports.Failed, "expected the access token to be refused with a status of 401 or 403, as it ended a minute ago; "+seen)
	}
	for height, want := range map[int]int{50: 5, 24: 5, 20: 1, 12: 1} {
		lines := live.Draw(s.Snapshot(), live.English, 80, height)
		told := strings.Join(strings.Fields(ansi.Strip(strings.Join(lines, " "))), " ")
		if got := strings.Count(told, seen); got != want || len(lines) > height || !strings.Contains(told, "load shared-200") {
			t.Errorf("on %d rows %d of 5 reasons are told to their end, want %d:\n%s", height, got, want, ansi.Strip(strings.Join(lines, "\n")))
		}
	}
}

func TestWhatIsWrongIsInColour(t *testing.T) {
	picture := strings.Join(live.Draw(conforming(), live.English, 80, 24), "\n")
	if !strings.Contains(picture, "\x1b[31mfail\x1b[m") || !strings.Contains(picture, "\x1b[33mblocked\x1b[m") {
		t.Errorf("want fail in red and blocked in yellow:\n%q", picture)
	}
}

func TestLine(t *testing.T) {
	for name, want := range map[string]string{
		"conforming":  "0:06; scenarios 204/431: 200 passed, 1 warned, 1 skipped, 2 not passed; for 0:04: limits/After a tenth of a second a used-up key has 30 calls again, and no more than that; about 1:16 left",
		"loading":     "0:18; scenarios 1/1: 1 passed; per-key-300 P4 7/10 s: 4 keys, offered 1140/s, accepted 1090/s, refused 150, other 0, missed 3, p99 12.3 ms; about 0:45 left",
		"ended":       "0:01; scenarios 1/1: 1 passed; per-key-300: pass; shared-200: fail",
		"interrupted": "1:30:00; no scenario has ended yet",
	} {
		if got := live.Line(pictures[name]); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", name, got, want)
		}
	}
}

func TestLinesComeSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 44*time.Second)
		defer cancel()
		live.Lines(ctx, live.NewBoard(live.Plan{}, time.Now), &out, 15*time.Second)
		if got, want := out.String(), "0:15; about 0:00 left\n0:30; about 0:00 left\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
