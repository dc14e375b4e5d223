package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// A Fleet sends the calls of a run from other processes, on this machine or on others. Run sets up the
// keys, says what is due, and judges; the fleet plays attempts and reports what became of each call.
type Fleet interface {
	// Begin makes the workers ready for a run of p, of which nothing secret is told yet. It returns what
	// each showed on a server of its own, where that is wanted.
	Begin(ctx context.Context, p Profile, o Options) ([]reports.Control, error)

	// Play plays one attempt. A worker that is lost, or that reports what cannot be, is a matter for
	// [Attempt.Lost]; the error means that the run cannot go on. Also with an error, no worker sends
	// when it returns.
	Play(ctx context.Context, a *Attempt) error

	// Workers tells who played, for the report.
	Workers() []reports.Worker
}

// A Signed is a key's call, ready to be sent by who has it: a secret. Its String tells nothing of it.
type Signed struct {
	Key    int         `cbor:"1,keyasint"`
	Method string      `cbor:"2,keyasint"`
	URL    string      `cbor:"3,keyasint"`
	Header http.Header `cbor:"4,keyasint"`
	Body   []byte      `cbor:"5,keyasint"`
}

// String implements fmt.Stringer without the secret.
func (s Signed) String() string { return fmt.Sprintf("call of key %d", s.Key+1) }

// GoString implements fmt.GoStringer without the secret.
func (s Signed) GoString() string { return s.String() }

// An Attempt is one attempt at a phase that a fleet is to play. Its methods are safe for concurrent use.
type Attempt struct {
	Profile Profile
	Phase   Phase
	Number  int // from 1
	Seed    uint64
	Timeout time.Duration // for one call
	Typical time.Duration // what a call took before the load

	Authority []byte // PEM of who signed the target's certificate; empty: one that every system knows

	played  *Played
	samples samples
	sign    func(context.Context) ([]Signed, error)
	began   func(time.Time)
}

// NewAttempt returns an attempt that belongs to no run, with the recording of it alone. It is for measuring
// what a fleet carries. The caller closes the recording.
func NewAttempt(ph Phase, seed uint64) (*Attempt, Recording) {
	kind := Bounds{Sent: 0.9, LateP99: time.Second, Burst: 1000}
	r := Recording{Seed: seed, Keys: numbered(ph.Keys), Profile: Profile{Name: "measured", API: "2.0", Keys: ph.Keys,
		Limit: Limit{Scope: PerKey, Rate: ph.Rate, Burst: ph.Rate}, Conforming: kind, Saturating: kind, Phases: []Phase{ph}}}
	a := newPlayed(ph, 1, 0)
	a.recorded(&r)
	r.Played = []*Played{a}
	return &Attempt{Profile: r.Profile, Phase: ph, Number: 1, Seed: seed, played: a}, r
}

// Sign returns the calls of all keys of the phase, signed as of now. They are good for [SignatureLife].
func (a *Attempt) Sign(ctx context.Context) ([]Signed, error) { return a.sign(ctx) }

// SignatureLife is how long a signed call is used.
const SignatureLife = signatureLife

// Begins tells the instant from which on the calls are due.
func (a *Attempt) Begins(at time.Time) { a.began(at) }

// Apart tells how far apart the workers' clocks may have been of each other, their offsets taken off.
func (a *Attempt) Apart(slack time.Duration) {
	a.played.mu.Lock()
	defer a.played.mu.Unlock()
	a.played.Slack = slack
	a.played.blur()
}

// Live tells how the workers are doing at this moment, all together: for who watches the run, before
// their reports are in. Nothing is judged by it.
func (a *Attempt) Live(c Count) {
	a.played.mu.Lock()
	defer a.played.mu.Unlock()
	a.played.live = c
}

// Intake begins to take the reports of a worker with some lanes of the phase.
func (a *Attempt) Intake(name string, lanes []Lane) *Intake {
	return a.played.intake(name, lanes, a.samples)
}

