package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// gather calls for workers until there are enough.
func (c *Coordinator) gather(ctx context.Context) error {
	patient := cmp.Or(c.o.Wait, 30*time.Second)
	least := c.o.Workers
	if least == 0 {
		patient, least = 2*time.Second, 1
	}
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	refused := map[string]string{} // by id
	for ctx.Err() == nil {
		heard, err := c.call(ctx)
		if err != nil {
			return err
		}
		for _, h := range heard {
			if len(c.crew) == c.o.Workers && c.o.Workers > 0 {
				break
			}
			if err := c.admit(ctx, h); err != nil {
				if refused[h.ID] == "" {
					c.o.log("%v", err)
					refused[h.ID] = err.Error()
				}
				continue
			}
			delete(refused, h.ID)
		}
		if len(c.crew) == c.o.Workers && c.o.Workers > 0 {
			break
		}
	}
	if len(c.crew) < least {
		return c.tooFew(least, patient, refused)
	}
	return nil
}

func (c *Coordinator) tooFew(least int, patient time.Duration, refused map[string]string) error {
	text := fmt.Sprintf("%d of %d workers took part within %v", len(c.crew), least, patient)
	if len(refused) == 0 {
		return errors.New(text + "; start more with kmsproof worker --nats URL")
	}
	var why []string
	for _, reason := range refused {
		why = append(why, reason)
	}
	slices.Sort(why)
	return errors.New(text + "; " + strings.Join(why, "; "))
}

// listening is how long the coordinator waits for answers to one call in the lobby.
const listening = 250 * time.Millisecond

// call asks who is in the lobby. The order of what it returns does not depend on who was faster.
func (c *Coordinator) call(ctx context.Context) (found []hello, err error) {
	inbox := c.link.nc.NewInbox()
	sub, err := c.link.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	defer sub.Unsubscribe()
	if err := c.link.nc.PublishRequest(c.link.subject("lobby"), inbox, nil); err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, listening)
	defer cancel()
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if errors.Is(err, nats.ErrNoResponders) {
			<-ctx.Done() // nobody is there; somebody may come
			break
		}
		if err != nil {
			break
		}
		var h hello
		if json.Unmarshal(m.Data, &h) == nil {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, func(a, b hello) int { return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.ID, b.ID)) })
	return found, nil
}

// admit looks at a worker's clock and takes it in.
func (c *Coordinator) admit(ctx context.Context, h hello) error {
	w := &member{hello: h, name: fmt.Sprintf("w%d", c.named+1)}
	clock, err := c.measure(ctx, w)
	if err != nil {
		return err
	}
	if w.clock = clock; clock.ahead.Abs()-clock.within > MaxOffset {
		return fmt.Errorf("worker %s: its clock is %s of the coordinator's (known to %v), at most %v is allowed: let both be set by NTP",
			h.Host, ahead(clock.ahead), clock.within.Round(time.Microsecond), MaxOffset)
	}
	_, hash := c.plan.encode()
	c.named++ // whatever comes of it: a worker whose answer is lost may go by that name
	if _, err := c.ask(ctx, w, "join", written(join{Run: c.run, Name: w.name, Version: c.plan.Version, Hash: hash}), asking); err != nil {
		c.dismiss(w, "its answer was not heard")
		return err
	}
	c.mu.Lock()
	w.heard = time.Now()
	c.crew = append(c.crew, w)
	c.mu.Unlock()
	c.o.log("worker %s is %s, its clock %s, known to %v", w.name, w.Host, ahead(clock.ahead), clock.within.Round(time.Microsecond))
	return nil
}

// ahead says an offset in words.
func ahead(d time.Duration) string {
	d = d.Round(time.Microsecond)
	if d < 0 {
		return fmt.Sprintf("%v behind", -d)
	}
	return fmt.Sprintf("%v ahead", d)
}

// pings is how often a worker is asked for the time.
const pings = 16

// measure estimates how far a worker's clock is ahead.
func (c *Coordinator) measure(ctx context.Context, w *member) (offset, error) {
	var all []ping
	for range pings {
		one, cancel := context.WithTimeout(ctx, Beat)
		p := ping{asked: time.Now()}
		m, err := c.link.nc.RequestWithContext(one, c.link.subject("worker", w.ID, "clock"), nil)
		p.heard = time.Now()
		cancel()
		if err != nil {
			continue
		}
		var answer said
		if json.Unmarshal(m.Data, &answer) == nil {
			p.said = answer.Now
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return offset{}, fmt.Errorf("worker %s (%s): it does not answer", w.name, w.Host)
	}
	return estimate(all), nil
}
