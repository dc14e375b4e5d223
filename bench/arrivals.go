package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// arrivals are when calls came, by the server's machine time. A sender is judged by them, and not by
// what it says of itself, so that one judgement serves all senders.
type arrivals struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Duration // since began
}

func (a *arrivals) add() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, time.Since(a.began))
}

// A delivery is what came of calls that were due at even distances.
type delivery struct {
	Planned, Came int
	LateP99       time.Duration
}

// Limits of the certificate.
const (
	leastCame = 0.999
	mostLate  = 5 * time.Millisecond
)

// held reports whether the certificate is met: 99.9 % came, and 99 % of what was due came at most 5 ms
// after it was due.
func (d delivery) held() bool {
	return d.Planned > 0 && float64(d.Came) >= leastCame*float64(d.Planned) && d.LateP99 <= mostLate
}

// judge compares arrivals in order with calls that were due at even distances. When the first was due is
// not known to the server: it is taken from the call that came earliest against its turn, which was at
// least that late. Calls that never came count as late.
func judge(at []time.Duration, planned int, gap time.Duration) delivery {
	at = at[:min(len(at), planned)]
	d := delivery{Planned: planned, Came: len(at), LateP99: time.Hour}
	if len(at) == 0 {
		return d
	}
	late := make([]time.Duration, len(at))
	for i, t := range at {
		late[i] = t - time.Duration(i)*gap
	}
	slices.Sort(late)
	if worst := planned * 99 / 100; worst < len(late) {
		d.LateP99 = late[worst] - late[0]
	}
	return d
}

// longest returns the longest run of arrivals without a pause: the calls by which a sender gets ready
// are not judged.
func longest(at []time.Duration, pause time.Duration) []time.Duration {
	best, first := at[:0], 0
	for i := range at {
		if i+1 == len(at) || at[i+1]-at[i] > pause {
			if run := at[first : i+1]; len(run) > len(best) {
				best = run
			}
			first = i + 1
		}
	}
	return best
}

// serveArrivals is the process that senders call: a reference whose encrypt is as cheap as the bare
// handler, so that senders can make keys and what is measured is the sender. When stdin ends it prints a delivery.
func (o *options) serveArrivals(context.Context) error {
	a := &arrivals{began: time.Now(), at: make([]time.Duration, 0, 1<<20)}
	s, err := reference.Start(reference.Options{Seed: 1, Limit20: limit.Off{}, Wrap: a.instead}, reference.Listen{})
	if err != nil {
		return err
	}
	defer s.Close()
	owner := s.Accounts()[0]
	ready := served{s.URLs[reference.API20], s.URLs[reference.Admin], owner.AccessKey, owner.SecretKey}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	a.mu.Lock()
	defer a.mu.Unlock()
	planned := int(o.rate * o.length.Seconds())
	gap := time.Duration(float64(time.Second) / o.rate)
	return json.NewEncoder(os.Stdout).Encode(judge(longest(a.at, time.Second), planned, gap))
}

// instead notes when encrypt was asked for. The first answer on each key is the service's, so that a
// sender can check it; the others repeat it, as the bare handler would.
func (a *arrivals) instead(api string, next http.Handler) http.Handler {
	if api != reference.API20 {
		return next
	}
	var answers sync.Map // of keys, by path
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/encrypt") {
			next.ServeHTTP(w, r)
			return
		}
		a.add()
		if answer, ok := answers.Load(r.URL.Path); ok {
			repeat(w, r, answer.([]byte))
			return
		}
		kept := &keeper{ResponseWriter: w}
		next.ServeHTTP(kept, r)
		if kept.status == http.StatusOK {
			answers.Store(r.URL.Path, kept.body)
		}
	})
}

// A keeper keeps a copy of the answer that goes through it.
type keeper struct {
	http.ResponseWriter
	status int
	body   []byte
}

// WriteHeader implements http.ResponseWriter.
func (k *keeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (k *keeper) Write(p []byte) (int, error) {
	k.body = append(k.body, p...)
	return k.ResponseWriter.Write(p)
}

// launchArrivals starts that process for calls of a rate.
func launchArrivals(rate float64, length time.Duration) (*process, served, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, served{}, err
	}
	p, err := launch(self, "-arrivals", fmt.Sprintf("-rate=%g", rate), "-for="+length.String())
	if err != nil {
		return nil, served{}, err
	}
	var s served
	if err := json.Unmarshal([]byte(p.ready), &s); err != nil {
		p.end()
		return nil, served{}, fmt.Errorf("the ready line: %w", err)
	}
	return p, s, nil
}

// delivered ends that process and returns what came.
func (p *process) delivered() (d delivery, err error) {
	p.stdin.Close()
	line, err := p.out.ReadString('\n')
	if err != nil {
		return d, fmt.Errorf("the server did not say what came: %w", err)
	}
	return d, json.Unmarshal([]byte(line), &d)
}
