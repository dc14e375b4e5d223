package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
	lang string // of the pages that it leaves; empty: the browser's
	lock *flock.Flock
}

// openFolder makes the folder and takes it for this run. An earlier run's files stay until this one's
// replace them: a run that cannot begin costs nothing.
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
	if err := d.writable(); err != nil {
		return nil, errors.Join(fmt.Errorf("--out: %w", err), d.close())
	}
	return d, nil
}

// writable finds out before a long run what would keep its files from being written.
func (d *folder) writable() error {
	probe, err := os.CreateTemp(d.path, ".probe-*")
	if err != nil {
		return err
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return err
	}
	for _, name := range []string{runFile, rendered[0].file, rendered[1].file, rendered[2].file} {
		if info, err := os.Stat(filepath.Join(d.path, name)); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is in the way: it is not a file", filepath.Join(d.path, name))
		}
	}
	return nil
}

// close gives the folder back.
func (d *folder) close() error { return d.lock.Unlock() }

// ledger opens the file in which a run notes the keys that it creates. One that is there was left by a
// run that could not remove all of its keys: it is kept under another name, which aside tells.
func (d *folder) ledger() (f *os.File, aside string, err error) {
	path := filepath.Join(d.path, ledgerFile)
	if info, err := os.Stat(path); err == nil {
		aside = filepath.Join(d.path, "ledger-"+info.ModTime().UTC().Format("20060102T150405")+".jsonl")
		if err := os.Rename(path, aside); err != nil {
			return nil, "", err
		}
	}
	f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	return f, aside, err
}

// keep opens a file of evidence.
func (d *folder) keep(name string) (io.WriteCloser, error) {
	return os.Create(filepath.Join(d.path, name))
}

// tidy removes the evidence of load profiles that an earlier run left and this one did not replace.
func (d *folder) tidy(r *reports.Run) error {
	there, err := filepath.Glob(filepath.Join(d.path, "load-*"))
	for _, path := range there {
		if !slices.ContainsFunc(r.Evidence, func(e reports.Evidence) bool { return e.Path == filepath.Base(path) }) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	if err != nil {
		return fmt.Errorf("evidence of an earlier run: %w", err)
	}
	return nil
}

// write leaves the run file and the reports.
func (d *folder) write(r *reports.Run) error {
	if err := d.tidy(r); err != nil {
		return err
	}
	if err := reports.Write(filepath.Join(d.path, runFile), r); err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	for _, f := range rendered {
		write, err := reports.FormatIn(f.format, d.langOf(f.format))
		if err != nil {
			return err
		}
		if err := render(r, f.format, write, filepath.Join(d.path, f.file)); err != nil {
			return err
		}
	}
	return nil
}

// langOf is the language of a format. What is no page is English.
func (d *folder) langOf(format string) string {
	if format == "html" && d.lang != "" {
		return d.lang
	}
	return "auto"
}

// forget removes a file of evidence that an earlier run left, if there is one.
func (d *folder) forget(name string) error {
	if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("evidence of an earlier run: %w", err)
	}
	return nil
}

// render writes one format of a run to a file.
func render(r *reports.Run, format string, write reports.Writer, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("%s report: %w", format, err)
	}
	if err := errors.Join(write(f, r), f.Close()); err != nil {
		return fmt.Errorf("%s report: %w", format, err)
	}
	return nil
}
