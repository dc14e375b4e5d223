package fleet

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options is how a coordinator works. The zero value takes whoever is in the lobby.
type Options struct {
	Version string
	Workers int                           // to wait for; zero: those that answer within two seconds, one at least
	Wait    time.Duration                 // how long; zero means 30 s
	Most    float64                       // calls per second on one worker beyond which a single key is striped; zero means 10,000
	Log     func(format string, a ...any) // told what happens, a line each; nil: nobody is
}

func (o Options) log(format string, a ...any) {
	if o.Log != nil {
		o.Log(format, a...)
	}
}

// A Coordinator has the calls of a run sent by workers. It is for one run at a time. Close it.
type Coordinator struct {
	link *Link
	o    Options

	run     string
	plan    plan
	reg     register
	rates   []float64
	crew    []*member // changes under mu, in the caller's goroutine only
	named   int       // workers so far, with those that did not come
	beats   *nats.Subscription
	pulsing context.CancelFunc
	pulsed  sync.WaitGroup
	n       int // attempts so far

	mu      sync.Mutex // of what members say
	current *attempt   // that is told what they count; nil: none
}

// A member is a worker that takes part.
type member struct {
	hello
	name  string
	lanes []loadgen.Lane // of the whole profile
	clock offset
	drift time.Duration
	lost  string // why it is not asked any more

	// What it says, under the coordinator's mu.
	heard  time.Time
	count  loadgen.Count
	leaves string // why it left: it sends nothing any more
}

// NewCoordinator returns a coordinator on a link, which stays the caller's.
func NewCoordinator(l *Link, o Options) *Coordinator { return &Coordinator{link: l, o: o} }

var _ loadgen.Fleet = (*Coordinator)(nil)

// Begin opens a run: its stream, its bucket, its workers with their keys. It returns what each of them
// showed on a server of its own, where that is wanted. Its error says who was refused and why.
func (c *Coordinator) Begin(ctx context.Context, p loadgen.Profile, o loadgen.Options) ([]reports.Control, error) {
	if err := c.Close(); err != nil {
		return nil, err
	}
	c.run = rand.Text()[:10]
	c.plan = plan{Run: c.run, Version: spoken(c.o.Version), Profile: p, Seed: o.Seed}
	c.rates, c.crew, c.named, c.n = p.Rates(), nil, 0, 0
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.gather(ctx); err != nil {
		return nil, errors.Join(err, c.stop(aborted, "it could not begin"))
	}
	c.deal()
	var shown []reports.Control
	if o.Controls {
		var err error
		if shown, err = c.prove(ctx); err != nil {
			return nil, errors.Join(err, c.stop(aborted, "it could not begin"))
		}
	}
	return shown, c.reg.set(ctx, standing{State: ready})
}

// keeping is how long a cluster keeps what a run left that could not clean up.
const keeping = 24 * time.Hour

// open makes the run's stream and bucket and begins to give its pulse. The stream is there first and goes last: by it
// a sweep finds what a run left that ended in between.
func (c *Coordinator) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	name := c.link.stream(c.run)
	if _, err := c.link.js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{c.link.subject("run", c.run, "result", ">")},
		MaxAge: keeping, Duplicates: 10 * time.Minute, Discard: jetstream.DiscardNew}); err != nil {
		return fmt.Errorf("NATS: the run's stream: %w", err)
	}
	kv, err := c.link.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: name, TTL: keeping, History: 1})
	if err != nil {
		return fmt.Errorf("NATS: the run's bucket: %w", err)
	}
	c.sweep(ctx, time.Now()) // not before: a server that has just lost its last stream may be unable to make one
	text, _ := c.plan.encode()
	if _, err := kv.Create(ctx, planKey, text); err != nil {
		return fmt.Errorf("NATS: the plan: %w", err)
	}
	c.reg = register{kv: kv}
	if err := c.reg.set(ctx, standing{State: gathering}); err != nil {
		return err
	}
	if c.beats, err = c.link.nc.Subscribe(c.link.subject("run", c.run, "beat", "*"), c.heard); err != nil {
		return fmt.Errorf("NATS: %w", err)
	}
	pulse, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.pulsing = stop
	c.pulsed.Go(func() { c.pulse(pulse, c.link.subject("run", c.run, "pulse")) })
	return nil
}

