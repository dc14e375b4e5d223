package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen/zoo"
)

// What is noted between rounds is gone on from, and comes out as if it had been asked at once.
func TestATallyIsGoneOnFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cells.json")
	k := &characteristics{resume: file, experiments: 60}
	cells := func(right int) []zoo.Cell {
		return []zoo.Cell{{Subject: "a", Client: "idle", Right: right, Faults: []string{"seed 1: x"}}}
	}
	had, err := k.tallied("judge", 7)
	if err != nil || had.Seed != 7 || had.Experiments != 0 {
		t.Fatalf("%+v, %v: want nothing yet", had, err)
	}
	if err := had.join(zoo.Plan{Experiments: 50}, cells(50)); err != nil {
		t.Fatal(err)
	}
	if err := k.note(had); err != nil {
		t.Fatal(err)
	}
	for why, had := range map[string]func() (*tallied, error){
		"its seed is 7, not 8":           func() (*tallied, error) { return k.tallied("judge", 8) },
		"says other things":              func() (*tallied, error) { return k.tallied("another", 0) },
		"50 experiments of each already": func() (*tallied, error) { return (&characteristics{resume: file, experiments: 49}).tallied("judge", 0) },
	} {
		if _, err := had(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
	again, err := k.tallied("judge", 0)
	if err != nil || again.Seed != 7 || again.Experiments != 50 {
		t.Fatalf("%+v, %v: want what was noted, with its seed", again, err)
	}
	if err := again.join(zoo.Plan{Experiments: 10}, cells(9)); err != nil || again.Experiments != 60 || again.Cells[0].Right != 59 || len(again.Cells[0].Faults) != 2 {
		t.Errorf("%+v, %v: want both together", again, err)
	}
	if err := again.join(zoo.Plan{Experiments: 10}, []zoo.Cell{{Subject: "b"}}); err == nil {
		t.Error("cells of other limiters are added up")
	}
	if err := os.WriteFile(file, []byte(`{"schema":"kmsproof.run/1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := k.tallied("judge", 7); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("another file is taken for a tally: %v", err)
	}
}
