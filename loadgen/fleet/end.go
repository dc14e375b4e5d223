package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// dismiss tells a worker to leave. It does not wait.
func (c *Coordinator) dismiss(w *member, why string) {
	_ = c.link.nc.Publish(c.link.subject("worker", w.ID, "do", "leave"), written(leave{c.run, why}))
}

// Close ends the run, if one is open, lets its workers go and removes what it left on the cluster. What the
// workers recorded is with the caller by then.
func (c *Coordinator) Close() error {
	if c.run == "" {
		return nil
	}
	if c.reg.at.State == ready {
		return c.stop(done, "")
	}
	return c.stop(aborted, "the coordinator ended")
}

// stop tells the workers that the run has ended, waits until none of them sends, and removes what the run
// left on the cluster. A worker that says nothing may have heard nothing but the pulse: that ends, and the worker
// with it. It takes its own time: whoever ends a run may have run out of theirs.
func (c *Coordinator) stop(to state, why string) error {
	err := c.announce(to, why)
	if err == nil {
		c.parted(func(w *member) bool { return time.Since(w.heard) < coordinatorSilence })
	}
	c.hush()
	c.parted(func(*member) bool { return true })
	if c.beats != nil {
		_ = c.beats.Unsubscribe()
		c.beats = nil
	}
	err = errors.Join(err, c.remove(c.link.stream(c.run)))
	c.run, c.reg = "", register{}
	return err
}

// remove takes the run's stream and bucket off the cluster, if that is there.
func (c *Coordinator) remove(name string) (err error) {
	if !c.link.nc.IsConnected() {
		return fmt.Errorf("NATS: it is away, and %s stays on it", name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), asking)
	defer cancel()
	for _, gone := range []error{c.link.js.DeleteKeyValue(ctx, name), c.link.js.DeleteStream(ctx, name)} {
		if gone != nil && !errors.Is(gone, jetstream.ErrStreamNotFound) && !errors.Is(gone, jetstream.ErrBucketNotFound) {
			err = errors.Join(err, fmt.Errorf("NATS: %s could not be removed: %w", name, gone))
		}
	}
	return err
}

// announce says that the run has ended: in its bucket, and of a run that was aborted to each worker too,
// as the bucket may be what failed.
func (c *Coordinator) announce(to state, why string) error {
	if to == aborted {
		for _, w := range c.crew {
			c.dismiss(w, "the run was aborted: "+why)
		}
	}
	if c.reg.kv == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), coordinatorSilence)
	defer cancel()
	return c.reg.set(ctx, standing{State: to, Why: why})
}

// hush ends the pulse: a worker that hears nothing else stops by itself.
func (c *Coordinator) hush() {
	if c.pulsing != nil {
		c.pulsing()
		c.pulsed.Wait()
		c.pulsing = nil
	}
}

// parted waits until the workers of a kind have said that they left; at most for as long as one that hears nothing
// takes to leave by itself. Those that were given up are waited for too: they may be there and send.
func (c *Coordinator) parted(of func(*member) bool) {
	over := time.NewTimer(coordinatorSilence)
	defer over.Stop()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for c.sends(of) {
		select {
		case <-ticker.C:
		case <-over.C:
			return
		}
	}
}

// sends reports whether a worker of a kind did not say that it left.
func (c *Coordinator) sends(of func(*member) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.crew, func(w *member) bool { return w.leaves == "" && of(w) })
}
