package loadgen

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/machine"
	"github.com/kmsproof/kmsproof/loadgen/wire"
)

// A Share is what one generator of several plays of an attempt. It is plain data and holds no secret.
type Share struct {
	Profile   Profile       `json:"-"` // with Seed, from the plan that every generator has
	Seed      uint64        `json:"-"`
	Phase     Phase         `json:"phase"`
	Attempt   int           `json:"attempt"`
	Timeout   time.Duration `json:"timeout"`
	Typical   time.Duration `json:"typical"`
	Lanes     []Lane        `json:"lanes"`
	Authority []byte        `json:"authority,omitempty"` // PEM of who signed the target's certificate; empty: one that the system knows
}

// drawn seeds the sample of answers: of each share another, as each has a part of the answers of its own.
func (s Share) drawn() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.Seed, s.Phase.Name, s.Attempt, s.Lanes) // a hash takes everything
	return h.Sum64()
}

// Armed is a share with its calls, ready to be played once. Close it.
type Armed struct {
	// Stall makes the worker hold still, as [Options.Stall] does. It is set before the share is played.
	Stall func(phase string, due time.Duration) time.Duration

	share   Share
	rig     *rig
	base    *wired
	played  *Played
	samples samples
	rec     Recording
}

// Arm makes a share ready: it prepares the calls and opens connections. The target's certificate is judged
// by roots where there are some, else by the share's authority, else by the system. Its error means that a
// call is none, or that the target cannot be reached from here.
func (s Share) Arm(ctx context.Context, calls []Signed, roots *x509.CertPool) (*Armed, error) {
	if roots == nil && len(s.Authority) > 0 {
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(s.Authority) {
			return nil, errors.New("the target's authority is no PEM certificate")
		}
	}
	a := &Armed{share: s, samples: newSamples(s.Phase.Keys, s.Profile.sampled(), s.drawn()), rec: Recording{Profile: s.Profile, Seed: s.Seed},
		rig:  &rig{keys: make([]*loaded, s.Phase.Keys), typical: s.Typical},
		base: newWired(roots)}
	a.played = newPlayed(s.Phase, s.Attempt, 0)
	a.played.recorded(&a.rec)
	a.played.lanes = s.Lanes
	for _, l := range s.Lanes {
		if l.Key < 0 || l.Key >= s.Phase.Keys || l.Stripe < 0 || l.Stripe >= l.of() {
			return nil, fmt.Errorf("%s has no lane %+v", s.Phase.Name, l)
		}
		a.played.tracks[l.Key].of = l.of()
		a.rig.keys[l.Key] = &loaded{}
	}
	if err := a.Renew(ctx, calls); err != nil {
		return nil, err
	}
	for _, l := range s.Lanes {
		if a.rig.keys[l.Key].ready.Load() == nil {
			return nil, fmt.Errorf("key %v came without its call", l)
		}
	}
	if len(s.Lanes) == 0 {
		return nil, fmt.Errorf("%s: a share without a key", s.Phase.Name)
	}
	runtime.GC()                                               // see live.send
	if err := a.warm(a.rig.keys[s.Lanes[0].Key]); err != nil { // the others go to the same place
		return nil, fmt.Errorf("the target cannot be reached from here: %w", err)
	}
	return a, nil
}

func (a *Armed) warm(k *loaded) error {
	o := Options{Timeout: a.share.Timeout}
	crew := crewOf(a.played.rate(), a.share.Typical, o.timeout())
	return a.base.warm(k, int(crew.start), o.timeout(), ordinary)
}

// Renew replaces calls by newer ones, while it is played too.
func (a *Armed) Renew(ctx context.Context, calls []Signed) error {
	for _, c := range calls {
		if c.Key < 0 || c.Key >= len(a.rig.keys) || a.rig.keys[c.Key] == nil {
			return fmt.Errorf("key %d is not ours", c.Key+1)
		}
		req, err := http.NewRequestWithContext(ctx, c.Method, c.URL, nil)
		if err != nil {
			return fmt.Errorf("key %d: its call is none", c.Key+1)
		}
		req.Header = c.Header
		call, err := wire.Prepare(req, c.Body)
		if err != nil {
			return fmt.Errorf("key %d: its call is none", c.Key+1)
		}
		a.rig.keys[c.Key].ready.Store(&prepared{req, call})
	}
	return nil
}

// reportEvery is how often a share reports what became of its calls.
const reportEvery = time.Second

// Play sends the share's calls, which are due from the given instant on, and gives what it recorded in
// reports: one or more each second, always from one goroutine, and the books at the end. A give that
// takes long holds no call up. When ctx ends, what is under way is given up and nothing more reported.
func (a *Armed) Play(ctx context.Context, began time.Time, give func(Report) error) error {
	now := time.Now()
	began = now.Add(began.Sub(now)) // from here on by a clock that nobody sets
	if err := wait(ctx, time.Until(began)); err != nil {
		return err
	}
	skew := time.Since(began)
	defer context.AfterFunc(ctx, a.base.close)()
	reporting, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() { failed = a.keepReporting(reporting, give) })
	before, opened := machine.Read(), a.base.connections()
	o := Options{Seed: a.share.Seed, Timeout: a.share.Timeout, Stall: a.Stall}
	peak := attack(ctx, a.rig, a.base, a.share.Profile, o, a.played, a.samples, began)
	use := machine.Read().Since(before)
	stop()
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return a.give(give, &End{GivenUp: a.played.GivenUp, Peak: peak,
		Connections: a.base.connections() - opened, Machine: use, Skew: skew,
		Books: a.played.Books, Sightings: a.played.Sightings})
}

func (a *Armed) keepReporting(ctx context.Context, give func(Report) error) error {
	for wait(ctx, reportEvery) == nil {
		if err := a.give(give, nil); err != nil {
			return err
		}
	}
	return nil
}

func (a *Armed) give(give func(Report) error, end *End) error {
	for r, err := range a.played.reports(end) {
		if err != nil {
			return err
		}
		for i, b := range r.Books {
			r.Books[i].Samples = a.samples.take(a.share.Lanes[b.Lane].Key)
		}
		if err := give(r); err != nil {
			return err
		}
	}
	return nil
}

// A Count is how a share under way is doing.
type Count struct {
	Sent, Accepted, Limited, Missed int64
	Late                            time.Duration // 99th percentile of send minus due
}

// Count reads the counters. It may be called at any time.
func (a *Armed) Count() Count {
	t := a.played.tally()
	a.played.mu.Lock()
	defer a.played.mu.Unlock()
	return Count{t.sent, t.accepted, t.limited, t.missed, a.played.late.quantile(99)}
}

// Close ends the share's connections.
func (a *Armed) Close() {
	a.base.close()
	a.rec.spool.close()
}
