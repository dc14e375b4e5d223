package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/kmsproof/kmsproof/reports"
)

// The files of a run.
const (
	runFile    = "run.json"
	ledgerFile = "ledger.jsonl"
	lockFile   = ".lock"
)

// rendered are the formats that every run leaves beside its run file.
var rendered = []struct{ file, format string }{
	{"junit.xml", "junit"}, {"report.html", "html"}, {"summary.md", "markdown"},
}

// A folder is where one run at a time leaves its files.
type folder struct {
	path string
	lock *flock.Flock
}

// openFolder makes the folder, takes it for this run and removes an earlier run's files.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	d := &folder{path: path, lock: flock.New(filepath.Join(path, lockFile))}
	free, err := d.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("--out: the folder cannot be written: %w", err)
	}
	if !free {
		return nil, fmt.Errorf("--out: another run is writing to %s; wait for it or choose another folder", path)
	}
	if err := d.clear(); err != nil {
		return nil, errors.Join(fmt.Errorf("--out: %w", err), d.close())
	}
	return d, nil
}

func (d *folder) clear() error {
	names := []string{runFile, ledgerFile}
	for _, r := range rendered {
		names = append(names, r.file)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// close gives the folder back.
func (d *folder) close() error { return d.lock.Unlock() }

// ledger opens the file in which a run notes the keys that it creates.
func (d *folder) ledger() (*os.File, error) {
	return os.OpenFile(filepath.Join(d.path, ledgerFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
}

// write leaves the run file and the reports.
func (d *folder) write(r *reports.Run) error {
	if err := reports.Write(filepath.Join(d.path, runFile), r); err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	for _, f := range rendered {
		if err := render(r, f.format, filepath.Join(d.path, f.file)); err != nil {
			return err
		}
	}
	return nil
}

// render writes one format of a run to a file.
func render(r *reports.Run, format, path string) error {
	write, err := reports.Format(format)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("%s report: %w", format, err)
	}
	if err := errors.Join(write(f, r), f.Close()); err != nil {
		return fmt.Errorf("%s report: %w", format, err)
	}
	return nil
}
