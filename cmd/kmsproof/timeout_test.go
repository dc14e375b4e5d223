package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestAnEndByTimeoutIsSaid on stderr and in the run file, and no scenario errs for it.
func TestAnEndByTimeoutIsSaid(t *testing.T) {
	const said = "the time of --timeout 50ms is over"
	out := t.TempDir()
	for _, line := range []string{"conform --timeout 50ms --out " + out, "mutants --timeout 50ms"} {
		var stderr bytes.Buffer
		c := newRoot()
		c.SetOut(&bytes.Buffer{})
		c.SetErr(&stderr)
		c.SetArgs(strings.Fields(line))
		if code, ok := errors.AsType[verdict](c.Execute()); !ok || code != exitNothing || !strings.Contains(stderr.String(), said) {
			t.Errorf("%s: %d, %q; want exit %d and %q", line, code, &stderr, exitNothing, said)
		}
	}
	run, err := reports.Read(filepath.Join(out, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	stopped := slices.ContainsFunc(run.Findings, func(f reports.Finding) bool { return f.Kind == reports.Stopped && f.Text == said })
	if !run.Interrupted || !stopped || len(run.With(reports.Errored)) > 0 {
		t.Errorf("interrupted %v, findings %+v, %d errors", run.Interrupted, run.Findings, len(run.With(reports.Errored)))
	}
}
