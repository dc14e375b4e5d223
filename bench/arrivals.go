package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

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

// serveArrivals is the process that senders call: a reference behind a door, so that senders can make keys. When stdin
// ends it prints a delivery.
func (o *options) serveArrivals(context.Context) error {
	s, err := reference.Start(reference.Options{Seed: 1, Limit20: limit.Off{}}, reference.Listen{})
	if err != nil {
		return err
	}
	defer s.Close()
	d := &door{arrivals: arrivals{began: time.Now(), at: make([]time.Duration, 0, 1<<20)}, answers: map[string][]byte{}}
	d.behind = fasthttpadaptor.NewFastHTTPHandler(s.Handler(reference.API20))
	at, shut, err := d.open()
	if err != nil {
		return err
	}
	defer shut()
	owner := s.Accounts()[0]
	ready := served{at, s.URLs[reference.Admin], owner.AccessKey, owner.SecretKey}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	d.arrivals.mu.Lock()
	defer d.arrivals.mu.Unlock()
	planned := int(o.rate * o.length.Seconds())
	gap := time.Duration(float64(time.Second) / o.rate)
	return json.NewEncoder(os.Stdout).Encode(judge(longest(d.at, time.Second), planned, gap))
}

// A door answers encrypts in place of the service behind it. What it costs is common to all senders that are compared
// on the cores that they share with it, so it is a cheap server, and not net/http's. What the service behind it has in its
// journal is of no use: the texts are fasthttp's, which uses their memory again.
type door struct {
	arrivals
	behind fasthttp.RequestHandler

	mu      sync.RWMutex
	answers map[string][]byte // of keys, by path
}

// open serves at the address that it returns until shut is called.
func (d *door) open() (at string, shut func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &fasthttp.Server{Handler: d.answer, NoDefaultServerHeader: true, MaxRequestBodySize: 1 << 20}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) }) // whoever has no answer says so
	return "http://" + l.Addr().String(), func() { l.Close(); serving.Wait() }, nil
}

// answer notes when encrypt was asked for. The first answer on each key is the service's, so that a sender can check
// it; the others repeat it. All other calls are the service's.
func (d *door) answer(c *fasthttp.RequestCtx) {
	if !bytes.HasSuffix(c.Path(), []byte("/encrypt")) {
		d.behind(c)
		return
	}
	d.add()
	if answer, ok := d.known(c.Path()); ok {
		c.SetContentType(jsonType[0])
		c.SetBody(answer)
		return
	}
	d.behind(c)
	if c.Response.StatusCode() == http.StatusOK {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.answers[string(c.Path())] = bytes.Clone(c.Response.Body())
	}
}

func (d *door) known(path []byte) (answer []byte, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	answer, ok = d.answers[string(path)]
	return answer, ok
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