// Lost notes that a worker did not do its share, with the reason: the attempt does not count.
func (a *Attempt) Lost(name string, lanes []Lane, why string) {
	a.played.mu.Lock()
	defer a.played.mu.Unlock()
	a.played.Lost = append(a.played.Lost, fmt.Sprintf("%s: worker %s was lost with %s: %s", a.Phase.Name, name, keysOf(lanes), why))
}

// keysOf names the keys of some lanes.
func keysOf(lanes []Lane) string {
	const most = 4
	var parts []string
	for _, l := range lanes[:min(len(lanes), most)] {
		parts = append(parts, l.String())
	}
	text := "key " + strings.Join(parts, "")
	if len(lanes) > 1 {
		text = "keys " + strings.Join(parts, ", ")
	}
	if len(lanes) > most {
		text += fmt.Sprintf(" and %d more", len(lanes)-most)
	}
	return text
}

// direct has the fleet play an attempt.
func (l *live) direct(ctx context.Context, a *Played) error {
	defer l.show(nil)
	beside, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var down outage
	var tended error
	begun := sync.OnceFunc(func() {
		l.show(a)
		if a.Phase.Down.Length > 0 {
			wg.Go(func() {
				down.err = down.play(beside, l.rig.t, a, func() time.Duration { return l.elapsed() - a.Start })
			})
		}
		if l.keeper != nil {
			wg.Go(func() { tended = l.tend(beside, a) })
		}
	})
	at := &Attempt{Profile: l.p, Phase: a.Phase, Number: a.Attempt, Seed: l.o.Seed, Timeout: l.o.timeout(), Typical: l.rig.typical,
		Authority: l.rig.t.Authority, played: a, samples: l.samples, sign: func(ctx context.Context) ([]Signed, error) { return l.signed(ctx, a.Phase.Keys) },
		began: func(at time.Time) { a.Start = at.Sub(l.began); begun() }}
	err := l.o.Fleet.Play(ctx, at)
	stop()
	wg.Wait()
	if err != nil {
		if ctx.Err() == nil {
			a.Lost = append(a.Lost, fmt.Sprintf("%s: %v", a.Phase.Name, err))
		}
		return err
	}
	a.Down = down.was
	peak := 0
	for _, p := range a.Parts {
		peak += p.Peak
	}
	l.rec.Workers = max(l.rec.Workers, peak)
	return errors.Join(ctx.Err(), down.err, tended)
}

// apart returns why p cannot be played by a fleet; nil when it can.
func (p Profile) apart() error {
	for _, ph := range p.Phases {
		if len(ph.Forced) > 0 {
			return fmt.Errorf("load profile %s: its tokens end at once on purpose, and several processes cannot be told in time: play it without workers", p.Name)
		}
	}
	return nil
}

// signed returns the calls of the first so many keys.
func (l *live) signed(ctx context.Context, keys int) (out []Signed, err error) {
	if err := l.sign(ctx); err != nil {
		return nil, err
	}
	for key, k := range l.rig.keys[:keys] {
		req := k.ready.Load().request
		out = append(out, Signed{Key: key, Method: req.Method, URL: req.URL.String(), Header: req.Header.Clone(), Body: k.body})
	}
	return out, nil
}

// Prove shows on a server of our own that this process can tell an honest limiter from a liar while it
// sends a little more than its lanes of p ask for.
func Prove(ctx context.Context, p Profile, lanes []Lane, o Options) ([]reports.Control, error) {
	return controls(ctx, p.share(lanes), o.Seed)
}

// share returns p with phases that ask one key for what those of p ask some lanes for, climbs included.
func (p Profile) share(lanes []Lane) Profile {
	own := Phase{Keys: 1}
	for _, ph := range p.Phases {
		of := func(ph Phase) float64 { return (&Played{Phase: ph, lanes: ph.Playing(lanes)}).rate() }
		own.Rate, own.Top = max(own.Rate, of(ph)), max(own.Top, of(ph.atTop()))
	}
	p.Phases = []Phase{own}
	return p
}

