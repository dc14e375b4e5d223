// Command bench measures how much open-loop load a sender delivers against the reference, each in a
// process of its own, and applies the same certificate to every sender: at least 99.9 % of the planned
// calls sent, and 99 % of them at most 5 ms after they were due. Rates are tried in rising order, each
// against a fresh server; a rate that fails is tried once more.
//
// It runs in a module of its own, and needs nothing but Go. Run it on a machine that does nothing else.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A load is what a sender is asked for: each key gets rate calls a second, by its own schedule.
type load struct {
	keys   int
	rate   float64
	length time.Duration
}

func (l load) perSecond() float64 { return float64(l.keys) * l.rate }

// A result is what a sender delivered.
type result struct {
	planned, sent int64
	lateP99       float64 // milliseconds from due to sent
	lateP999      float64
	sendP99       float64 // milliseconds from sent to answered
	machine       string  // what the machine did meanwhile, where the sender tells
}

// held reports whether the certificate is met.
func (r result) held() bool {
	return r.planned > 0 && float64(r.sent) >= 0.999*float64(r.planned) && r.lateP99 <= 5
}

// A sender plays a load against the target of a target file. Its error means that it could not.
type sender struct {
	name string
	play func(ctx context.Context, dir, target string, l load) (result, error)
}

func main() {
	keys := flag.String("keys", "16,32,48,64,80,96,112,128", "numbers of keys to try, in rising order")
	rate := flag.Float64("rate", 300, "calls per second on each key")
	length := flag.Duration("for", 20*time.Second, "length of each try")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *keys, *rate, *length); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, keys string, rate float64, length time.Duration) error {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "kmsproof")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/kmsproof/kmsproof/cmd/kmsproof")
	build.Dir, build.Stderr = "..", os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build kmsproof: %w", err)
	}
	fmt.Fprintf(out, "goos: %s\ngoarch: %s\ncores: %d\nload average: %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), loadAverage())
	for _, s := range []sender{{"kmsproof", own(program)}} {
		if err := climb(ctx, out, program, dir, s, strings.Split(keys, ","), rate, length); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// climb tries the numbers of keys until one fails twice, and prints a benchmark line for each try.
func climb(ctx context.Context, out io.Writer, program, dir string, s sender, keys []string, rate float64, length time.Duration) error {
	best := 0.0
	for _, n := range keys {
		count, err := strconv.Atoi(n)
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		l := load{keys: count, rate: rate, length: length}
		held, err := twice(ctx, out, program, dir, s, l)
		if err != nil {
			return err
		}
		if !held {
			break
		}
		best = l.perSecond()
	}
	fmt.Fprintf(out, "# %s: %.0f calls per second are the most that were certified\n", s.name, best)
	return nil
}

func twice(ctx context.Context, out io.Writer, program, dir string, s sender, l load) (held bool, err error) {
	for range 2 {
		r, err := try(ctx, program, dir, s, l)
		if err != nil {
			return false, err
		}
		verdict := "fell short"
		if r.held() {
			verdict = "held"
		}
		fmt.Fprintf(out, "BenchmarkOpenLoop/sender=%s/keys=%d 1 %.0f calls/s %.5f sent/planned %.3f late-p99-ms %.3f late-p999-ms %.3f answer-p99-ms\n",
			s.name, l.keys, l.perSecond(), float64(r.sent)/float64(max(r.planned, 1)), r.lateP99, r.lateP999, r.sendP99)
		fmt.Fprintf(out, "# %s; %s; load average %s\n", verdict, r.machine, loadAverage())
		if r.held() {
			return true, nil
		}
	}
	return false, nil
}

// try plays a load once, against a server of its own.
func try(ctx context.Context, program, dir string, s sender, l load) (result, error) {
	target, stop, err := serve(ctx, program, dir)
	if err != nil {
		return result{}, err
	}
	defer stop()
	return s.play(ctx, dir, target, l)
}

// loadAverage returns what the system says of the last minute.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(data), " ")
	return first
}
