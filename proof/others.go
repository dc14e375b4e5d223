package proof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// others is the load on keys that no scenario knows.
type others struct {
	share   float64
	started chan struct{} // closed with the first progress, or when there will be none
	once    sync.Once
	err     error
	judged  reports.Load // of what was sent until it was stopped

	mu        sync.Mutex
	last      loadgen.Progress
	leftovers []string
}

func (o *others) run(ctx context.Context, t *target.Target, j Job) {
	defer o.once.Do(func() { close(o.started) })
	p := loadgen.Profile{
		Name: "under-load", Title: "Load beside which the scenarios run", API: "2.0", Keys: otherKeys,
		Limit:     loadgen.Limit{Scope: loadgen.PerKey, Rate: publishedRate, Burst: publishedRate},
		MissAfter: 100 * time.Millisecond, Conforming: loadgen.Bounds{Sent: leastHeld, LateP99: time.Second},
		Saturating: loadgen.Bounds{Sent: leastHeld, LateP99: time.Second},
		Phases:     []loadgen.Phase{{Name: "held", Role: loadgen.Conform, Rate: o.share * publishedRate, Length: longestLoad}},
	}
	options := loadgen.Options{Seed: j.Seed, AllowOverload: true, Keep: j.Load.Keep, Progress: o.note}
	options.Leftover = func(line string) { o.leftovers = append(o.leftovers, line) }
	o.judged, o.err = loadgen.Run(ctx, t, p, options)
}

// note keeps the latest of the load while it is sent.
func (o *others) note(p loadgen.Progress) {
	if p.Phase == "" {
		return
	}
	o.mu.Lock()
	o.last = p
	o.mu.Unlock()
	o.once.Do(func() { close(o.started) })
}

// failed is the error of a load that did not end by being stopped.
func (o *others) failed(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	for _, stopped := range []error{loadgen.ErrEnough, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(o.err, stopped) {
			return nil
		}
	}
	return o.err
}

// held is the share of the wanted load that was offered.
func (o *others) held() float64 {
	wanted := o.share * publishedRate * otherKeys * o.last.At.Seconds()
	if wanted == 0 {
		return 0
	}
	return float64(o.last.Sent) / wanted
}

// answers is the claim that what was encrypted decrypts; zero: nothing was sampled.
func (o *others) answers() reports.Claim {
	for _, c := range o.judged.Claims {
		if c.Name == "answers" {
			return c
		}
	}
	return reports.Claim{}
}

// String counts the load.
func (o *others) String() string {
	return fmt.Sprintf("%d other keys for %.1f s: sent %d, accepted %d, over the limit %d, decrypted again %s",
		otherKeys, o.last.At.Seconds(), o.last.Sent, o.last.Accepted, o.last.Limited, cmp.Or(o.answers().Bound, "none"))
}
