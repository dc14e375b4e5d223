// Command strangers puts limiters that kmsproof was never tuned on before the reference, by a proxy, and
// has it judge each: a row of a table for each, with what is true of it.
//
// It is a module of its own, so that who imports kmsproof does not get the limiters.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

func main() {
	profile := flag.String("profile", "per-key-300", "load profile by which they are judged")
	keys := flag.Int("keys", 2, "keys under load")
	tries := flag.Int("tries", 3, "how often a run that is invalid is made at most")
	busy := flag.Bool("busy", false, "bear what a busy machine does to the generator; less can be told then")
	only := flag.String("only", "", "only the limiters whose name holds this")
	seed := flag.Uint64("seed", 1, "seed of the first run; each takes the next")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p, err := loadgen.Lookup(*profile)
	if err == nil {
		if *busy {
			p = bearing(p)
		}
		err = table(ctx, os.Stdout, p, *keys, *tries, *only, *seed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "strangers:", err)
		os.Exit(2)
	}
}

// bearing returns the profile with wide bounds for the generator. They stay well within a bucket of one
// second's worth, so that what the sends ask for is still within the published limit.
func bearing(p loadgen.Profile) loadgen.Profile {
	p.MissAfter = 100 * time.Millisecond
	p.Conforming = loadgen.Bounds{Sent: 0.9, LateP99: 80 * time.Millisecond, Burst: 60}
	p.Saturating = p.Conforming
	return p
}

// table judges every limiter and writes a row for each as it is done.
func table(ctx context.Context, w io.Writer, p loadgen.Profile, keys, tries int, only string, seed uint64) (err error) {
	fmt.Fprintf(w, "| limiter | set to | right | verdict | tries | seed | why |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, s := range strangers {
		if !strings.Contains(s.name, only) {
			continue
		}
		var l reports.Load
		tried := 0
		for tried < tries && (tried == 0 || l.Verdict == reports.LoadInvalid) && ctx.Err() == nil {
			tried++
			seed++
			if l, err = judged(ctx, s, p, loadgen.Options{Seed: seed, Keys: keys, AllowOverload: true, Controls: true}); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %d | %d | %s |\n", s.name, s.is, s.right, l.Verdict, tried, seed, l.Why)
	}
	return ctx.Err()
}

// judged plays a profile against a fresh reference without limits behind a fresh limiter.
func judged(ctx context.Context, s stranger, p loadgen.Profile, o loadgen.Options) (reports.Load, error) {
	passes, err := s.open()
	if err != nil {
		return reports.Load{}, err
	}
	t, err := behind(ctx, passes)
	if err != nil {
		return reports.Load{}, err
	}
	defer t.Close()
	return loadgen.Run(ctx, t, p, o)
}

// behind opens a reference without limits of its own behind a proxy that asks a limiter. The caller closes it.
func behind(ctx context.Context, passes func(key string) bool) (*target.Target, error) {
	opened, err := proof.Resolve(ctx, "reference", reference.Options{Limit20: limit.Off{}, Limit10: limit.Off{}}, "strang")
	if err != nil {
		return nil, err
	}
	t, err := opened.Load(ctx)
	if err != nil {
		return nil, err
	}
	upstream, err := url.Parse(t.URLs[target.API20])
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(upstream)
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, limited := cipherCall(r.URL.Path); limited && !passes(key) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"error":{"errorCode":"420","message":"Rate Limited","details":"Rate Limited"}}`) // the client is gone
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.URLs = map[target.API]string{target.API20: server.URL} // without its admin listener it is a foreign target
	down := t.OnClose
	t.OnClose = func() error {
		server.Close()
		transport.CloseIdleConnections()
		return down()
	}
	return t, nil
}

// cipherCall returns the key of a call that the service limits.
func cipherCall(path string) (key string, limited bool) {
	key, operation, _ := strings.Cut(strings.TrimPrefix(path, "/kms/v1/keys/"), "/")
	return key, operation == "encrypt" || operation == "decrypt"
}
