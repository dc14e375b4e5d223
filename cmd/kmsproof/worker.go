package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
)

// working are the flags of worker.
type working struct {
	cluster
	targetCA    string
	once, quiet bool
}

func newWorker() *cobra.Command {
	var o working
	c := &cobra.Command{
		Use: "worker", Short: "Waits for load runs and sends a share of their calls", Args: cobra.NoArgs,
		Long: `worker waits at a NATS server for load --nats, takes some of the keys, and sends their calls when they are
due. It needs no target file: it is told the calls of its keys, signed, and no other secret. It serves one
run after the other until it is interrupted, and stops sending when it does not hear from the coordinator for two
seconds. It waits for a NATS that is not there yet, a minute for one whose name nobody knows. See
docs/distributed.md.

A password in the URL is seen by who can list processes; KMSPROOF_NATS and --nats-creds keep it from them.`,
		Example: `  kmsproof worker --nats nats://nats.example.test:4222
  kmsproof worker --nats tls://nats.example.test --nats-creds worker.creds --nats-ca ca.pem
  KMSPROOF_NATS=nats://load:PASSWORD@10.0.0.5 kmsproof worker`,
		RunE: func(c *cobra.Command, _ []string) error { return o.work(c) },
	}
	o.register(c, "where to wait; several, with commas between, for a cluster")
	f := c.Flags()
	f.StringVar(&o.targetCA, "ca", "", "PEM `FILE` of the authority that signed the target's certificate; empty: the run's, else one that the system knows")
	f.BoolVar(&o.once, "once", false, "end after one run, or where none has taken it within an hour")
	f.BoolVar(&o.quiet, "quiet", false, "say nothing while it waits and works")
	return c
}

func (o *working) work(c *cobra.Command) error {
	if o.at == "" {
		return errors.New("--nats: say where to wait, such as nats://127.0.0.1:4222")
	}
	if err := o.check(); err != nil {
		return err
	}
	roots, err := authority(o.targetCA)
	if err != nil {
		return err
	}
	collectSeldom()
	link, err := o.reach(c)
	if errors.Is(err, context.Canceled) {
		return nil // as where it waits for a run
	}
	if err != nil {
		return err
	}
	defer link.Close()
	return fleet.Work(c.Context(), link, fleet.WorkerOptions{Version: program(), Roots: roots, Once: o.once, Idle: idle, Log: logging(c.ErrOrStderr(), o.quiet)})
}

// idle is for how long a worker that serves one run waits for it: whoever would start that may be gone.
const idle = time.Hour

// reaching is for how long a worker tries to reach a NATS that may be on its way, and retry is the time between
// two tries.
const reaching, retry = time.Minute, time.Second

// A search is that of a worker for a NATS that may be on its way.
type search struct {
	once  bool // it is to serve one run
	since time.Time
	limit time.Duration // since then; zero: for ever
}

// goesOn reports whether it goes on after an error at some time. What no waiting mends ends it at once; that nobody
// knows the name of the server may be mended by a minute, and so may be whatever a worker meets that serves one run.
func (s *search) goesOn(now time.Time, err error) bool {
	limit := time.Duration(0)
	if s.once || fleet.Unknown(err) {
		limit = reaching
	}
	if s.since.IsZero() || limit != s.limit {
		s.since, s.limit = now, limit
	}
	return fleet.Passing(err) && (limit == 0 || now.Sub(s.since) < limit)
}

// String says for how long it goes on.
func (s *search) String() string {
	if s.limit == 0 {
		return "it is tried again until it is there"
	}
	return fmt.Sprintf("it is tried again for %v", s.limit)
}

// reach connects, or gives up, or is interrupted.
func (o *working) reach(c *cobra.Command) (*fleet.Link, error) {
	s, told := search{once: o.once}, ""
	for {
		link, err := fleet.Connect(o.named(), "worker", !o.once)
		if err == nil || !s.goesOn(time.Now(), err) {
			return link, err
		}
		if told != s.String() {
			told = s.String()
			fmt.Fprintf(c.ErrOrStderr(), "kmsproof: %v; %s\n", err, told)
		}
		select {
		case <-time.After(retry):
		case <-c.Context().Done():
			return nil, c.Context().Err()
		}
	}
}

// authority reads a file of certificates; none for an empty name.
func authority(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca: %s holds no PEM certificate", file)
	}
	return roots, nil
}

// logging returns what writes a line; nil where nothing is to be said.
func logging(w io.Writer, quiet bool) func(string, ...any) {
	if quiet {
		return nil
	}
	return func(format string, a ...any) { fmt.Fprintf(w, "fleet: "+format+"\n", a...) }
}
