// Command bench measures what kmsproof claims about its speed, side by side with a yardstick in the
// same run: figures of one machine at one hour mean little, their ratios mean much.
//
// It is a module of its own, so that who imports kmsproof does not get its peers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// options are what a run is told.
type options struct {
	kmsproof string        // the binary that is measured
	rounds   int           // of each side
	round    time.Duration // length of one
	only     string        // only measures whose name begins so
	page     string        // the page whose table is written anew

	vegeta, k6 string        // the peers' binaries
	rate       float64       // calls per second that a server is to expect
	length     time.Duration // of a load
}

func main() {
	var o options
	bare := flag.Bool("bare", false, "be the yardstick: answer on a free port until stdin ends")
	arrivals := flag.Bool("arrivals", false, "be the server that notes when calls come, at -rate and -for")
	day := flag.Bool("day", false, "be the process that plays and judges a day")
	suite := flag.Bool("suite", false, "be the process that runs the conformance suite in memory")
	flag.Float64Var(&o.rate, "rate", 0, "calls per second that are due, for -arrivals")
	flag.DurationVar(&o.length, "for", 6*time.Second, "length of each load of the open loop")
	flag.StringVar(&o.vegeta, "vegeta", "../bin/vegeta", "vegeta's `binary`")
	flag.StringVar(&o.k6, "k6", "../bin/k6", "k6's `binary`")
	flag.StringVar(&o.kmsproof, "kmsproof", "../bin/kmsproof", "the `binary` that is measured")
	flag.IntVar(&o.rounds, "rounds", 31, "rounds of each side, and three times as many with 10,000 keys; the figures are their medians")
	flag.DurationVar(&o.round, "round", 500*time.Millisecond, "length of a round")
	flag.StringVar(&o.only, "only", "", "only the measures whose name begins with this")
	flag.StringVar(&o.page, "page", "", "write the table into this `file`, between its markers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := o.run
	switch {
	case *bare:
		run = serveBare
	case *arrivals:
		run = o.serveArrivals
	case *day:
		run = playDay
	case *suite:
		run = playSuite
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// A measure is a group of figures that are taken together.
type measure struct {
	name string
	what string
	take func(context.Context, *options) ([]figure, error)
}

var measures = []measure{
	{"encrypt", "encrypt beside a bare handler", encryptFigures},
	{"keys", "the same with 10,000 keys", manyFigures},
	{"memory", "memory of a key", memoryFigures},
	{"day", "a day recorded and judged", dayFigures},
	{"limiter", "a decision of the limiter", limiterFigures},
	{"start", "from start to the first answer", startFigures},
	{"fresh", "a fresh server for a scenario", freshFigures},
	{"suite", "the conformance suite", suiteFigures},
	{"mutants", "the named kills and the kill matrix", mutantFigures},
	{"decide", "the short profiles, from start to verdict", decideFigures},
	{"owed", "64 keys at 300 calls a second each", owedFigures},
	{"carried", "as many keys as the cores carry", carriedFigures},
	{"open", "open loop, beside vegeta's command and k6", openFigures},
}

// asTheyCome takes out of the environment what make sets for its compilers: who is measured collects garbage as it comes.
func asTheyCome() error { return errors.Join(os.Unsetenv("GOGC"), os.Unsetenv("GOMEMLIMIT")) }

// run takes every measure that was asked for, prints each as it comes, and writes the page.
func (o *options) run(ctx context.Context) error {
	if err := asTheyCome(); err != nil {
		return err
	}
	var all []figure
	busy := busyness()
	for _, m := range measures {
		if !strings.HasPrefix(m.name, o.only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s: %s ...\n", m.name, m.what)
		got, err := m.take(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		for _, f := range got {
			fmt.Println(f.line())
		}
		all = append(all, got...)
	}
	if len(all) == 0 {
		return fmt.Errorf("no measure is named %s", o.only)
	}
	if o.page == "" {
		return nil
	}
	return writePage(o.page, busy, all)
}
