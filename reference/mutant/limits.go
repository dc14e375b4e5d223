package mutant

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
)

func limits() []Mutant {
	shared := func(rate, burst int) func() limit.Limiter {
		return func() limit.Limiter { return limit.Shared(rate, burst) }
	}
	perKey := func(rate, burst int) func() limit.Limiter {
		return func() limit.Limiter { return limit.PerKey(rate, burst) }
	}
	off := func() limit.Limiter { return limit.Off{} }
	return []Mutant{
		{Name: "shared-limiter", Flaw: "On API 2.0 all keys share one bucket of 200 a second.", Apply: limit20(shared(200, 200))},
		{Name: "shared-limiter-300", Flaw: "On API 2.0 all keys share one bucket of 300 a second.", Apply: limit20(shared(300, 300))},
		{Name: "slow-limiter", Flaw: "On API 2.0 each key gets 285 a second, 5 % short.", Apply: limit20(perKey(285, 285))},
		{Name: "slow-limiter-small-burst", Flaw: "On API 2.0 each key gets 285 a second and may do 10 calls at once.", Apply: limit20(perKey(285, 10))},
		{Name: "choosy-limiter", Flaw: "On API 2.0 each hundredth call within the limit is refused.", Apply: limit20(func() limit.Limiter {
			return &choosy{Limiter: limit.PerKey(300, 300)}
		})},
		{Name: "lax-limiter", Flaw: "On API 2.0 each key may do one call more at once.", Apply: limit20(perKey(300, 301))},
		{Name: "small-burst", Flaw: "On API 2.0 a key may do 200 calls at once and no more.", Apply: limit20(perKey(300, 200))},
		{Name: "hoarding-limiter", Flaw: "On API 2.0 a key that rests saves up to 600 calls.", Apply: limit20(perKey(300, 600))},
		{Name: "calendar-limiter", Flaw: "On API 2.0 each key gets 300 calls in a calendar second, all at its beginning.", Apply: limit20(func() limit.Limiter {
			return &calendar{used: map[string]page{}}
		})},
		{Name: "charging-limiter", Flaw: "On API 2.0 a refused call costs as much as one that is served.", Apply: limit20(func() limit.Limiter {
			return &charging{levels: map[string]level{}}
		})},
		{Name: "no-limiter", Flaw: "On API 2.0 nothing is limited.", Apply: limit20(off)},
		{Name: "managing-limited", Flaw: "To issue tokens and to tell the public key draw on the limit of the key.", Apply: managingLimited},
		{Name: "limit-for-ciphers-alone", Flaw: "To re-encrypt, to make custom keys, to sign and to verify draw on no limit.", Apply: sparing(
			"POST /{keyTag}/re-encrypt", "POST /{keyTag}/reencrypt", "POST /{keyTag}/create-custom-key", "POST /{keyTag}/sign", "POST /{keyTag}/verify")},
		{Name: "limit-for-encrypting-alone", Flaw: "To decrypt draws on no limit.", Apply: sparing("POST /{keyTag}/decrypt")},
		{Name: "items-counted", Flaw: "Each item of a list draws on the limit.", Apply: costing(func(_ *http.Request, body []byte) int {
			return bytes.Count(body, []byte(`","`))
		})},
		{Name: "strangers-counted", Flaw: "A call without credentials draws on the limit of the key.", Apply: costing(func(r *http.Request, _ []byte) int {
			if isSigned(r) || carriesToken(r) {
				return 0
			}
			return 1
		})},
		{Name: "private-limiter-1.0", Flaw: "On API 1.0 each key has 200 a second of its own.", Apply: limit10(perKey(200, 200))},
		{Name: "slow-limiter-1.0", Flaw: "On API 1.0 all keys share 190 a second, 5 % short.", Apply: limit10(shared(190, 190))},
		{Name: "slow-limiter-small-burst-1.0", Flaw: "On API 1.0 all keys share 190 a second and may do 5 calls at once.", Apply: limit10(shared(190, 5))},
		{Name: "small-burst-1.0", Flaw: "On API 1.0 all keys may do 100 calls at once and no more.", Apply: limit10(shared(200, 100))},
		{Name: "one-limit-for-both-apis", Flaw: "Calls of API 1.0 draw on the key's limit of API 2.0 as well.", Apply: func(o *reference.Options) {
			own := limit.PerKey(300, 300)
			o.Limit20, o.Limit10 = own, both{limit.Shared(200, 200), own}
		}},
		{Name: "one-limit-of-the-system", Flaw: "Calls of API 2.0 draw on the limit of API 1.0 as well.", Apply: func(o *reference.Options) {
			system := limit.Shared(200, 200)
			o.Limit10, o.Limit20 = system, both{limit.PerKey(300, 300), system}
		}},
		{Name: "no-limiter-1.0", Flaw: "On API 1.0 nothing is limited.", Apply: limit10(off)},
	}
}

