package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// goalCases is for how many cases the goals of the suite are said.
const goalCases = 400

// suiteFigures time the conformance suite: in memory, without and with the race detector, each in a process of its
// own, and over sockets by the command, its start and its reports included.
func suiteFigures(ctx context.Context, o *options) (all []figure, err error) {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	raced := filepath.Join(dir, "raced")
	build := exec.CommandContext(ctx, "go", "build", "-race", "-o", raced, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build -race: %w: %s", err, said)
	}
	cases := 0
	for _, w := range []struct {
		what   string
		args   []string
		within float64 // seconds, for goalCases
	}{
		{"the suite in memory", []string{self, "-suite"}, 5},
		{"the same under the race detector", []string{raced, "-suite"}, 12},
		{"the same over sockets, by the command", []string{o.kmsproof, "conform", "--quiet", "--out", filepath.Join(dir, "out")}, 8},
	} {
		took, out, err := timed(ctx, w.args...)
		if err != nil {
			return nil, err
		}
		if cases == 0 {
			if _, err := fmt.Sscan(out, &cases); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", w.what, out, err)
			}
		}
		all = append(all, atMost(fmt.Sprintf("%s: %d cases", w.what, goalCases), "%.1f s", took*goalCases/float64(cases), w.within,
			fmt.Sprintf("all %d cases in %.1f s, of which this is the share", cases, took)))
	}
	return all, nil
}

// mutantFigures time the named kills and the kill matrix, which asks every scenario and every mutant.
func mutantFigures(ctx context.Context, o *options) (all []figure, err error) {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, w := range []struct {
		what   string
		args   []string
		within float64 // seconds
	}{
		{"the named kills", []string{"mutants"}, 60},
		{"the kill matrix: every scenario on every mutant", []string{"mutants", "--matrix", filepath.Join(dir, "matrix.txt"), "--seed", "1"}, 600},
	} {
		took, out, err := timed(ctx, append([]string{o.kmsproof}, w.args...)...)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		all = append(all, atMost(w.what, "%.0f s", took, w.within, lines[len(lines)-1]))
	}
	return all, nil
}

// timed runs a program to its end, and returns the seconds that it took, with what it printed.
func timed(ctx context.Context, args ...string) (seconds float64, out string, err error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	began := time.Now()
	said, err := cmd.Output()
	seconds = time.Since(began).Seconds()
	if err != nil {
		return 0, "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, said)
	}
	return seconds, string(said), nil
}

// playSuite is the process of its own: it runs the suite in memory and prints how many cases it ran.
func playSuite(ctx context.Context) error {
	r, err := steps.Run(ctx, steps.Options{Open: proof.Reference(reference.Options{Seed: 1}), Seed: 1})
	if err != nil {
		return err
	}
	for _, s := range r.Scenarios {
		if s.Outcome != reports.Passed {
			return fmt.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
		}
	}
	fmt.Println(len(r.Scenarios))
	return nil
}
