package fleet

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A worker that is gone while it shows what it can is a control that failed, and named, long before its answer would be
// too late. The others' are told with it.
func TestAWorkerThatIsGoneInTheControlsIsAControlThatFailed(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	for operation, answers := range map[string]bool{"clock": true, "do.join": true, "do.prove": false} {
		if _, err := c.link.nc.Subscribe(c.link.subject("worker", "mute", operation), func(m *nats.Msg) {
			if answers {
				_ = m.Respond(written(said{Now: time.Now()}))
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.admit(t.Context(), hello{ID: "mute", Host: "quiet/7"}); err != nil {
		t.Fatal(err)
	}
	c.deal()
	began := time.Now()
	shown, err := c.prove(t.Context())
	if err != nil || len(shown) != 4 {
		t.Fatalf("%+v, %v", shown, err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if last := shown[3]; last.OK || last.Name != "worker w2" || !strings.Contains(last.Text, "quiet/7") || !strings.Contains(last.Text, "no heartbeat for 3s") {
		t.Errorf("%+v", last)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if shown, err := c.prove(ended); !errors.Is(err, context.Canceled) || shown != nil {
		t.Errorf("after an interrupt: %+v, %v", shown, err)
	}
}

// The stream is there before the bucket, whatever becomes of that: by the stream a sweep finds both.
func TestAnOpeningThatFailsCanBeSwept(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	// Before the other run's streams go: a server that has just lost its last stream may be unable to make one at once.
	if _, err := c.link.js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "KMSPROOF_killed", History: 9}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c.run = "killed"
	if err := c.open(t.Context()); err == nil {
		t.Fatal("a bucket of another's is taken")
	}
	c.run = ""
	if c.sweep(t.Context(), time.Now().Add(keeping+time.Minute)); len(streams(t, c.link.js)) > 0 {
		t.Errorf("%v are left", streams(t, c.link.js))
	}
}

// By the instant at which a sweep looks, the stream is older than what may be kept and the run's last word is not.
func TestARunThatGoesOnIsNotSwept(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	before := streams(t, c.link.js)
	last, known := c.stateWritten(t.Context(), c.link.stream(c.run))
	if !known || last.IsZero() {
		t.Fatalf("its state was written at %v", last)
	}
	other := NewCoordinator(c.link, Options{})
	if other.sweep(t.Context(), last.Add(keeping)); !slices.Equal(streams(t, c.link.js), before) {
		t.Errorf("%v are left of %v", streams(t, c.link.js), before)
	}
	if other.sweep(t.Context(), last.Add(keeping+1)); len(streams(t, c.link.js)) > 0 {
		t.Errorf("%v are left", streams(t, c.link.js))
	}
}

// A worker that serves one run leaves when none takes it for too long, and is not taken then. One that is taken stays.
func TestAWorkerThatWaitsForOneRunDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	l := linked(t)
	err := Work(t.Context(), l, WorkerOptions{Once: true, Idle: 50 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "no coordinator took it for 50ms") {
		t.Error(err)
	}
	idle := make(chan struct{})
	w := &worker{link: l, session: &session{run: "r"}}
	w.tire(idle)
	select {
	case <-idle:
		t.Error("it leaves a run")
	default:
	}
	w.session = nil
	if w.tire(idle); w.join(written(join{Version: spoken("")})) != "it leaves" {
		t.Error("it is taken while it leaves")
	}
	<-idle
}
