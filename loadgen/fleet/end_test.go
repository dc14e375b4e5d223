package fleet

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// A worker that hears the pulse and was not told that the run has ended leaves when the pulse ends, and not before.
func TestWhoDoesNotSayThatItLeftIsGivenTheTimeToLeaveByItself(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	var last atomic.Int64 // pulse, in time since began
	began := time.Now()
	pulse, err := c.link.nc.Subscribe(c.link.subject("run", c.run, "pulse"), func(*nats.Msg) { last.Store(int64(time.Since(began))) })
	if err != nil {
		t.Fatal(err)
	}
	defer pulse.Unsubscribe()
	c.mu.Lock()
	c.crew = append(c.crew, &member{name: "w2"})
	c.mu.Unlock()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if alone := time.Since(began) - time.Duration(last.Load()); alone < workerSilence {
		t.Errorf("its keys are removed %v after the last pulse, it sends for %v", alone, workerSilence)
	}
}
