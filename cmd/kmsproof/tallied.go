package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// A tallied is what was asked of the judge so far, as it is printed and kept.
type tallied struct {
	Judge       string     `json:"judge,omitempty"` // see [zoo.Fingerprint]; where it is to be gone on from
	Seed        uint64     `json:"seed"`            // the first
	Experiments int        `json:"experiments"`
	Cells       []zoo.Cell `json:"cells"`
}

// round is how many experiments of each cell are asked before they are noted: a minute or two of them.
const round = 50

// tallied returns what the file to resume holds, or nothing yet. A seed that is not zero must be the file's.
func (k *characteristics) tallied(judge string, seed uint64) (*tallied, error) {
	t := &tallied{Judge: judge, Seed: seed}
	if k.resume == "" {
		return t, nil
	}
	data, err := os.ReadFile(k.resume)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return t, nil
	case err != nil:
		return nil, fmt.Errorf("--resume: %w", err)
	}
	var had tallied
	switch err := json.Unmarshal(data, &had); {
	case err != nil || had.Experiments < 1 || had.Judge == "":
		return nil, fmt.Errorf("--resume %s: it is not what --characteristics --resume writes", k.resume)
	case had.Judge != judge:
		return nil, fmt.Errorf("--resume %s: it is of a judge that says other things than this one; begin another file", k.resume)
	case seed != 0 && had.Seed != seed:
		return nil, fmt.Errorf("--resume %s: its seed is %d, not %d", k.resume, had.Seed, seed)
	case had.Experiments > k.experiments:
		return nil, fmt.Errorf("--resume %s: it holds %d experiments of each already, more than --experiments %d", k.resume, had.Experiments, k.experiments)
	}
	return &had, nil
}

// note keeps what was asked so far; whoever reads the file never finds half of it.
func (k *characteristics) note(t *tallied) error {
	if k.resume == "" {
		return nil
	}
	var b bytes.Buffer
	if err := t.write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(k.resume+".new", b.Bytes(), 0o666); err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	return os.Rename(k.resume+".new", k.resume)
}

// ask asks the judge until t has as many experiments as are wanted or ctx ends. What is wrong it tells at once.
func (k *characteristics) ask(ctx context.Context, t *tallied, line *progress, told io.Writer) error {
	var mu sync.Mutex // of line
	began, first := time.Now(), t.Experiments
	for t.Experiments < k.experiments && ctx.Err() == nil {
		plan := zoo.Plan{Experiments: min(round, k.experiments-t.Experiments), Seed: t.Seed + uint64(t.Experiments)}
		plan.Progress = func(done, of int) {
			if done%50 != 0 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			each := of / plan.Experiments
			all, now, before := k.experiments*each, t.Experiments*each+done, first*each
			left := time.Duration(float64(time.Since(began)) * float64(all-now) / float64(now-before))
			line.line("experiments %d/%d, %v left", now, all, left.Round(time.Second))
		}
		plan.Fault = func(text string) {
			mu.Lock()
			defer mu.Unlock()
			line.clear()
			fmt.Fprintln(told, text)
		}
		cells, err := zoo.Characterize(ctx, plan)
		if ctx.Err() != nil {
			break // the round is not whole
		}
		if err == nil {
			err = t.join(plan, cells)
		}
		if err = errors.Join(err, k.note(t)); err != nil {
			line.clear()
			return err
		}
	}
	line.clear()
	return nil
}

// join adds what a plan found.
func (t *tallied) join(p zoo.Plan, cells []zoo.Cell) error {
	if t.Experiments > 0 {
		var ok bool
		if cells, ok = zoo.Join(t.Cells, cells); !ok {
			return errors.New("--resume: the file is about other limiters")
		}
	}
	t.Experiments, t.Cells = t.Experiments+p.Experiments, cells
	return nil
}

// write prints t as JSON.
func (t *tallied) write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(t)
}
