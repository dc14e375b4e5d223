package loadgen_test

import (
	"math"
	"math/rand/v2"
	"time"
)

// A limiter answers calls on virtual time.
type limiter func(at time.Time, key int) bool

// tokens is a token bucket of our own, in plain floating point.
type tokens struct {
	rate, burst, level float64
	last               time.Time
}

func newTokens(rate, burst float64) *tokens { return &tokens{rate: rate, burst: burst, level: burst} }

func (b *tokens) take(at time.Time) bool {
	if !b.last.IsZero() {
		b.level = min(b.burst, b.level+b.rate*at.Sub(b.last).Seconds())
	}
	b.last = at
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}

// own gives each key what make returns; shared gives all keys one.
func own(make func() func(time.Time) bool) limiter {
	keys := map[int]func(time.Time) bool{}
	return func(at time.Time, key int) bool {
		if keys[key] == nil {
			keys[key] = make()
		}
		return keys[key](at)
	}
}

func shared(make func() func(time.Time) bool) limiter {
	one := make()
	return func(at time.Time, _ int) bool { return one(at) }
}

func bucketOf(rate, burst float64) func() func(time.Time) bool {
	return func() func(time.Time) bool { return newTokens(rate, burst).take }
}

// windowOf admits n calls in each second of the calendar, moved by offset.
func windowOf(n int, offset time.Duration) func() func(time.Time) bool {
	return func() func(time.Time) bool {
		var second int64
		used := 0
		return func(at time.Time) bool {
			if now := at.Add(offset).Unix(); now != second {
				second, used = now, 0
			}
			used++
			return used <= n
		}
	}
}

// logOf admits a call when fewer than n were admitted within the last second.
func logOf(n int) func() func(time.Time) bool {
	return func() func(time.Time) bool {
		var admitted []time.Time
		return func(at time.Time) bool {
			for len(admitted) > 0 && at.Sub(admitted[0]) >= time.Second {
				admitted = admitted[1:]
			}
			if len(admitted) >= n {
				return false
			}
			admitted = append(admitted, at)
			return true
		}
	}
}

// counterOf is the sliding counter: this window's calls and a share of the last one's.
func counterOf(n float64) func() func(time.Time) bool {
	return func() func(time.Time) bool {
		var second int64
		var before, now float64
		return func(at time.Time) bool {
			switch s := at.Unix(); {
			case s == second+1:
				second, before, now = s, now, 0
			case s > second+1:
				second, before, now = s, 0, 0
			}
			share := 1 - float64(at.Nanosecond())/1e9
			if math.Floor(before*share)+now >= n {
				return false
			}
			now++
			return true
		}
	}
}

// dropping refuses at random.
func dropping(share float64) limiter {
	rng := rand.New(rand.NewPCG(7, 7))
	return func(time.Time, int) bool { return rng.Float64() >= share }
}

// capped limits each key, and all keys together.
func capped(rate, all float64) limiter {
	each := own(bucketOf(rate, rate))
	total := newTokens(all, all)
	return func(at time.Time, key int) bool { return each(at, key) && total.take(at) }
}

// oddKeyOut gives one key a bucket of its own kind.
func oddKeyOut(odd int, rate, oddRate float64) limiter {
	rest, one := own(bucketOf(rate, rate)), own(bucketOf(oddRate, oddRate))
	return func(at time.Time, key int) bool {
		if key == odd {
			return one(at, key)
		}
		return rest(at, key)
	}
}

func everything(time.Time, int) bool { return true }
