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
	k := &characteristics{resume: file}
	cells := func(right int) []zoo.Cell {
		return []zoo.Cell{{Subject: "a", Client: "idle", Right: right, Faults: []string{"seed 1: x"}}}
	}
	had, err := k.tallied(7)
	if err != nil || had.Seed != 7 || had.Experiments != 0 {
		t.Fatalf("%+v, %v: want nothing yet", had, err)
	}
	if err := had.join(zoo.Plan{Experiments: 50}, cells(50)); err != nil {
		t.Fatal(err)
	}
	if err := k.note(had); err != nil {
		t.Fatal(err)
	}
	again, err := k.tallied(8)
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
	if _, err := k.tallied(7); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("another file is taken for a tally: %v", err)
	}
}
