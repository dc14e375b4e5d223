package fleet

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// linked starts a server in this process and returns a link to it.
func linked(t *testing.T) *Link {
	t.Helper()
	s, err := Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l, err := Connect(Cluster{URL: s.URL}, "test", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// begun returns a coordinator whose run is open and played by so many workers, who tell what happens.
func begun(t *testing.T, workers int, said func(string)) *Coordinator {
	t.Helper()
	l := linked(t)
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			o := WorkerOptions{Log: func(format string, a ...any) { said(fmt.Sprintf(format, a...)) }}
			if err := Work(ctx, l, o); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { cancel(); working.Wait() })
	c := NewCoordinator(l, Options{Workers: workers})
	p, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Begin(t.Context(), p, loadgen.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// A worker that is armed, and did not hear that it was given up, sees that it is not named.
func TestWhoIsNotNamedDoesNotPlay(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	kms := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer kms.Close()
	said := make(chan string, 100)
	c := begun(t, 1, func(line string) { said <- line })
	a, recording := loadgen.NewAttempt(loadgen.Phase{Name: "P", Role: loadgen.Conform, Keys: 1, Rate: 100, Length: time.Second}, 1)
	defer recording.Close()
	at := &attempt{c: c, a: a, n: 1, parts: map[string]*part{"w1": {w: c.crew[0], lanes: []loadgen.Lane{{}}}}}
	if err := at.send(t.Context(), c.crew[0], []loadgen.Signed{{Method: http.MethodPost, URL: kms.URL}}, false); err != nil {
		t.Fatal(err)
	}
	if err := c.reg.set(t.Context(), standing{State: playing, N: 1, Start: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for left := false; !left; {
		select {
		case line := <-said:
			left = strings.Contains(line, "left: attempt began without it")
		case <-time.After(10 * time.Second):
			t.Fatal("it did not leave")
		}
	}
	if n := calls.Load(); n > 0 {
		t.Errorf("it sent %d calls", n)
	}
}

// The reports of a worker are taken once each and in their order. One that is missing, or cannot be read, is
// the end of it.
func TestReportsAreTakenOnceAndInOrder(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	a, recording := loadgen.NewAttempt(loadgen.Phase{Name: "P", Role: loadgen.Conform, Keys: 4, Rate: 2, Length: time.Second}, 1)
	defer recording.Close()
	at := &attempt{c: c, a: a, n: 1, parts: map[string]*part{}}
	log := loadgen.Report{Fates: []loadgen.Fates{{Log: []byte{0, 0}}}}
	last := loadgen.Report{Books: []loadgen.Book{{Counts: accepted(2)}}, End: &loadgen.End{}}
	results := map[string][][]byte{
		"twice":   {packed(result{0, log}), packed(result{0, log}), packed(result{1, log}), packed(result{2, last}), packed(result{1, log})},
		"missing": {packed(result{0, log}), packed(result{2, last})},
		"unread":  {[]byte("no report")},
		"unsound": {packed(result{0, last})},
	}
	for i, name := range []string{"twice", "missing", "unread", "unsound"} {
		lanes := []loadgen.Lane{{Key: i}}
		at.parts[name] = &part{w: &member{name: name}, lanes: lanes, intake: a.Intake(name, lanes)}
	}
	taken, stop, err := at.results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for name, texts := range results {
		for _, text := range texts {
			if _, err := c.link.js.Publish(t.Context(), c.link.subject("run", c.run, "result", "1", name), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	for !at.over() {
		select {
		case m := <-taken:
			at.take(m)
		case <-time.After(10 * time.Second):
			t.Fatalf("%+v go on", at.parts)
		}
	}
	for name, want := range map[string]string{"twice": "", "missing": "report 1 of it is missing", "unread": "cannot be read", "unsound": "do not balance"} {
		if got := at.parts[name].w.lost; !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: lost for %q, want %q", name, got, want)
		}
	}
}

// What is published again with its id, because no acknowledgement came, is in the stream once.
func TestAReportIsInTheStreamOnce(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	s := &session{w: &worker{link: c.link}, run: c.run, name: "w1", ctx: t.Context()}
	for range 2 {
		if !newPost(s, 1).publish(result{Seq: 7}) {
			t.Fatal("the session ended")
		}
	}
	stream, err := c.link.js.Stream(t.Context(), c.link.stream(c.run))
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 1 {
		t.Errorf("%d messages", n)
	}
	at := &attempt{c: c, n: 1}
	at.purge(t.Context())
	if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != 0 {
		t.Errorf("%v, %+v after the attempt", err, info)
	}
}

// A plan that was changed on the cluster is not played: the worker reads another than the coordinator wrote.
func TestAChangedPlanIsRefusedOverNATS(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c.run, c.crew, c.o.Wait, c.plan.Run = "changed", nil, time.Second, "changed"
	if err := c.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, _ := c.plan.encode()
	changed := strings.Replace(string(text), `"seed":0`, `"seed":1`, 1)
	if _, err := c.reg.kv.Put(t.Context(), planKey, []byte(changed)); err != nil || changed == string(text) {
		t.Fatal(err, changed)
	}
	if err := c.gather(t.Context()); err == nil || !strings.Contains(err.Error(), "the programs differ") {
		t.Error(err)
	}
}

// A worker whose answer is lost may have joined: it is told to leave, and nobody else gets its name.
func TestALostAnswerGivesNoNameTwice(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	told := make(chan string, 2)
	for operation, answer := range map[string]any{"clock": said{Now: time.Now()}, "do.join": nil, "do.leave": nil} {
		if _, err := c.link.nc.Subscribe(c.link.subject("worker", "mute", operation), func(m *nats.Msg) {
			if answer != nil {
				_ = m.Respond(written(said{Now: time.Now()}))
				return
			}
			told <- string(m.Data)
		}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := c.admit(ctx, hello{ID: "mute"}); err == nil {
		t.Error("it was taken")
	}
	if joined, left := <-told, <-told; !strings.Contains(joined, `"name":"w2"`) || !strings.Contains(left, "its answer was not heard") {
		t.Errorf("%s; %s", joined, left)
	}
	if c.named != 2 || len(c.crew) != 1 {
		t.Errorf("the next is w%d of %d", c.named+1, len(c.crew)+1)
	}
}

// Counters of this attempt add up; those of another are no news.
func TestCountersAreOfTheAttemptUnderWay(t *testing.T) {
	a, recording := loadgen.NewAttempt(loadgen.Phase{Name: "P", Role: loadgen.Conform, Keys: 1, Rate: 1, Length: time.Second}, 1)
	defer recording.Close()
	c := &Coordinator{crew: []*member{{name: "w1"}, {name: "w2"}}}
	c.watch(&attempt{c: c, a: a, n: 2})
	hear := func(name string, b beat) { c.heard(&nats.Msg{Subject: "x." + name, Data: written(b)}) }
	hear("w1", beat{N: 2, Count: loadgen.Count{Sent: 7, Accepted: 5, Limited: 2, Missed: 1, Late: time.Second}})
	hear("w2", beat{N: 2, Count: loadgen.Count{Sent: 3, Accepted: 3, Late: time.Millisecond}})
	hear("w2", beat{N: 1, Count: loadgen.Count{Sent: 900}})
	hear("w3", beat{N: 2, Count: loadgen.Count{Sent: 900}})
	if got, want := c.counted(), (loadgen.Count{Sent: 10, Accepted: 8, Limited: 2, Missed: 1, Late: time.Second}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if c.watch(nil); c.counted() != (loadgen.Count{}) {
		t.Errorf("%+v after the attempt", c.counted())
	}
}

// What a run left that was killed is removed by the next, a day later.
func TestWhatKilledRunsLeftIsSwept(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	names := func() []string { return streams(t, c.link.js) }
	own := []string{"KMSPROOF_" + c.run, "KV_KMSPROOF_" + c.run}
	if c.sweep(t.Context(), time.Now().Add(keeping-time.Minute)); !slices.Equal(names(), own) {
		t.Errorf("%v before a day is over", names())
	}
	other := NewCoordinator(&Link{c.link.nc, c.link.js, "other"}, Options{})
	if other.sweep(t.Context(), time.Now().Add(keeping+time.Minute)); !slices.Equal(names(), own) {
		t.Errorf("%v: it is not of that prefix", names())
	}
	if c.sweep(t.Context(), time.Now().Add(keeping+time.Minute)); len(names()) > 0 {
		t.Errorf("%v are left", names())
	}
}

func streams(t *testing.T, js jetstream.JetStream) (names []string) {
	t.Helper()
	list := js.StreamNames(t.Context())
	for name := range list.Name() {
		names = append(names, name)
	}
	if list.Err() != nil {
		t.Error(list.Err())
	}
	slices.Sort(names)
	return names
}
