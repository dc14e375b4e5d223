package fleet_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// brief is a profile of a few seconds that a busy machine can deliver too: what is tested here is who
// sends what and what comes of it, not how well.
func brief(t *testing.T, api string, phases string) loadgen.Profile {
	t.Helper()
	p, err := loadgen.ParseProfile("brief.yaml", []byte(`
name: brief
title: A few calls
api: "`+api+`"
keys: 4
limit: {scope: key, rate: 300, burst: 300}
rest: 100ms
missAfter: 1s
again: 0s
conforming: {sent: 0.5, lateP99: 900ms, burst: 1000}
saturating: {sent: 0.5, lateP99: 900ms}
phases:
`+phases))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const twoPhases = `
  - {name: one, role: gentle, keys: 2, rate: 100, for: 1500ms}
  - {name: all, role: conform, rate: 100, for: 1500ms}
`

// onReference starts a reference, as a target that several may use.
func onReference(t *testing.T) *target.Target {
	return targetOf(t, start(t, reference.Options{}, reference.Listen{}))
}

func start(t *testing.T, o reference.Options, l reference.Listen) *reference.Server {
	t.Helper()
	o.Seed = 1
	s, err := reference.Start(o, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func targetOf(t *testing.T, s *reference.Server) *target.Target {
	t.Helper()
	owner := s.Accounts()[0]
	var roots *x509.CertPool
	if s.CA != nil {
		roots = x509.NewCertPool()
		roots.AppendCertsFromPEM(s.CA)
	}
	return &target.Target{RootCAs: roots, Authority: s.CA, Name: "reference", Ledger: target.NewLedger("fleets", target.Budget{}, nil),
		URLs:        map[target.API]string{target.API20: s.URLs["api20"], target.API10: s.URLs["api10"]},
		Credentials: map[string]target.Credential{"owner": {AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}}}
}

// embedded starts a NATS server in this process.
func embedded(t *testing.T) fleet.Cluster {
	t.Helper()
	s, err := fleet.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return fleet.Cluster{URL: s.URL}
}

func connected(t *testing.T, c fleet.Cluster, as string) *fleet.Link {
	t.Helper()
	l, err := fleet.Connect(c, as, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// hire starts workers. What it returns ends one of them and waits for it, as does the end of the test.
func hire(t *testing.T, c fleet.Cluster, n int, o fleet.WorkerOptions) (stop []func()) {
	t.Helper()
	for i := range n {
		ctx, cancel := context.WithCancel(context.Background())
		l := connected(t, c, fmt.Sprint("worker ", i))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := fleet.Work(ctx, l, o); err != nil {
				t.Errorf("worker: %v", err)
			}
		})
		end := func() { cancel(); wg.Wait() }
		t.Cleanup(end)
		stop = append(stop, end)
	}
	return stop
}

// books checks that nothing that was planned is missing.
func books(t *testing.T, l reports.Load) {
	t.Helper()
	for _, ph := range l.Phases {
		if ph.Sent+ph.Missed != ph.Planned || ph.Accepted+ph.Limited+ph.Refused+ph.Errors != ph.Sent || ph.Send.Count != ph.Accepted {
			t.Errorf("%s: the books do not balance: %+v", ph.Name, ph)
		}
		if ph.Errors+ph.Refused > 0 || ph.Accepted == 0 {
			t.Errorf("%s: %d accepted, %d refused, %d errors", ph.Name, ph.Accepted, ph.Refused, ph.Errors)
		}
	}
}

// play plays a profile on the workers of a cluster, to its end.
func play(t *testing.T, c fleet.Cluster, o fleet.Options, kms *target.Target, p loadgen.Profile) (reports.Load, error) {
	t.Helper()
	return playWith(t.Context(), t, fleet.NewCoordinator(connected(t, c, "coordinator"), o), kms, p, nil)
}

func playWith(ctx context.Context, t *testing.T, c *fleet.Coordinator, kms *target.Target, p loadgen.Profile, progress func(loadgen.Progress)) (reports.Load, error) {
	l, err := loadgen.Run(ctx, kms, p, loadgen.Options{Seed: 3, Fleet: c, Progress: progress})
	if closed := c.Close(); closed != nil && err == nil {
		t.Error(closed)
	}
	return l, err
}

// playing plays a profile and returns when its first phase is under way; the function waits for its end.
func playing(ctx context.Context, t *testing.T, link *fleet.Link, o fleet.Options, kms *target.Target, p loadgen.Profile) (end func() (reports.Load, error)) {
	t.Helper()
	underWay, ended := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var l reports.Load
	var err error
	go func() { // ends with the run, which the test waits for
		defer close(ended)
		l, err = playWith(ctx, t, fleet.NewCoordinator(link, o), kms, p, func(p loadgen.Progress) {
			if p.Sent > 0 {
				once.Do(func() { close(underWay) })
			}
		})
	}()
	select {
	case <-underWay:
	case <-ended:
		t.Fatalf("it ended before a call was sent: %v", err)
	}
	return func() (reports.Load, error) { <-ended; return l, err }
}

// tap keeps what is published to some subjects.
func tap(t *testing.T, c fleet.Cluster, subjects ...string) (seen func() [][]byte) {
	t.Helper()
	nc, err := nats.Connect(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	var mu sync.Mutex
	var all [][]byte
	for _, s := range subjects {
		if _, err := nc.Subscribe(s, func(m *nats.Msg) {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, m.Data)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	return func() [][]byte {
		_ = nc.Flush()
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// telling returns a log that passes on the lines that hold a word, to whoever reads them.
func telling(word string, to chan<- string) func(string, ...any) {
	return func(format string, a ...any) {
		if line := fmt.Sprintf(format, a...); strings.Contains(line, word) {
			to <- line
		}
	}
}

// onFirst does something when the first message comes to a subject.
func onFirst(t *testing.T, c fleet.Cluster, subject string, do func(jetstream.JetStream)) {
	t.Helper()
	nc, err := nats.Connect(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	if _, err := nc.Subscribe(subject, func(*nats.Msg) { once.Do(func() { do(js) }) }); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
}
