package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// prove has all workers show at once what they can. Of one that cannot, or that is gone, a control says so.
func (c *Coordinator) prove(ctx context.Context) (shown []reports.Control, err error) {
	c.o.log("%d workers try a server of their own first", len(c.crew))
	all := make([][]reports.Control, len(c.crew))
	errs := each(c.crew, func(i int, w *member) error {
		if len(w.lanes) == 0 {
			return nil
		}
		there, leave := c.attended(ctx, w)
		defer leave()
		got, err := c.ask(there, w, "prove", written(proving{Run: c.run, Lanes: w.lanes}), time.Minute)
		if cause := context.Cause(there); err != nil && cause != nil {
			err = cause
		}
		all[i] = got.Controls
		return err
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, w := range c.crew {
		for _, control := range all[i] {
			control.Name = "worker " + w.name + ": " + control.Name
			shown = append(shown, control)
		}
		if errs[i] != nil {
			w.lost = errs[i].Error()
			shown = append(shown, reports.Control{Name: "worker " + w.name, Text: fmt.Sprintf("(%s) could not show what it can: %v", w.Host, errs[i])})
		}
	}
	return shown, nil
}

// attended returns a context that ends when a worker is gone, with the reason as its cause. What it returns with it
// ends the watch.
func (c *Coordinator) attended(ctx context.Context, w *member) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		ticker := time.NewTicker(Beat / 4)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				if why := c.gone(w, now); why != "" {
					cancel(errors.New(why))
				}
			case <-ctx.Done():
				return
			}
		}
	})
	return ctx, func() { cancel(nil); watch.Wait() }
}
