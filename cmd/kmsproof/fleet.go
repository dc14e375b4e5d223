package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/proof"
)

// cluster are the flags that say how NATS is reached.
type cluster struct {
	at                   clusterURL
	creds, ca, cert, key string
	prefix               string
}

// A clusterURL may hold a password, which no report shows.
type clusterURL string

func (u *clusterURL) String() string     { return fleet.Shown(string(*u)) }
func (u *clusterURL) Set(s string) error { *u = clusterURL(s); return nil }
func (u *clusterURL) Type() string       { return "URL" }

func (k *cluster) register(c *cobra.Command, use string) {
	f := c.Flags()
	f.Var(&k.at, "nats", use)
	f.StringVar(&k.creds, "nats-creds", "", "credentials `FILE` for NATS (JWT and seed)")
	f.StringVar(&k.ca, "nats-ca", "", "PEM `FILE` of the authority that signed the certificate of NATS; also asks for TLS")
	f.StringVar(&k.cert, "nats-cert", "", "PEM `FILE` of a client certificate for NATS, with --nats-key")
	f.StringVar(&k.key, "nats-key", "", "PEM `FILE` of the key of --nats-cert")
	f.StringVar(&k.prefix, "nats-prefix", "kmsproof", "first part of all subjects, streams and buckets; coordinator and workers must have the same")
}

func (k *cluster) named() fleet.Cluster {
	return fleet.Cluster{URL: string(k.at), Creds: k.creds, CA: k.ca, Cert: k.cert, Key: k.key, Prefix: k.prefix}
}

func (k *cluster) check() error {
	if (k.cert == "") != (k.key == "") {
		return errors.New("--nats-cert and --nats-key go together")
	}
	if err := k.named().Check(); err != nil {
		return fmt.Errorf("--nats-prefix: %w", err)
	}
	return nil
}

// program names what coordinator and workers must have in common. Builds whose version does not say what they
// were made of must be the same file.
func program() string {
	if version != "dev" && !strings.HasSuffix(version, "-dirty") {
		return version
	}
	self, err := os.Executable()
	if err != nil {
		return version
	}
	f, err := os.Open(self)
	if err != nil {
		return version
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return version
	}
	return fmt.Sprintf("%s-%.6x", version, sum.Sum(nil))
}

// fleets are the flags of load that have other processes send.
type fleets struct {
	cluster
	workers int
	wait    time.Duration
}

func (f *fleets) register(c *cobra.Command) {
	f.cluster.register(c, "have the workers at this NATS send the calls; several, with commas between, for a cluster")
	c.Flags().IntVar(&f.workers, "workers", 0, "so many processes send the calls: started here with a NATS of their own, or with --nats waited for there; 0: this process sends, or with --nats whoever is there within two seconds")
	c.Flags().DurationVar(&f.wait, "workers-wait", 30*time.Second, "how long to wait for --workers")
}

// check refuses flags that make no sense together.
func (f *fleets) check() error {
	if f.wait <= 0 {
		return fmt.Errorf("--workers-wait %v: it must be above zero", f.wait)
	}
	return errors.Join(positive("workers", f.workers), f.cluster.check())
}

// wanted reports whether other processes are to send.
func (f *fleets) wanted() bool { return f.workers > 0 || f.at != "" }

// muster returns a coordinator with its workers on their way. The second function ends them all.
func (f *fleets) muster(log func(string, ...any), stderr io.Writer) (*fleet.Coordinator, func() error, error) {
	var closing []func() error
	end := func() (err error) {
		for i := range closing {
			err = errors.Join(err, closing[len(closing)-1-i]())
		}
		return err
	}
	at := f.named()
	if f.at == "" {
		s, err := fleet.Serve()
		if err != nil {
			return nil, nil, err
		}
		closing = append(closing, s.Close)
		at.URL = s.URL
		crew, err := employ(f.workers, at, stderr)
		closing = append(closing, crew.dismiss)
		if err != nil {
			return nil, nil, errors.Join(err, end())
		}
	}
	link, err := fleet.Connect(at, "coordinator", false)
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	closing = append(closing, func() error { link.Close(); return nil })
	c := fleet.NewCoordinator(link, fleet.Options{Version: program(), Workers: f.workers, Wait: f.wait, Log: log})
	closing = append(closing, c.Close)
	return c, end, nil
}

// rehearse is a dry run: who sends the calls changes nothing about them but who tries a server of its own
// first.
func (f *fleets) rehearse(c *cobra.Command, o *common, play func(*proof.Job) error) error {
	if err := o.perform(c, play); err != nil {
		return err
	}
	who := "the workers that are there"
	if f.workers > 0 {
		who = fmt.Sprintf("%d workers", f.workers)
	}
	fmt.Fprintf(c.OutOrStdout(), "%s share the calls, and each first tries a server of its own with its share\n", who)
	return nil
}

// perform is common.perform with other processes that send.
func (f *fleets) perform(c *cobra.Command, o *common, play func(*proof.Job) error) error {
	stderr := c.ErrOrStderr()
	_, drawn := onTerminal(stderr)
	coordinator, end, err := f.muster(logging(stderr, o.quiet || drawn), stderr)
	if err != nil {
		return err
	}
	err = o.perform(c, func(j *proof.Job) error {
		j.Load.Fleet = coordinator
		return play(j)
	})
	if ended := end(); ended != nil && (err == nil || isVerdict(err)) {
		fmt.Fprintf(stderr, "kmsproof: %v\n", ended) // the verdict stands
	}
	return err
}

func isVerdict(err error) bool {
	_, ok := errors.AsType[verdict](err)
	return ok
}

// A crew is worker processes that were started here.
type crew struct {
	running sync.WaitGroup
	kill    context.CancelFunc
}

// parting is how long worker processes may take to end.
const parting = 5 * time.Second

// employ starts worker processes. Also beside an error there may be some to dismiss.
func employ(n int, at fleet.Cluster, stderr io.Writer) (*crew, error) {
	ctx, kill := context.WithCancel(context.Background())
	c := &crew{kill: kill}
	self, err := os.Executable()
	if err != nil {
		return c, fmt.Errorf("--workers: %w", err)
	}
	for range n {
		w := exec.CommandContext(ctx, self, "worker", "--once", "--quiet", "--nats-prefix", at.Prefix)
		w.Env = append(among(n, withoutOurs(os.Environ())), "KMSPROOF_NATS="+at.URL) // a command line can be seen by others
		w.Stderr = stderr
		detach(w)
		if err := w.Start(); err != nil {
			return c, fmt.Errorf("--workers: %w", err)
		}
		c.running.Go(func() { _ = w.Wait() }) // who is missed is named by the coordinator
	}
	return c, nil
}

func withoutOurs(environ []string) (out []string) {
	for _, e := range environ {
		if !strings.HasPrefix(e, envPrefix) {
			out = append(out, e)
		}
	}
	return out
}

// dismiss waits for the processes, and ends those that do not end by themselves.
func (c *crew) dismiss() error {
	timer := time.AfterFunc(parting, c.kill)
	c.running.Wait()
	timer.Stop()
	c.kill()
	return nil
}
