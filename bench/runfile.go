package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// A phase is what a run file says of how a phase was sent.
type phase struct {
	Planned, Sent int64
	Late          struct{ P99 float64 } // milliseconds
}

// readPhase reads a run file of one load with one phase.
func readPhase(file string) (phase, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return phase{}, err
	}
	var run struct{ Loads []struct{ Phases []phase } }
	if err := json.Unmarshal(data, &run); err != nil {
		return phase{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(run.Loads) != 1 || len(run.Loads[0].Phases) != 1 || run.Loads[0].Phases[0].Planned == 0 {
		return phase{}, fmt.Errorf("%s: it does not hold one phase of one load", file)
	}
	return run.Loads[0].Phases[0], nil
}
