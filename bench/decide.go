package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// decisive are the profiles whose verdict is promised within some time, by the whole command: its start, its
// controls, its keys, its rests and its reports included.
var decisive = []struct {
	profile string
	within  time.Duration
}{{"gentle", 15 * time.Second}, {"per-key-300", 45 * time.Second}}

// decideFigures times them against the embedded reference.
func decideFigures(ctx context.Context, o *options) (all []figure, err error) {
	for _, d := range decisive {
		what := d.profile + ": from its start to its verdict"
		took, repeats, err := o.decides(ctx, d.profile)
		switch {
		case errors.Is(err, errUndecided):
			all = append(all, figure{what: what, got: "invalid", goal: fmt.Sprintf("≤ %.1f s", d.within.Seconds()), fails: true, note: err.Error()})
		case err != nil:
			return nil, err
		default:
			all = append(all, atMost(what, "%.1f s", took.Seconds(), d.within.Seconds(),
				fmt.Sprintf("on the embedded reference, which passes; tries before it that played a phase again: %d", repeats)))
		}
	}
	return all, nil
}

// errUndecided says that no try decided without a repeat.
var errUndecided = fmt.Errorf("of %d tries none decided without playing a phase again: the machine was too busy", tries)

// decides plays a profile until a run of it decides without a repeat, and returns how long that one took and how many
// were before it.
func (o *options) decides(ctx context.Context, profile string) (took time.Duration, before int, err error) {
	for before = range tries {
		took, clean, err := o.decide(ctx, profile)
		if err != nil || clean {
			return took, before, err
		}
		fmt.Fprintf(os.Stderr, "  %s: a phase was played again, or the controls failed, in %.1f s\n", profile, took.Seconds())
	}
	return 0, 0, errUndecided
}

// decide plays a profile once. It is clean if it passed and no phase was played again.
func (o *options) decide(ctx context.Context, profile string) (took time.Duration, clean bool, err error) {
	dir, err := os.MkdirTemp("", "kmsproof-bench-")
	if err != nil {
		return 0, false, err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	said, err := exec.CommandContext(ctx, o.kmsproof, "load", profile, "--out", filepath.Join(dir, "out"), "--quiet").CombinedOutput()
	took = time.Since(began)
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() == 2) {
		return 0, false, fmt.Errorf("%w: %s", err, said)
	}
	clean, err = passedAtOnce(filepath.Join(dir, "out", "run.json"))
	return took, clean, err
}

// passedAtOnce reads of a run file with one load whether it passed and no phase of it was played again.
func passedAtOnce(file string) (bool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	var run struct {
		Loads []struct {
			Verdict   string
			Generator struct{ Repeats []string }
		}
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	if len(run.Loads) != 1 {
		return false, fmt.Errorf("%s: it does not hold one load", file)
	}
	l := run.Loads[0]
	if l.Verdict == "fail" {
		return false, fmt.Errorf("%s: the embedded reference failed", file)
	}
	return l.Verdict == "pass" && len(l.Generator.Repeats) == 0, nil
}
