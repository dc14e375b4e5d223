package main

import (
	"io"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestRerunTakesUpWhatALoadLeft by the names that scenarios have at rest.
func TestRerunTakesUpWhatALoadLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	run := &reports.Run{
		Schema: reports.Schema, NotRun: []string{"a/two (under 80 % load)"},
		Scenarios: []reports.Scenario{
			{ID: "a/one (under 80 % load)", Outcome: reports.Failed}, {ID: "a/zero (under 80 % load)", Outcome: reports.Passed},
		},
	}
	reports.Decide(run)
	if err := reports.Write(path, run); err != nil {
		t.Fatal(err)
	}
	o := conforming{rerun: path}
	ids, err := o.again(io.Discard, "")
	if want := []string{"a/two", "a/one"}; err != nil || !slices.Equal(ids, want) {
		t.Errorf("%q, %v; want %q", ids, err, want)
	}
}