// Rates returns the highest rate of each key of p, in calls per second: of a climb that of its last step.
func (p Profile) Rates() []float64 {
	rates := make([]float64, p.Keys)
	for _, ph := range p.Phases {
		for key := range min(ph.Keys, p.Keys) {
			rates[key] = max(rates[key], ph.atTop().of(key).Rate)
		}
	}
	return rates
}

// lateness returns a lateness as it is told, rounded up to 10 µs: what is too late never reads as what is allowed.
func lateness(d time.Duration) time.Duration {
	const step = 10 * time.Microsecond
	return (d + step - 1).Truncate(step)
}

// short returns in words how a worker fell short of the bounds by itself; empty where it did not. Among
// many, the sum would hide one.
func (w Part) short(b Bounds) string {
	switch share := float64(w.Sent) / float64(max(w.Planned, 1)); {
	case w.Planned > 0 && share < b.Sent:
		return fmt.Sprintf("sent %.2f %% of its %d calls, at least %.4g %% are needed", 100*share, w.Planned, 100*b.Sent)
	case w.Late > b.LateP99:
		return fmt.Sprintf("left its slowest 1 %% %v or more late, at most %v is allowed", lateness(w.Late), b.LateP99)
	}
	return ""
}

// unfit names the workers that fell short of the bounds, where the sum of all does not show it.
func (p *Played) unfit(b Bounds) (problems []string) {
	for _, w := range p.Parts {
		if short := w.short(b); short != "" {
			problems = append(problems, fmt.Sprintf("%s: worker %s of %d %s", p.Phase.Name, w.Worker, len(p.Parts), short))
		}
	}
	slices.Sort(problems)
	return problems
}

// givenUp names the workers that gave their shares up.
func (p *Played) givenUp(b Bounds) (problems []string) {
	for _, w := range p.Parts {
		if w.GivenUp > 0 {
			problems = append(problems, fmt.Sprintf("%s was given up by worker %s after %.1f s: %d of its %d calls could not leave in time by then, at most %.4g %% may",
				p.Phase.Name, w.Worker, w.GivenUp.Seconds(), w.Missed, w.Planned, 100*(1-b.Sent)))
		}
	}
	slices.Sort(problems)
	return problems
}

// abandoned reports whether the generator gave the attempt up, or lost a worker.
func (p *Played) abandoned() bool {
	return len(p.Lost) > 0 || p.GivenUp > 0 || slices.ContainsFunc(p.Parts, func(w Part) bool { return w.GivenUp > 0 })
}

// blame names the workers that a failed certificate is due to, where others did better; empty where
// there is none, or no other.
func (p *Played) blame(b Bounds) string {
	var slow []string
	for _, w := range p.Parts {
		if w.Late > b.LateP99 || w.Missed > 0 {
			slow = append(slow, fmt.Sprintf("worker %s left its slowest 1 %% %v late and missed %d", w.Worker, lateness(w.Late), w.Missed))
		}
	}
	if len(slow) == 0 || len(slow) == len(p.Parts) {
		return ""
	}
	slices.Sort(slow)
	return fmt.Sprintf("; of %d workers only %s", len(p.Parts), strings.Join(slow, ", "))
}

// workers returns who played, with what their attempts showed.
func (r Recording) workers() []reports.Worker {
	out := slices.Clone(r.Fleet)
	for _, a := range r.Played {
		for _, p := range a.Parts {
			i := slices.IndexFunc(out, func(o reports.Worker) bool { return o.Name == p.Worker })
			if i < 0 {
				continue
			}
			o := &out[i]
			o.Skew = max(o.Skew, millis(p.Skew))
			o.Late = max(o.Late, millis(p.Late))
			o.Missed += p.Missed
		}
	}
	return out
}