// sweep removes what runs left that could not clean up, once its content has expired. What it may not look
// at, or remove, stays.
func (c *Coordinator) sweep(ctx context.Context, now time.Time) {
	list := c.link.js.ListStreams(ctx, jetstream.WithStreamListSubject(c.link.subject("run", "*", "result", ">")))
	for info := range list.Info() {
		name := info.Config.Name
		if state, known := c.stateWritten(ctx, name); known && abandoned(now, info.Created, info.State.LastTime, state) {
			c.o.log("%s was left by a run that could not clean up, and is removed", name)
			_, _ = c.link.js.DeleteKeyValue(ctx, name), c.link.js.DeleteStream(ctx, name)
		}
	}
}

// stateWritten returns when a run's bucket was last written to: its state is, before and after each attempt. It is zero
// where there is no bucket, and not known where the cluster does not tell. KV_ and its name is how NATS calls the stream
// of a bucket.
func (c *Coordinator) stateWritten(ctx context.Context, name string) (at time.Time, known bool) {
	kv, err := c.link.js.Stream(ctx, "KV_"+name)
	if err != nil {
		return at, errors.Is(err, jetstream.ErrStreamNotFound)
	}
	return kv.CachedInfo().State.LastTime, true
}

// abandoned reports whether a run is over that was last written to at some times. One that goes on writes at least
// after each phase, however many it has; neither a phase nor the rest before it is longer than an hour.
func abandoned(now time.Time, written ...time.Time) bool {
	return now.Sub(slices.MaxFunc(written, time.Time.Compare)) > keeping
}

// pulse shows twice a beat that the coordinator is alive.
func (c *Coordinator) pulse(ctx context.Context, subject string) {
	ticker := time.NewTicker(Beat / 2)
	defer ticker.Stop()
	for {
		_ = c.link.nc.Publish(subject, nil) // who does not hear it stops, as it should
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// heard notes a worker's sign of life.
func (c *Coordinator) heard(m *nats.Msg) {
	var b beat
	if json.Unmarshal(m.Data, &b) != nil {
		return
	}
	name := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.crew {
		if w.name == name {
			w.heard, w.leaves = time.Now(), b.Why
			if c.current != nil && b.N == c.current.n {
				w.count = b.Count
			}
		}
	}
	if c.current != nil {
		c.current.a.Live(c.counted())
	}
}

// counted adds up what the workers count. The lateness is that of the worst.
func (c *Coordinator) counted() (all loadgen.Count) {
	for _, w := range c.crew {
		all.Sent += w.count.Sent
		all.Accepted += w.count.Accepted
		all.Limited += w.count.Limited
		all.Missed += w.count.Missed
		all.Late = max(all.Late, w.count.Late)
	}
	return all
}

// watch has the counters of the workers go to an attempt, from zero; nil: to none.
func (c *Coordinator) watch(at *attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = at
	for _, w := range c.crew {
		w.count = loadgen.Count{}
	}
}

// deal gives the keys to the workers that are left.
func (c *Coordinator) deal() {
	most := c.o.Most
	if most == 0 {
		most = 10_000
	}
	alive := c.alive()
	for i, lanes := range deal(c.rates, len(alive), most) {
		alive[i].lanes = lanes
	}
}

func (c *Coordinator) alive() (out []*member) {
	for _, w := range c.crew {
		if w.lost == "" {
			out = append(out, w)
		}
	}
	return out
}

// each does something with all workers at once and waits.
func each(crew []*member, do func(int, *member) error) []error {
	errs := make([]error, len(crew))
	var wg sync.WaitGroup
	for i, w := range crew {
		wg.Go(func() { errs[i] = do(i, w) })
	}
	wg.Wait()
	return errs
}

// ask asks a worker for something. Its error names the worker.
func (c *Coordinator) ask(ctx context.Context, w *member, operation string, text []byte, within time.Duration) (said, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	m, err := c.link.nc.RequestWithContext(ctx, c.link.subject("worker", w.ID, "do", operation), text)
	if err != nil {
		return said{}, fmt.Errorf("worker %s (%s): %s: %w", w.name, w.Host, operation, err)
	}
	var answer said
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return said{}, fmt.Errorf("worker %s (%s): %s: its answer cannot be read", w.name, w.Host, operation)
	}
	if answer.Refused != "" {
		return said{}, fmt.Errorf("worker %s (%s): %s", w.name, w.Host, answer.Refused)
	}
	return answer, nil
}
