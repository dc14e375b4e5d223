package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/target"
)

func address(url string) string { return strings.TrimPrefix(url, "http://") }

// embedded is a service in this process, reached without a socket.
func embedded() (*reference.Service, *service, error) {
	r, err := reference.New(reference.Options{Seed: 1, Journal: -1, Limit20: limit.Off{}})
	if err != nil {
		return nil, nil, err
	}
	urls, owner := reference.MemoryURLs(), r.Accounts()[0]
	s := newService(served{urls[reference.API20], urls[reference.Admin], owner.AccessKey, owner.SecretKey})
	s.t.Transport = func(target.Source) http.RoundTripper { return r.RoundTripper(loopback) }
	return r, s, nil
}

// memoryFigures weighs keys that nobody used, and keys whose tokens were used until they remember no more.
func memoryFigures(ctx context.Context, _ *options) ([]figure, error) {
	const uses = 2 * kms.MaxActivities
	idle, err := weigh(ctx, 10_000, 0)
	if err != nil {
		return nil, err
	}
	busy, err := weigh(ctx, 500, uses)
	if err != nil {
		return nil, err
	}
	return []figure{
		atMost("memory of an AES key, its creator and its tokens", "%.0f B", idle, 4096, "without the RSA key, which comes from a pool"),
		atMost(fmt.Sprintf("the same after %d calls by token", uses), "%.0f B", busy, 4096, "with the verified token and a full activity log"),
	}, nil
}

// weigh returns the bytes that a key, its creator and its tokens add to a service that has some, with so many
// encryptions by the token.
func weigh(ctx context.Context, keys, uses int) (float64, error) {
	r, s, err := embedded()
	if err != nil {
		return 0, err
	}
	const few = 100
	var before uint64
	for i := range few + keys {
		if i == few {
			before = heap()
		}
		path, token, err := s.grant(ctx, fmt.Sprintf("bench-%d", i))
		if err != nil {
			return 0, err
		}
		for range uses {
			if err := s.spend(ctx, path, token); err != nil {
				return 0, err
			}
		}
	}
	each := float64(heap()-before) / float64(keys)
	runtime.KeepAlive(r)
	return each, nil
}

// spend encrypts once by a token.
func (s *service) spend(ctx context.Context, path, token string) error {
	a, err := s.t.Do(ctx, target.Request{Method: http.MethodPost, Path: path + "/encrypt", Body: []byte(encryptBody), Auth: target.Token(token)})
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("%s/encrypt: %d %s", path, a.Status, a.Body)
	}
	return err
}

// heap returns the bytes in use once the garbage is gone.
func heap() uint64 {
	var m runtime.MemStats
	for range 2 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// limiterFigures time a decision on keys in turn, by tags as the service makes them, alone and with what
// a call pays beside it: its note in the load by key and second, and its count in the metrics.
func limiterFigures(context.Context, *options) ([]figure, error) {
	tags := make([]string, connections)
	for i := range tags {
		tags[i] = fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i)}))
	}
	l, now, i := limit.PerKey(300, 300), time.Now(), 0
	var meter limit.Meter
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "admitted"})
	decide := func() (string, bool) {
		i++
		now = now.Add(200 * time.Microsecond)
		tag := tags[i%len(tags)]
		return tag, l.Take(now, tag, 1).OK
	}
	alone := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decide()
		}
	})
	whole := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tag, ok := decide()
			meter.Note(now, tag, ok)
			counter.Inc()
		}
	})
	return []figure{
		atMost("a decision of the limiter", "%.0f ns", float64(alone.NsPerOp()), 150, fmt.Sprintf("on %d keys in turn", len(tags))),
		atMost("its allocations", "%.0f", float64(alone.AllocsPerOp()), 0, ""),
		{what: "the same with its note for the console and its count", got: fmt.Sprintf("%d ns", whole.NsPerOp()), note: fmt.Sprintf("%d allocations", whole.AllocsPerOp())},
	}, nil
}

// startFigures times a process from its start to its first answer.
func startFigures(ctx context.Context, o *options) ([]figure, error) {
	var times sample
	for range 3 * o.rounds {
		began := time.Now()
		p, s, err := o.launchReference()
		if err != nil {
			return nil, err
		}
		err = get(ctx, s.Admin+"/healthz")
		times = append(times, float64(time.Since(began))/1e6)
		p.end()
		if err != nil {
			return nil, err
		}
	}
	return []figure{atMost("start of the process to its first answer", "%.1f ms", times.median(), 30, times.spread("%.1f"))}, nil
}

func get(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, a.Body)
	return firstError(err, a.Body.Close())
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// freshFigures times what a scenario waits for.
func freshFigures(ctx context.Context, _ *options) ([]figure, error) {
	fresh := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, _, err := embedded(); err != nil {
				b.Fatal(err)
			}
		}
	})
	var sets sample
	for i := range 200 {
		_, s, err := embedded()
		if err != nil {
			return nil, err
		}
		began := time.Now()
		if _, err := s.key(ctx, fmt.Sprintf("set-%d", i)); err != nil {
			return nil, err
		}
		sets = append(sets, float64(time.Since(began))/1e6)
	}
	return []figure{
		atMost("a fresh server for a scenario", "%.3f ms", float64(fresh.NsPerOp())/1e6, 1, ""),
		atMost("a key, a creator and a token set on it", "%.2f ms", sets.median(), 3, sets.spread("%.2f")),
	}, nil
}

var loopback = netip.MustParseAddr("127.0.0.1")
