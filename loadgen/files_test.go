package loadgen

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kmsproof/kmsproof/loadgen/machine"
)

// kept returns the files of a recording.
func filesOf(t *testing.T, r Recording) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range r.Files() {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		files[f.Name] = &fstest.MapFile{Data: b.Bytes()}
	}
	return files
}

func judgedText(t *testing.T, r Recording) string {
	t.Helper()
	text, err := json.Marshal(Judge(r))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// planText returns the plan of a recording as it is kept.
func planText(t *testing.T, r Recording) string {
	t.Helper()
	return string(filesOf(t, r)[stem(r.Profile.Name)+planEnding].Data)
}

// published serves every key of p what is published, and API 1.0 not at all while Korea is down.
func published(p Profile) Service {
	used := map[int]*reserve{}
	return func(c Call) Answer {
		key := c.Key
		if p.Limit.Scope == System {
			key = 0
		}
		if used[key] == nil {
			used[key] = &reserve{}
		}
		own := rival{rate: p.Limit.Rate, burst: p.Limit.Burst}
		return Answer{Failed: c.Down && p.API == "1.0", Refused: !used[key].take(own, c.At.Sub(epoch).Seconds()), After: time.Millisecond}
	}
}

// asked plays a profile of ours against the limiter that shows most of it: what is published where it is an
// experiment of its own, else 200 calls per second that all keys share.
func asked(t *testing.T, p Profile, o Options) Recording {
	t.Helper()
	if p.Phases[0].steady() || p.Phases[0].Role == Isolate {
		return played(t, p.Name, o)
	}
	o.Seed, o.AllowOverload = 7, true
	if p.Phases[0].Length == time.Hour {
		o.Duration = 10 * time.Minute
	}
	r, err := Simulate(p, o, Conditions{Late: 300 * time.Microsecond, Travel: 2 * time.Millisecond}, published(p))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stallOnce holds the generator still once in each attempt at the phases whose names begin so.
func stallOnce(p Profile) func(string, time.Duration) time.Duration {
	var last time.Duration
	held := false
	return func(phase string, due time.Duration) time.Duration {
		held = held && due >= last
		last = due
		if held || !strings.HasPrefix(phase, p.Phases[0].Name) {
			return 0
		}
		held = true
		return max(time.Second, p.Phases[0].Length/10)
	}
}

// played plays a profile of ours against 200 calls per second that all keys share.
func played(t *testing.T, profile string, o Options) Recording {
	t.Helper()
	p, err := Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	var used reserve
	shared := rival{rate: 200, burst: 200, shared: true}
	o.Seed, o.AllowOverload = 7, true
	r, err := Simulate(p, o, Conditions{Late: 300 * time.Microsecond, Travel: 2 * time.Millisecond}, func(c Call) Answer {
		return Answer{Refused: !used.take(shared, c.At.Sub(epoch).Seconds()), After: time.Millisecond}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What was recorded is judged the same from its files, to the byte, also where phases were repeated.
func TestARecordingIsJudgedTheSameFromItsFiles(t *testing.T) {
	for _, p := range Profiles() {
		r := asked(t, p, Options{Stall: stallOnce(p)})
		if !strings.Contains(judgedText(t, r), `"ok":false`) {
			t.Errorf("%s: the stall did not show", p.Name)
		}
		again, err := ReadRecording(filesOf(t, r), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := judgedText(t, again), judgedText(t, r); got != want {
			t.Errorf("%s: from its files\n%s\nas it was recorded\n%s", p.Name, got, want)
		}
		if got, want := planText(t, again), planText(t, r); got != want {
			t.Errorf("%s: the plan that was read\n%s\nthe plan that was written\n%s", p.Name, got, want)
		}
		again.Close()
	}
}

// What a verdict rests on besides calls is kept: each of these changes what is said of the recording.
func TestFilesKeepWhatIsKnownOfAnAttempt(t *testing.T) {
	for profile, know := range map[string]func(*Played){
		"failover": func(a *Played) {
			a.Down = Downtime{DownAsked: time.Second, Down: 2 * time.Second, UpAsked: 3 * time.Second, Up: 4 * time.Second}
		},
		"soak-forced": func(a *Played) {
			a.Renewals = []Renewal{{Key: 1, At: time.Second, Took: time.Millisecond, Cause: Early, OK: true}}
		},
		"soak":        func(a *Played) { a.Resident = [2]int64{1000, 1100} },
		"retry-storm": func(a *Played) { a.madeAgain(1, 1) },
		"gentle":      func(a *Played) { a.Connections, a.Machine = 3, machine.Use{Cores: 2} },
		"per-key-300": func(a *Played) { a.GivenUp = time.Second },
		"shared-200":  func(a *Played) { a.Lost = []string{"P1: worker w2 was lost with key 2: it left"} },
		"isolation": func(a *Played) {
			a.Parts = []Part{{Worker: "w1", Planned: 10, Sent: 9, GivenUp: time.Second, Late: time.Second, Missed: 1, Peak: 3, Connections: 4, Machine: machine.Use{Cores: 2}, Skew: time.Millisecond,
				Lanes: []Lane{{Key: 0, Stripe: 1, Of: 2}}, Books: Books{Kept: true, Left: 9}, Sightings: sightings(nil).add(time.Second, 2)}}
		},
		"identify": func(a *Played) {
			a.Striped, a.Slack = []int{0}, 4*time.Millisecond
			a.blur()
		},
	} {
		p, err := Lookup(profile)
		if err != nil {
			t.Fatal(err)
		}
		r := asked(t, p, Options{})
		before := judgedText(t, r)
		for _, a := range r.Played {
			know(a)
		}
		want := judgedText(t, r)
		if want == before {
			t.Errorf("%s: what is known besides the calls says nothing", profile)
		}
		again, err := ReadRecording(filesOf(t, r), profile)
		if err != nil {
			t.Fatal(err)
		}
		if got := judgedText(t, again); got != want {
			t.Errorf("%s: from its files\n%s\nas it was recorded\n%s", profile, got, want)
		}
		for i, was := range r.Played {
			is := again.Played[i]
			if diff := cmp.Diff([]any{was.Parts, was.Lost, was.Striped, was.Slack}, []any{is.Parts, is.Lost, is.Striped, is.Slack}); diff != "" {
				t.Errorf("%s: what a fleet told of attempt %d: %s", profile, i+1, diff)
			}
		}
		again.Close()
	}
}

// What the target held up, what the server says and what never came to an end come back as well.
func TestFilesKeepWhatIsKnownOfACall(t *testing.T) {
	ph := Phase{Name: "P1", Role: Conform, Keys: 2, Rate: 100, Length: time.Second}
	r := Recording{Profile: Profile{Name: "mine/own", API: "2.0", Keys: 2, Limit: Limit{Scope: PerKey, Rate: 300, Burst: 300}, Phases: []Phase{ph}}, Seed: 3, Keys: numbered(2)}
	a := newPlayed(ph, 1, 0)
	a.recorded(&r)
	r.Played = []*Played{a}
	plan := newSchedule(ph, r.Seed)
	for n := 0; ; n++ {
		next, ok := plan.take()
		if !ok {
			break
		}
		next.held = n%5 == 0
		switch took := time.Duration(n) * time.Millisecond; n % 7 {
		case 0: // nothing is known
		case 1:
			a.missed(next, took)
		case 2, 3:
			a.sent(next, next.due+time.Millisecond, next.due+took+time.Millisecond, TimedOut)
		default:
			a.served(next, next.due+took, next.due+2*took, took/2, Accepted)
		}
	}
	again, err := ReadRecording(filesOf(t, r), "mine/own")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := judgedText(t, again), judgedText(t, r); got != want {
		t.Errorf("from its files\n%s\nas it was recorded\n%s", got, want)
	}
	if ph := Judge(again).Phases[0]; ph.Server.Count == 0 || ph.Blocked == 0 || ph.GaveUp.Count == 0 || ph.Late.Count == ph.Sent {
		t.Errorf("the phase shows too little to compare: %+v", ph)
	}
}

// A file of calls that is not what was written is refused by name, or read as other calls: it breaks nothing.
// Which calls are the run's own is known by the sum in the run file.
func TestACallThatWasChangedShows(t *testing.T) {
	r := played(t, "gentle", Options{Duration: 500 * time.Millisecond})
	files := filesOf(t, r)
	want, calls := judgedText(t, r), files["load-gentle.calls"].Data
	refused, others := 0, 0
	for at := 0; at < len(calls); at += max(1, len(calls)/300) {
		calls[at] ^= 0x21
		again, err := ReadRecording(files, "gentle")
		switch {
		case err == nil && judgedText(t, again) != want:
			others++
		case err != nil && strings.Contains(err.Error(), "load-gentle.calls"):
			refused++
		case err != nil:
			t.Errorf("byte %d: the error does not name the file: %v", at, err)
		}
		calls[at] ^= 0x21
	}
	if refused == 0 || others == 0 {
		t.Errorf("of the changed bytes %d were refused, and %d gave another result", refused, others)
	}
	for name, spoil := range map[string]func(fstest.MapFS){
		"load-gentle.calls": func(f fstest.MapFS) { f["load-gentle.calls"] = &fstest.MapFile{Data: calls[:len(calls)-1]} },
		"more follows": func(f fstest.MapFS) {
			f["load-gentle.calls"] = &fstest.MapFile{Data: append(calls[:len(calls):len(calls)], 0)}
		},
		"load-gentle.plan.json": func(f fstest.MapFS) { delete(f, "load-gentle.plan.json") },
		"of profile": func(f fstest.MapFS) {
			f["load-gentle.plan.json"] = &fstest.MapFile{Data: bytes.Replace(f["load-gentle.plan.json"].Data, []byte(`"gentle"`), []byte(`"other"`), 1)}
		},
	} {
		files := filesOf(t, r)
		spoil(files)
		if _, err := ReadRecording(files, "gentle"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one that names %s", err, name)
		}
	}
}
