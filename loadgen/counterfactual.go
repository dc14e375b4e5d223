package loadgen

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// A rival is a limiter that might have been there instead.
type rival struct {
	name   string
	shared bool
	rate   float64
	burst  float64 // zero: one second's worth
	window bool    // counts by the calendar second instead of by a bucket of one second's worth
	role   reports.ReplayRole
}

// rivals are the limiters that the published pages can be read as, the published limit and the same rate
// counted by the second, and what was fitted.
func rivals(l Limit, fitted *reports.Model) []rival {
	out := []rival{
		{name: "300 per second for each key", rate: 300},
		{name: "300 per second shared by all keys", rate: 300, shared: true},
		{name: "200 per second shared by all keys", rate: 200, shared: true},
	}
	shared := l.Scope == System
	is := func(r rival) bool { return r.rate == l.Rate && r.shared == shared }
	if !slices.ContainsFunc(out, is) {
		out = append(out, rival{name: fmt.Sprintf("%.4g per second%s", l.Rate, forWhom(shared)), rate: l.Rate, shared: shared})
	}
	published := &out[slices.IndexFunc(out, is)]
	published.role, published.burst = reports.Published, l.Burst
	out = append(out, rival{name: fmt.Sprintf("%.4g in each calendar second%s", l.Rate, forWhom(shared)), rate: l.Rate, shared: shared, window: true})
	return append(out, asFitted(fitted)...)
}

// asFitted returns the limiter of a model; none where the model is no token bucket of known rate and scope.
func asFitted(m *reports.Model) []rival {
	if m == nil || m.Kind != string(bucket) || m.Rate.Best == nil || m.Scope != "key" && m.Scope != "system" {
		return nil
	}
	v := rival{rate: *m.Rate.Best, burst: *m.Rate.Best, shared: m.Scope == "system", role: reports.Fitted}
	if m.Burst.Best != nil {
		v.burst = *m.Burst.Best
	}
	v.name = fmt.Sprintf("a token bucket of %.5g per second and %.4g at once%s", v.rate, v.burst, forWhom(v.shared))
	return []rival{v}
}

func forWhom(shared bool) string {
	if shared {
		return " shared by all keys"
	}
	return " for each key"
}

// replays shows what the rivals would have done with the calls that were sent. The limiter's view is
// that of the sends: the way of a call moves few of them over a second's edge.
func (r Recording) replays(seen []reports.KeySeries, fitted *reports.Model) (out []reports.Replay) {
	if len(seen) == 0 {
		return nil
	}
	var all []*counterfactual
	for _, v := range rivals(r.Profile.Limit, fitted) {
		all = append(all, newCounterfactual(v, seen, r.step(), time.Duration(r.Began.Nanosecond())))
	}
	calls := 0
	for _, a := range r.Played {
		for key, c := range bySend(a.tracks) {
			calls++
			for _, f := range all {
				f.ask(key, a.Start+time.Duration(c.send)*time.Microsecond)
			}
		}
	}
	if calls == 0 {
		return nil
	}
	for _, f := range all {
		f.out.Apart = apart(f.out.Accepted, seen, calls)
		out = append(out, f.out)
	}
	return out
}

// A counterfactual is a rival that is asked call by call.
type counterfactual struct {
	rival
	limiters []reserve     // by key; the first is that of all where it is shared
	step     int           // seconds that an entry of its series adds up
	into     time.Duration // how far into a second of the calendar the profile began
	out      reports.Replay
}

func newCounterfactual(v rival, seen []reports.KeySeries, step int, into time.Duration) *counterfactual {
	out := reports.Replay{Limiter: v.name, Role: v.role, Step: seen[0].Step, Rate: v.rate, Burst: v.burst, Scope: string(PerKey), Window: v.window}
	if v.shared {
		out.Scope = string(System)
	}
	f := &counterfactual{rival: v, step: step, into: into, limiters: make([]reserve, len(seen)), out: out}
	for _, k := range seen {
		f.out.Accepted, f.out.Refused = append(f.out.Accepted, make([]int64, len(k.Offered))), append(f.out.Refused, make([]int64, len(k.Offered)))
	}
	return f
}

func (f *counterfactual) ask(key int, at time.Duration) {
	over := key
	if f.shared {
		over = 0
	}
	second := min(int(at/time.Second)/f.step, len(f.out.Accepted[key])-1)
	if f.limiters[over].take(f.rival, (f.into + at).Seconds()) {
		f.out.Accepted[key][second]++
	} else {
		f.out.Refused[key][second]++
	}
}

// A reserve is the state of a rival for one key, or for all. Its zero value is full.
type reserve struct {
	used float64 // of the bucket, or of the window
	at   float64 // the instant of the last call
}

func (b *reserve) take(v rival, at float64) bool {
	switch {
	case v.window && math.Floor(at) > math.Floor(b.at):
		b.used = 0
	case !v.window:
		b.used = max(0, b.used-v.rate*max(0, at-b.at))
	}
	b.at = at
	if b.used+1 > cmp.Or(v.burst, v.rate)+1e-9 {
		return false
	}
	b.used++
	return true
}

// apart returns by how much of all calls the accepted ones of each key and second differ.
func apart(accepted [][]int64, seen []reports.KeySeries, calls int) float64 {
	differ := 0.0
	for key, k := range seen {
		for second, n := range k.Accepted {
			differ += math.Abs(float64(n - accepted[key][second]))
		}
	}
	return differ / float64(calls)
}