// limit20 and limit10 make a limiter for each server that gets the flaw: servers share no state.
func limit20(make func() limit.Limiter) func(*reference.Options) {
	return func(o *reference.Options) { o.Limit20 = make() }
}

func limit10(make func() limit.Limiter) func(*reference.Options) {
	return func(o *reference.Options) { o.Limit10 = make() }
}

// choosy refuses every hundredth call that would fit.
type choosy struct {
	limit.Limiter
	calls atomic.Int64
}

func (c *choosy) Take(now time.Time, key string, cost int) limit.Decision {
	if c.calls.Add(1)%100 == 0 {
		return limit.Decision{RetryIn: time.Millisecond}
	}
	return c.Limiter.Take(now, key, cost)
}

// calendar gives each key 300 calls in every second of the clock.
type calendar struct {
	mu   sync.Mutex
	used map[string]page // by key
}

// A page is how many calls a key had in a second.
type page struct {
	second int64
	calls  int
}

func (c *calendar) Take(now time.Time, key string, cost int) limit.Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.used[key]
	if p.second != now.Unix() {
		p = page{second: now.Unix()}
	}
	if p.calls+cost > 300 {
		return limit.Decision{RetryIn: now.Truncate(time.Second).Add(time.Second).Sub(now)}
	}
	p.calls += cost
	c.used[key] = p
	return limit.Decision{OK: true}
}

// charging is a bucket of 300 for each key that refused calls drive below empty, down to a second's worth.
type charging struct {
	mu     sync.Mutex
	levels map[string]level
}

// A level is what a bucket held at an instant.
type level struct {
	at    time.Time
	units float64
}

func (c *charging) Take(now time.Time, key string, cost int) limit.Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.levels[key]
	if !ok {
		l = level{now, 300}
	}
	units := min(300, l.units+300*now.Sub(l.at).Seconds())
	fits := units >= float64(cost)
	left := max(-300, units-float64(cost))
	c.levels[key] = level{now, left}
	if !fits {
		return limit.Decision{RetryIn: time.Duration((float64(cost) - left) / 300 * float64(time.Second))}
	}
	return limit.Decision{OK: true, Remaining: int(max(0, left))}
}

// both takes from two limiters.
type both struct{ first, second limit.Limiter }

func (b both) Take(now time.Time, key string, cost int) limit.Decision {
	d := b.first.Take(now, key, cost)
	if d.OK {
		b.second.Take(now, key, cost)
	}
	return d
}

// managingLimited has calls that are no uses draw on the limit of their key.
func managingLimited(o *reference.Options) {
	own, clock := limit.PerKey(300, 300), ownerOf(o).clock
	limited := on("POST /{keyTag}/token-set", "POST /{keyTag}/get-pub-key")
	o.Limit20 = own
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
		if limited(route) && !own.Take(clock.Now(), keyOf(r), 1).OK {
			refusal(http.StatusTooManyRequests, "420").send(w)
			return
		}
		next.ServeHTTP(w, r)
	})(o)
}

// sparing returns a flaw by which calls on some routes draw on nothing.
func sparing(routes ...string) func(*reference.Options) {
	listed := on(routes...)
	return func(o *reference.Options) {
		free := &generous{Limiter: limit.PerKey(300, 300), spared: map[string]int{}}
		o.Limit20 = free
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
			if listed(route) {
				free.spare(keyOf(r))
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}

// generous lets some of the calls of a key pass for nothing.
type generous struct {
	limit.Limiter
	mu     sync.Mutex
	spared map[string]int // calls by key
}

func (g *generous) spare(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spared[key]++
}

func (g *generous) Take(now time.Time, key string, cost int) limit.Decision {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.spared[key] > 0 {
		g.spared[key]--
		return limit.Decision{OK: true}
	}
	return g.Limiter.Take(now, key, cost)
}

// costing returns a flaw by which calls cost so much more of the limit of their key.
func costing(more func(r *http.Request, body []byte) int) func(*reference.Options) {
	return func(o *reference.Options) {
		own, clock := limit.PerKey(300, 300), ownerOf(o).clock
		o.Limit20 = own
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			for range more(r, body) {
				own.Take(clock.Now(), keyOf(r), 1)
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}
