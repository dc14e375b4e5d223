package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"text/template"
)

// serve starts the reference and returns its target file once it listens. stop ends it.
func serve(ctx context.Context, program, dir string) (target string, stop func(), err error) {
	target = filepath.Join(dir, "target.yaml")
	server := exec.CommandContext(ctx, program, "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--write-target", target)
	var complaint bytes.Buffer
	server.Stderr = &complaint
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	said, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	}
	if !bufio.NewScanner(said).Scan() {
		stop()
		return "", nil, fmt.Errorf("the reference did not start: %s", &complaint)
	}
	return target, stop, nil
}

// profile plays one phase within the limit. Its own certificate is wide: the bench applies its own.
var profile = template.Must(template.New("profile").Parse(`name: bench
title: Every key at its rate
api: "2.0"
keys: {{.Keys}}
limit: {scope: key, rate: {{.Rate}}, burst: {{.Rate}}}
rest: 2s
missAfter: 100ms
again: 0s
conforming: {sent: 0.01, lateP99: 1s}
saturating: {sent: 0.01, lateP99: 1s}
phases:
  - {name: P, role: conform, rate: {{.Rate}}, for: {{.Length}}}
`))

// own plays a load with kmsproof.
func own(program string) func(context.Context, string, string, load) (result, error) {
	return func(ctx context.Context, dir, target string, l load) (result, error) {
		file, out := filepath.Join(dir, "profile.yaml"), filepath.Join(dir, "out")
		if err := writeProfile(file, l); err != nil {
			return result{}, err
		}
		load := exec.CommandContext(ctx, program, "load", file, "--target", target, "--out", out, "--quiet")
		said, err := load.CombinedOutput()
		var ended *exec.ExitError
		if err != nil && (!errors.As(err, &ended) || ended.ExitCode() == 2) {
			return result{}, fmt.Errorf("%w: %s", err, said)
		}
		return read(filepath.Join(out, "run.json"))
	}
}

func writeProfile(file string, l load) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	err = profile.Execute(f, struct {
		Keys   int
		Rate   float64
		Length string
	}{l.keys, l.rate, l.length.String()})
	return errors.Join(err, f.Close())
}

// read takes a result from a run file.
func read(file string) (result, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return result{}, err
	}
	type quantiles struct{ P99, P999 float64 }
	var run struct {
		Loads []struct {
			Phases []struct {
				Planned, Sent int64
				Late, Send    quantiles
			}
			Generator struct {
				Machine []struct{ CPU, Waited, Stolen float64 }
			}
		}
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return result{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(run.Loads) != 1 || len(run.Loads[0].Phases) != 1 || len(run.Loads[0].Generator.Machine) != 1 {
		return result{}, fmt.Errorf("%s: it does not hold one phase of one load", file)
	}
	ph, m := run.Loads[0].Phases[0], run.Loads[0].Generator.Machine[0]
	return result{planned: ph.Planned, sent: ph.Sent, lateP99: ph.Late.P99, lateP999: ph.Late.P999, sendP99: ph.Send.P99,
		machine: fmt.Sprintf("the sender used %.2f processors, work waited for one %.0f %% of the time", m.CPU, 100*m.Waited)}, nil
}
