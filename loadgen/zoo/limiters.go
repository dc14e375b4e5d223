package zoo

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
)

// A Limiter says whether it accepts a call at an instant. Instants never go back.
type Limiter func(at time.Time) bool

// tokens is a token bucket that is full at the start.
type tokens struct {
	rate, burst, level float64
	last               time.Time
}

func newTokens(rate, burst float64) *tokens { return &tokens{rate: rate, burst: burst, level: burst} }

// at brings the level up to an instant.
func (b *tokens) at(now time.Time) {
	if !b.last.IsZero() {
		b.level = min(b.burst, b.level+b.rate*now.Sub(b.last).Seconds())
	}
	b.last = now
}

func (b *tokens) take(now time.Time) bool {
	b.at(now)
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}

// Bucket returns token buckets of the given rate per second and size.
func Bucket(rate, burst float64) func() Limiter {
	return func() Limiter { return newTokens(rate, burst).take }
}

// Window returns limiters that accept n calls in each stretch of the given length on a calendar that
// is moved by offset.
func Window(n int, length, offset time.Duration) func() Limiter {
	return func() Limiter {
		var current int64
		used := 0
		return func(at time.Time) bool {
			if now := at.Add(offset).UnixNano() / int64(length); now != current {
				current, used = now, 0
			}
			used++
			return used <= n
		}
	}
}

// Log returns limiters that accept a call when fewer than n were accepted within the last second.
func Log(n int) func() Limiter {
	return func() Limiter {
		var accepted []time.Time
		return func(at time.Time) bool {
			for len(accepted) > 0 && at.Sub(accepted[0]) >= time.Second {
				accepted = accepted[1:]
			}
			if len(accepted) >= n {
				return false
			}
			accepted = append(accepted, at)
			return true
		}
	}
}

// Counter returns sliding counters: this second's calls and a share of the last one's stay below n.
func Counter(n float64, offset time.Duration) func() Limiter {
	return func() Limiter {
		var second int64
		var before, now float64
		return func(at time.Time) bool {
			at = at.Add(offset)
			switch s := at.Unix(); {
			case s == second+1:
				second, before, now = s, now, 0
			case s > second+1:
				second, before, now = s, 0, 0
			}
			if share := 1 - float64(at.Nanosecond())/1e9; math.Floor(before*share)+now >= n {
				return false
			}
			now++
			return true
		}
	}
}

// charging returns buckets that take a token for a refused call too, down to nothing.
func charging(rate, burst float64) func() Limiter {
	return func() Limiter {
		b := newTokens(rate, burst)
		return func(at time.Time) bool {
			b.at(at)
			ok := b.level >= 1
			b.level = max(0, b.level-1)
			return ok
		}
	}
}

// leaking returns buckets that lose a share of what comes in: they are buckets of a lower rate.
func leaking(rate, burst, share float64) func() Limiter {
	return Bucket(rate*(1-share), burst)
}

// forgetful returns buckets that are full again every so often, as after a restart.
func forgetful(rate, burst float64, every time.Duration) func() Limiter {
	return func() Limiter {
		b, life := newTokens(rate, burst), int64(0)
		return func(at time.Time) bool {
			if now := at.UnixNano() / int64(every); now != life {
				b, life = newTokens(rate, burst), now
			}
			return b.take(at)
		}
	}
}

// stepping returns buckets whose clock jumps by step every so often. A bucket takes a clock that goes
// back for one that stands still.
func stepping(rate, burst float64, every, step time.Duration) func() Limiter {
	return func() Limiter {
		b := newTokens(rate, burst)
		var first time.Time
		return func(at time.Time) bool {
			if first.IsZero() {
				first = at
			}
			jumps := at.Sub(first) / every
			if now := at.Add(jumps * step); now.After(b.last) {
				return b.take(now)
			}
			return b.take(b.last)
		}
	}
}

// nodes spreads the calls at random over n limiters, as a balancer over n machines that count alone.
func nodes(n int, rng *rand.Rand, one func() Limiter) func() Limiter {
	return func() Limiter {
		var all []Limiter
		for range n {
			all = append(all, one())
		}
		return func(at time.Time) bool { return all[rng.IntN(n)](at) }
	}
}

// Each gives every key a limiter of its own.
func Each(one func() Limiter) loadgen.Service {
	return Grouped(1, one)
}

// Grouped gives n keys that follow each other one limiter.
func Grouped(n int, one func() Limiter) loadgen.Service {
	return Keyed(func(c loadgen.Call) int { return c.Key / n }, one)
}

// Keyed gives the calls of which of says the same one limiter.
func Keyed(of func(loadgen.Call) int, one func() Limiter) loadgen.Service {
	all := map[int]Limiter{}
	return func(c loadgen.Call) loadgen.Answer {
		of := of(c)
		if all[of] == nil {
			all[of] = one()
		}
		return answer(all[of](c.At))
	}
}

// Shared gives all keys one limiter.
func Shared(one func() Limiter) loadgen.Service {
	all := one()
	return func(c loadgen.Call) loadgen.Answer { return answer(all(c.At)) }
}

func answer(ok bool) loadgen.Answer { return loadgen.Answer{Refused: !ok} }

// Capped limits each key, and all keys together.
func Capped(rate, all float64) loadgen.Service {
	each, total := Each(Bucket(rate, rate)), newTokens(all, all)
	return func(c loadgen.Call) loadgen.Answer {
		if a := each(c); a.Refused {
			return a
		}
		return answer(total.take(c.At))
	}
}

// OddOneOut gives one key a bucket of another rate than the rest.
func OddOneOut(odd int, rate, oddRate float64) loadgen.Service {
	rest, one := Each(Bucket(rate, rate)), Each(Bucket(oddRate, oddRate))
	return func(c loadgen.Call) loadgen.Answer {
		if c.Key == odd {
			return one(c)
		}
		return rest(c)
	}
}

// Dropping refuses a share of the calls at random.
func Dropping(share float64, rng *rand.Rand) loadgen.Service {
	return func(loadgen.Call) loadgen.Answer { return answer(rng.Float64() >= share) }
}

// Everything accepts all calls at once.
func Everything(loadgen.Call) loadgen.Answer { return loadgen.Answer{} }

// shaping delays the calls of each key to the given rate and refuses none.
func shaping(rate float64) loadgen.Service {
	free := map[int]time.Time{}
	return func(c loadgen.Call) loadgen.Answer {
		start := c.At
		if free[c.Key].After(start) {
			start = free[c.Key]
		}
		free[c.Key] = start.Add(time.Duration(float64(time.Second) / rate))
		return loadgen.Answer{After: free[c.Key].Sub(c.At)}
	}
}

// inFlight refuses a call of a key while n others are served, each for the given time.
func inFlight(n int, lasts time.Duration, rng *rand.Rand) loadgen.Service {
	busy := map[int][]time.Time{}
	return func(c loadgen.Call) loadgen.Answer {
		var still []time.Time
		for _, end := range busy[c.Key] {
			if end.After(c.At) {
				still = append(still, end)
			}
		}
		busy[c.Key] = still
		if len(still) >= n {
			return loadgen.Answer{Refused: true}
		}
		takes := time.Duration(float64(lasts) * (0.8 + 0.4*rng.Float64()))
		busy[c.Key] = append(still, c.At.Add(takes))
		return loadgen.Answer{After: takes}
	}
}
