package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// A phase is what a run file says of how a phase was sent.
type phase struct {
	Planned, Sent, Accepted int64
	Late                    struct{ P99 float64 } // milliseconds
	CPU                     *float64              `json:"-"` // processors that the sender used; nil where the system does not tell
}

// errNotPlayed says that kmsproof found the machine unfit and did not load the server.
var errNotPlayed = errors.New("the load was not played: its controls failed, so the machine was too busy")

// readPhase reads a run file of one load with one phase. Its error is errNotPlayed for a load that ended before
// its first call.
func readPhase(file string) (phase, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return phase{}, err
	}
	var run struct {
		Loads []struct {
			Verdict   string
			Phases    []phase
			Generator struct {
				Machine []struct{ CPU *float64 }
			}
		}
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return phase{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(run.Loads) == 1 && run.Loads[0].Verdict == "invalid" && len(run.Loads[0].Phases) == 0 {
		return phase{}, errNotPlayed
	}
	if len(run.Loads) != 1 || len(run.Loads[0].Phases) != 1 || run.Loads[0].Phases[0].Planned == 0 {
		return phase{}, fmt.Errorf("%s: it does not hold one phase of one load", file)
	}
	sent := run.Loads[0].Phases[0]
	if m := run.Loads[0].Generator.Machine; len(m) == 1 {
		sent.CPU = m[0].CPU
	}
	return sent, nil
}
