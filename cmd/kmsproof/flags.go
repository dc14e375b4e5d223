package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kmsproof/kmsproof/near"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
)

// common are the flags of every verb that runs something.
type common struct {
	target  string
	out     string
	seed    uint64
	timeout time.Duration
	dryRun  bool
	keep    bool
	quiet   bool
	strict  bool
	live    string
	lang    string // of the pages and of the view on a terminal
}

func (o *common) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.target, "target", "reference", "what to run against: reference, mutant:NAME, or a target FILE.yaml")
	f.StringVar(&o.out, "out", "kmsproof-out", "folder for run.json and the reports; an earlier run in it is replaced")
	f.Uint64Var(&o.seed, "seed", 0, "seed of everything that is drawn at random; 0 draws one and reports it")
	f.DurationVar(&o.timeout, "timeout", 0, "end the run after this time, as an interrupt would; 0: never")
	f.BoolVar(&o.dryRun, "dry-run", false, "say which calls would be made, and make none to the target")
	f.BoolVar(&o.keep, "keep", false, "leave the keys that the run creates")
	f.BoolVar(&o.quiet, "quiet", false, "no picture on a terminal, only a line every fifteen seconds; in a log nothing while it runs; nowhere what it will do before")
	f.StringVar(&o.live, "live", "", "show the run as a page on this `HOST:PORT`; without a host on loopback, port 0 takes a free one")
	f.StringVar(&o.lang, "lang", "auto", languages+"; the view on a terminal speaks it too, and auto is the locale's there")
	f.BoolVar(&o.strict, "strict", false, "warnings count as failures, a partial result as none (exit 3)")
}

// within returns ctx with the run's own time limit.
func (o *common) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.timeout, timeUp(o.timeout))
}

// timeUp is the end of a run by --timeout: a [context.DeadlineExceeded] that says so.
type timeUp time.Duration

func (t timeUp) Error() string {
	return fmt.Sprintf("the time of --timeout %v is over", time.Duration(t))
}

func (timeUp) Is(err error) bool { return err == context.DeadlineExceeded }

// ending says why ctx ended before what was to be done: the time was over, or somebody interrupted it.
func ending(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return context.Cause(ctx).Error()
	}
	return "interrupted"
}

// seeded draws a seed where none was given. It fits a JSON number.
func (o *common) seeded() {
	for o.seed == 0 {
		var raw [8]byte
		_, _ = rand.Read(raw[:]) // never fails
		o.seed = binary.LittleEndian.Uint64(raw[:]) >> 32
	}
}

// resolve finds the target. The run's id, six characters, marks the keys that it creates.
func (o *common) resolve(ctx context.Context) (*proof.Target, error) {
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // never fails
	id := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))[:6]
	return proof.Resolve(ctx, o.target, reference.Options{Seed: o.seed, Version: version}, id)
}

// selected is the member of a run's configuration that holds what was selected beside flags.
const selected = "selected"

// configuration is the effective value of every flag, for the run file, and what was named beside them. No
// flag holds a secret.
func configuration(flags *pflag.FlagSet) map[string]string {
	config := map[string]string{}
	if flags.NArg() > 0 {
		config[selected] = strings.Join(flags.Args(), " ")
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			config[f.Name] = f.Value.String()
		}
	})
	return config
}

// oneFormat refuses a value of --format that is none of these.
func oneFormat(format string, known ...string) error {
	if slices.Contains(known, format) {
		return nil
	}
	return fmt.Errorf("--format: no format %q; there are %s%s", format, strings.Join(known, ", "), near.Hint(format, known))
}

// positive refuses a number below zero of a flag.
func positive(flag string, n int) error {
	if n < 0 {
		return fmt.Errorf("--%s %d: it must not be below zero", flag, n)
	}
	return nil
}
