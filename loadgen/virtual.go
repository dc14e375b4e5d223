package loadgen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Conditions are what a client and its line do to the calls on virtual time. The zero value is a
// perfect client beside the server.
type Conditions struct {
	Late       time.Duration // mean of how late a call leaves, exponentially distributed
	Travel     time.Duration // longest way to the server and back, each; evenly distributed from zero
	Line       time.Duration // what the way back takes every call besides
	StallEvery time.Duration // the client holds still once in this time; zero: never
	StallFor   time.Duration // longest time that it does; evenly distributed from zero
}

// A Call is one call that reaches a simulated service.
type Call struct {
	At   time.Time
	Key  int  // from zero
	Down bool // Korea is down

	// By what it comes, each from zero. A token is of one key. All calls come by the first connection, from
	// the first address and with the first token of their key, but those of the role scope.
	Connection, Token, Address int
}

// An Answer is what a simulated service does with a call. The zero value accepts it at once.
type Answer struct {
	Refused bool          // by the rate limit
	Failed  bool          // by an error of the service
	After   time.Duration // how long the service takes
}

// A Service answers calls on virtual time. Their instants never go back.
type Service func(Call) Answer

// epoch is the beginning of virtual time for Simulate.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Simulate plays p on virtual time against a service. The same arguments give the same recording, up
// to what the service remembers. Its error means that p or o is wrong.
func Simulate(p Profile, o Options, c Conditions, serve Service) (Recording, error) {
	q, left, err := ready(p, o)
	if err != nil {
		return Recording{}, err
	}
	r := Recording{Profile: q, Seed: o.Seed, Reference: true, Left: left, Keys: numbered(q.Keys), Workers: 1}
	down := false
	ask := func(_ context.Context, at time.Duration, key int, by way) (Class, time.Duration, error) {
		a := serve(Call{At: epoch.Add(at), Key: key, Down: down,
			Connection: int(by.pool()), Token: turns*key + by.token, Address: by.address})
		switch {
		case a.Failed:
			return ServerError, a.After, nil
		case a.Refused:
			return RateLimited, a.After, nil
		}
		return Accepted, a.After, nil
	}
	v := newVirtual(q, o, c, ask)
	v.region = func(_ context.Context, up bool) error { down = !up; return nil }
	return r, perform(context.Background(), &r, v)
}

// asking makes a call at a time since the start of the profile and returns how long it was served.
type asking func(ctx context.Context, at time.Duration, key int, by way) (Class, time.Duration, error)

// numbered names keys that have no names of their own.
func numbered(keys int) (names []string) {
	for key := range keys {
		names = append(names, fmt.Sprintf("key %d", key+1))
	}
	return names
}

// A virtual player has its own time: a phase takes as long as asking takes.
type virtual struct {
	p     Profile
	o     Options
	c     Conditions
	rng   *rand.Rand // of the calls on their way to the server
	back  *rand.Rand // of their answers, and of when a client calls again
	now   time.Duration
	ask   asking
	begin func(ctx context.Context, at time.Duration) error // before each attempt; may be nil

	tend   func(ctx context.Context, a *Played, at time.Duration) error // before each call; may be nil
	region func(ctx context.Context, up bool) error                     // takes Korea down or up

	between func(ctx context.Context, at time.Duration) // in the middle of each rest; may be nil

	stalled struct { // the last stall that was drawn
		n, lasts time.Duration
		rng      *rand.Rand
	}
}

func newVirtual(p Profile, o Options, c Conditions, ask asking) *virtual {
	return &virtual{p: p, o: o, c: c, ask: ask, rng: rand.New(rand.NewPCG(o.Seed, 1<<32)), back: rand.New(rand.NewPCG(o.Seed, 1<<33))}
}

func (v *virtual) elapsed() time.Duration { return v.now }

func (v *virtual) affords(Phase) bool { return true }

func (v *virtual) rest(ctx context.Context, d time.Duration) error {
	v.now += d / 2
	if v.between != nil {
		v.between(ctx, v.now)
	}
	v.now += d - d/2
	return ctx.Err()
}

// An arrival is a call on its way, in time since the start of the attempt.
type arrival struct {
	slot
	send, at time.Duration
	tries    int // made again so often
	filed    int // in this order
}

func (v *virtual) play(ctx context.Context, a *Played) error {
	if v.begin != nil {
		if err := v.begin(ctx, v.now); err != nil {
			return err
		}
	}
	changes := a.Phase.outages()
	line := v.arrivals(a)
	a.Books.Kept = true
	for {
		call, ok := line.next()
		if !ok {
			break
		}
		for len(changes) > 0 && changes[0].at <= call.at {
			if err := v.region(ctx, changes[0].up); err != nil {
				return err
			}
			changes = changes[1:]
		}
		if err := v.put(ctx, a, call, line); err != nil {
			return err
		}
	}
	if d := a.Phase.Down; d.Length > 0 {
		end := d.From + d.Length
		a.Down = Downtime{DownAsked: d.From, Down: d.From, UpAsked: end, Up: end}
	}
	for _, c := range changes {
		if err := v.region(ctx, c.up); err != nil {
			return err
		}
	}
	v.now += a.Phase.Length + v.c.Line + 2*v.c.Travel
	return nil
}

// put makes a call and notes what becomes of it, or files it again where its client calls again.
func (v *virtual) put(ctx context.Context, a *Played, call arrival, line *arrivals) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if v.tend != nil {
		if err := v.tend(ctx, a, v.now+call.at); err != nil {
			return err
		}
	}
	if call.tries == 0 {
		a.Books.Left++
	}
	class, took, err := v.ask(ctx, v.now+call.at, call.key, a.Phase.way(call.slot))
	switch {
	case err != nil:
		return err
	case class.Limited() && call.tries < a.Phase.Tries:
		a.madeAgain(call.key, 1)
		call.at += took + v.c.Line + v.travel(v.back) + a.Phase.Again.delay(call.tries, 0, v.back) + v.travel(v.back)
		call.tries++
		line.put(call)
	case class == unsent:
		a.Books.Back++
		a.missed(call.slot, call.send-call.due)
	default:
		a.sent(call.slot, call.send, call.at+took+v.c.Line+v.travel(v.back), class)
	}
	return nil
}

// leaves returns when a call that is due leaves the client.
func (v *virtual) leaves(due time.Duration) time.Duration {
	send := due
	if v.c.Late > 0 {
		send += time.Duration(v.rng.ExpFloat64() * float64(v.c.Late))
	}
	if v.c.StallEvery > 0 {
		at := v.now + send
		if into, lasts := at%v.c.StallEvery, v.stall(at/v.c.StallEvery); into < lasts {
			send += lasts - into
		}
	}
	return send
}

// stall returns how long the client holds still for the n-th time.
func (v *virtual) stall(n time.Duration) time.Duration {
	if n != v.stalled.n || v.stalled.rng == nil {
		v.stalled.n, v.stalled.rng = n, rand.New(rand.NewPCG(v.o.Seed, uint64(n)))
		v.stalled.lasts = time.Duration(v.stalled.rng.Float64() * float64(v.c.StallFor))
	}
	return v.stalled.lasts
}

func (v *virtual) travel(rng *rand.Rand) time.Duration {
	return time.Duration(rng.Float64() * float64(v.c.Travel))
}
