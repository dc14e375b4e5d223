package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// keep lays a file of evidence beside the run file and notes it there.
func (j Job) keep(run *reports.Run, name string, write func(io.Writer) error) error {
	if j.Keep == nil {
		return nil
	}
	f, err := j.Keep(name)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	sum := sha256.New()
	if err := errors.Join(write(io.MultiWriter(f, sum)), f.Close()); err != nil {
		return fmt.Errorf("evidence: %s: %w", name, err)
	}
	run.Evidence = append(run.Evidence, reports.Evidence{Path: name, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (j Job) keepAll(run *reports.Run, files []loadgen.File) error {
	for _, f := range files {
		if err := j.keep(run, f.Name, f.Write); err != nil {
			return err
		}
	}
	return nil
}

// Recompute judges the load profiles of a run again, from its evidence files alone, and decides the run
// by what that gives. Nothing is asked of any target. Its error names the file that is missing or is not
// what the run file says, or the profile whose verdict the evidence does not lead to.
func Recompute(run *reports.Run, files fs.FS) error {
	if err := Intact(run, files); err != nil {
		return err
	}
	again := *run
	again.Loads = slices.Clone(run.Loads)
	for i := range run.Loads {
		r, err := Recording(run, files, run.Loads[i].Profile)
		if err != nil {
			return err
		}
		again.Loads[i] = loadgen.Judge(r)
		r.Close()
		if err := same(run, i, again.Loads[i]); err != nil {
			return err
		}
	}
	reports.Decide(&again)
	*run = again
	return nil
}

// Intact compares every evidence file of a run with its sum in the run file.
func Intact(run *reports.Run, files fs.FS) error {
	for _, e := range run.Evidence {
		sum, err := sumOf(files, e.Path)
		if err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
		if sum != e.SHA256 {
			return fmt.Errorf("evidence: %s is not the file that the run left: its SHA-256 is %s, the run file says %s", e.Path, sum, e.SHA256)
		}
	}
	return nil
}

func sumOf(files fs.FS, path string) (string, error) {
	f, err := files.Open(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Close())
}

// Recording reads what was recorded of a load profile of a run. The caller closes it.
func Recording(run *reports.Run, files fs.FS, profile string) (loadgen.Recording, error) {
	r, err := loadgen.ReadRecording(files, profile)
	if err != nil {
		return r, fmt.Errorf("evidence of load profile %s: %w", profile, err)
	}
	for _, f := range r.Files() {
		if !slices.ContainsFunc(run.Evidence, func(e reports.Evidence) bool { return e.Path == f.Name }) {
			r.Close()
			return r, fmt.Errorf("evidence of load profile %s: the run file does not name %s", profile, f.Name)
		}
	}
	return r, nil
}

// same compares the run file's result of a profile with another, as they are written.
func same(run *reports.Run, i int, other reports.Load) error {
	was, err := written(run.Loads[i])
	if err != nil {
		return err
	}
	is, err := written(other)
	if err != nil {
		return err
	}
	if !bytes.Equal(was, is) {
		return fmt.Errorf("load profile %s: the run file says %s, and not what its evidence leads to: %s", other.Profile, run.Loads[i].Verdict, other.Verdict)
	}
	return nil
}

func written(l reports.Load) ([]byte, error) {
	var b bytes.Buffer
	err := reports.JSON(&b, &reports.Run{Loads: []reports.Load{l}})
	return b.Bytes(), err
}
