package main

import (
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

func TestOnlyAShortGeneratorIsExcused(t *testing.T) {
	passed := reports.Scenario{ID: "a/b", Outcome: reports.Passed}
	fine := reports.Load{Profile: "p", Verdict: reports.LoadPass, Generator: reports.Generator{OK: true}}
	short := reports.Load{Profile: "q", Verdict: reports.LoadInvalid}
	tests := []struct {
		name    string
		change  func(*reports.Run)
		excused bool
	}{
		{"the generator fell short", func(*reports.Run) {}, true},
		{"it fell short, and the rest allows no verdict", func(r *reports.Run) { r.Loads[1].Verdict = reports.LoadInconclusive }, true},
		{"inconclusive although it kept to its plan", func(r *reports.Run) {
			r.Loads[1] = reports.Load{Verdict: reports.LoadInconclusive, Generator: reports.Generator{OK: true}}
		}, false},
		{"a load profile failed too", func(r *reports.Run) { r.Loads[0].Verdict = reports.LoadFail }, false},
		{"everything passed", func(r *reports.Run) { r.Loads = r.Loads[:1] }, false},
		{"a scenario failed", func(r *reports.Run) { r.Scenarios[0].Outcome = reports.Failed }, false},
		{"a scenario was skipped", func(r *reports.Run) { r.Scenarios[0].Outcome = reports.Skipped }, false},
		{"a scenario ended in an error", func(r *reports.Run) { r.Scenarios[0].Outcome = reports.Errored }, false},
		{"no scenario was run", func(r *reports.Run) { r.Scenarios = nil }, false},
		{"the run was interrupted", func(r *reports.Run) { r.Interrupted = true }, false},
		{"the target died", func(r *reports.Run) { r.Findings = []reports.Finding{{Kind: "target-died", Text: "it died"}} }, false},
		{"a key was left", func(r *reports.Run) { r.Leftovers = []string{"key"} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &reports.Run{Scenarios: []reports.Scenario{passed}, Loads: []reports.Load{fine, short}}
			tt.change(r)
			invalid, why := excused(r)
			if (why == "") != tt.excused || tt.excused != (len(invalid) == 1) {
				t.Errorf("excused %v (%s), %d invalid profiles", why == "", why, len(invalid))
			}
		})
	}
}
