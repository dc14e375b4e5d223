package main

import (
	"context"
	"sync"
	"time"

	"github.com/RussellLuo/slidingwindow"
	"github.com/failsafe-go/failsafe-go/ratelimiter"
	"github.com/juju/ratelimit"
	"github.com/sethvargo/go-limiter/memorystore"
	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/memstore"
	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/memory"
	shaping "go.uber.org/ratelimit"
	"golang.org/x/time/rate"
)

// A stranger is a limiter of somebody else's, with what is true of it by its own documents.
type stranger struct {
	name  string
	is    string // what it is set to
	right string // verdict of per-key-300
	// open makes it: what it returns says of a call with a key whether it passes, and may take its time.
	open func() (func(key string) bool, error)
}

// each makes one limiter for each key.
func each(one func() func() bool) func() (func(string) bool, error) {
	return func() (func(string) bool, error) {
		var mu sync.Mutex
		limiters := map[string]func() bool{}
		return func(key string) bool {
			mu.Lock()
			allow := limiters[key]
			if allow == nil {
				allow = one()
				limiters[key] = allow
			}
			mu.Unlock()
			return allow()
		}, nil
	}
}

// shared makes one limiter for all keys.
func shared(one func() func() bool) func() (func(string) bool, error) {
	return func() (func(string) bool, error) {
		allow := one()
		return func(string) bool { return allow() }, nil
	}
}

func bucket(perSecond float64) func() func() bool {
	return func() func() bool { return rate.NewLimiter(rate.Limit(perSecond), int(perSecond)).Allow }
}

// strangers are in the order of the table.
var strangers = []stranger{
	{"golang.org/x/time/rate", "300 for each key", "pass", each(bucket(300))},
	{"golang.org/x/time/rate", "300 shared", "fail", shared(bucket(300))},
	{"golang.org/x/time/rate", "285 for each key", "fail", each(bucket(285))},
	{"sethvargo/go-limiter", "300 for each key, all at once every second", "pass", openStore},
	{"throttled/throttled", "GCRA, 300 for each key and 299 at once", "pass", openGCRA},
	{"ulule/limiter", "300 in each window of a second, for each key", "pass", openWindow},
	{"juju/ratelimit", "300 for each key, which it keeps within 1 %", "pass", each(func() func() bool {
		b := ratelimit.NewBucketWithRate(300, 300)
		return func() bool { return b.TakeAvailable(1) == 1 }
	})},
	{"uber-go/ratelimit", "delays to 300 for each key, refuses none", "pass", each(func() func() bool {
		l := shaping.New(300)
		return func() bool { l.Take(); return true }
	})},
	{"failsafe-go", "200 in each period of a second, shared", "fail", shared(func() func() bool {
		return ratelimiter.NewBursty[any](200, time.Second).TryAcquirePermit
	})},
	{"failsafe-go", "smooth, 300 shared and none at once", "fail", shared(func() func() bool {
		return ratelimiter.NewSmooth[any](300, time.Second).TryAcquirePermit
	})},
	{"RussellLuo/slidingwindow", "sliding counter of 250 for each key", "fail", each(func() func() bool {
		l, _ := slidingwindow.NewLimiter(time.Second, 250, func() (slidingwindow.Window, slidingwindow.StopFunc) { return slidingwindow.NewLocalWindow() })
		return l.Allow
	})},
}

func openStore() (func(string) bool, error) {
	store, err := memorystore.New(&memorystore.Config{Tokens: 300, Interval: time.Second})
	if err != nil {
		return nil, err
	}
	return func(key string) bool {
		_, _, _, ok, err := store.Take(context.Background(), key)
		return ok && err == nil
	}, nil
}

func openGCRA() (func(string) bool, error) {
	store, err := memstore.NewCtx(0)
	if err != nil {
		return nil, err
	}
	l, err := throttled.NewGCRARateLimiterCtx(store, throttled.RateQuota{MaxRate: throttled.PerSec(300), MaxBurst: 298})
	if err != nil {
		return nil, err
	}
	return func(key string) bool {
		limited, _, err := l.RateLimitCtx(context.Background(), key, 1)
		return !limited && err == nil
	}, nil
}

func openWindow() (func(string) bool, error) {
	l := limiter.New(memory.NewStore(), limiter.Rate{Period: time.Second, Limit: 300})
	return func(key string) bool {
		c, err := l.Get(context.Background(), key)
		return err == nil && !c.Reached
	}, nil
}
