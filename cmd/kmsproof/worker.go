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
run after the other until it is interrupted, waits for a NATS that is not there yet, and stops sending when it does not hear from the
coordinator for two seconds. See docs/distributed.md.

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

// reach connects, until the command is interrupted, for a minute, or for ever where the worker serves one run after the other. What no waiting
// mends ends it at once.
func (o *working) reach(c *cobra.Command) (*fleet.Link, error) {
	deadline, told := time.Now().Add(reaching), false
	for {
		link, err := fleet.Connect(o.named(), "worker", !o.once)
		if err == nil || !fleet.Passing(err) || o.once && time.Now().After(deadline) {
			return link, err
		}
		if !told {
			told = true
			fmt.Fprintf(c.ErrOrStderr(), "kmsproof: %v; it is tried again\n", err)
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
