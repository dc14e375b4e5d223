package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/target"
)

func address(url string) string { return strings.TrimPrefix(url, "http://") }

// embedded is a service in this process, reached without a socket.
func embedded() (*reference.Service, *service, error) {
	r, err := reference.New(reference.Options{Seed: 1, Journal: -1})
	if err != nil {
		return nil, nil, err
	}
	urls, owner := reference.MemoryURLs(), r.Accounts()[0]
	s := newService(served{urls[reference.API20], urls[reference.Admin], owner.AccessKey, owner.SecretKey})
	s.t.Transport = func(target.Source) http.RoundTripper { return r.RoundTripper(loopback) }
	return r, s, nil
}

// memoryFigures weighs a service with many keys against one with few.
func memoryFigures(ctx context.Context, _ *options) ([]figure, error) {
	const few, many = 100, 10_100
	r, s, err := embedded()
	if err != nil {
		return nil, err
	}
	if _, err := s.keys(ctx, few); err != nil {
		return nil, err
	}
	before := heap()
	for i := range many - few {
		if _, err := s.key(ctx, fmt.Sprintf("more-%d", i)); err != nil {
			return nil, err
		}
	}
	each := float64(heap()-before) / (many - few)
	runtime.KeepAlive(r)
	return []figure{atMost("memory of an AES key, its creator and its tokens", "%.0f B", each, 4096, "without the RSA key, which comes from a pool")}, nil
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

func limiterFigures(context.Context, *options) ([]figure, error) {
	l, now := limit.PerKey(300, 300), time.Now()
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			now = now.Add(time.Millisecond)
			l.Take(now, "key", 1)
		}
	})
	return []figure{
		atMost("a decision of the limiter", "%.0f ns", float64(r.NsPerOp()), 150, ""),
		atMost("its allocations", "%.0f", float64(r.AllocsPerOp()), 0, ""),
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
