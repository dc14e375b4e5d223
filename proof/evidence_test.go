package proof_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
)

// loaded plays a second of gentle on the reference and leaves its run file and evidence in a folder.
func loaded(t *testing.T) (*reports.Run, string) {
	t.Helper()
	profile, err := loadgen.Lookup("gentle")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	job := proof.Job{
		Command: "load", Version: "test", Target: resolve(t, "reference"), Seed: 1,
		Profiles: []loadgen.Profile{profile}, Load: loadgen.Options{Duration: time.Second},
		Keep: func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(folder, name)) },
	}
	run, err := job.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := reports.Write(filepath.Join(folder, "run.json"), run); err != nil {
		t.Fatal(err)
	}
	return run, folder
}

// The evidence of a run leads to the run file again, in a copy of its folder and without its target: to
// the byte, however the run ended.
func TestARunIsRecomputedFromACopyOfItsEvidence(t *testing.T) {
	_, folder := loaded(t)
	copied := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	run, err := reports.Read(filepath.Join(copied, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Evidence) != 3 {
		t.Errorf("evidence %+v, want the plan, the calls and the histogram log", run.Evidence)
	}
	if err := proof.Recompute(run, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := reports.JSON(&got, run); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(copied, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("recomputed:\n%s\nthe run file:\n%s", got.Bytes(), want)
	}
}

// One flipped bit, a lost file, a verdict that was mended: each is found and named.
func TestEvidenceThatWasTouchedIsNamed(t *testing.T) {
	run, folder := loaded(t)
	for _, e := range run.Evidence {
		path := filepath.Join(folder, e.Path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(text)
		flipped[len(flipped)/2] ^= 1
		for _, spoil := range []func() error{
			func() error { return os.WriteFile(path, flipped, 0o644) },
			func() error { return os.Remove(path) },
		} {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			if err := proof.Recompute(run, os.DirFS(folder)); err == nil || !strings.Contains(err.Error(), e.Path) {
				t.Errorf("%s was touched: error %v", e.Path, err)
			}
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, mend := range map[string]func(*reports.Run){
		"load profile gentle":     func(r *reports.Run) { r.Loads[0].Title += "!" },
		"load-gentle.calls":       func(r *reports.Run) { r.Evidence = r.Evidence[:1] },
		"evidence of load profil": func(r *reports.Run) { r.Loads[0].Profile = "per-key-300" },
	} {
		mended, err := reports.Read(filepath.Join(folder, "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		mend(mended)
		if err := proof.Recompute(mended, os.DirFS(folder)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one about %s", err, name)
		}
	}
	if err := proof.Recompute(run, os.DirFS(folder)); err != nil {
		t.Errorf("all as it was: %v", err)
	}
}
