package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
)

// The formats that come from the evidence files.
const (
	hlog = "hlog" // HDR histogram log, a line for each second
	hgrm = "hgrm" // percentiles of the whole run
)

// latencies returns the writer of a format that comes from evidence; nil where format is none.
func latencies(format string, files fs.FS) reports.Writer {
	each := func(write func(io.Writer, loadgen.Recording) error) reports.Writer {
		return func(w io.Writer, run *reports.Run) error {
			return recorded(run, files, func(r loadgen.Recording) error { return write(w, r) })
		}
	}
	switch format {
	case hlog:
		return each(loadgen.HistogramLog)
	case hgrm:
		return each(percentiles)
	}
	return nil
}

// recorded shows the recording of each load profile of a run whose evidence is as the run left it.
func recorded(run *reports.Run, files fs.FS, show func(loadgen.Recording) error) error {
	if len(run.Loads) == 0 {
		return errors.New("the run played no load profile, so it has no latencies")
	}
	if err := proof.Intact(run, files); err != nil {
		return err
	}
	for i := range run.Loads {
		r, err := proof.Recording(run, files, run.Loads[i].Profile)
		if err != nil {
			return err
		}
		err = show(r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// percentiles writes every histogram of a recording after its name.
func percentiles(w io.Writer, r loadgen.Recording) error {
	for t := range r.HistogramTexts() {
		if _, err := fmt.Fprintf(w, "#[Histogram: %s, in milliseconds]\n", t.Name); err != nil {
			return err
		}
		if err := t.Write(w); err != nil {
			return err
		}
	}
	return nil
}

// isFolder reports whether a path means a folder: it ends as one, or is one.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return strings.HasSuffix(path, "/") || err == nil && info.IsDir()
}

// percentileFiles writes every histogram of a run to a file of its own, as HdrHistogram's tools read them.
func percentileFiles(run *reports.Run, files fs.FS, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return recorded(run, files, func(r loadgen.Recording) error {
		for t := range r.HistogramTexts() {
			f, err := os.Create(filepath.Join(folder, strings.ReplaceAll(t.Name, "/", ".")+".hgrm"))
			if err != nil {
				return err
			}
			if err := errors.Join(t.Write(f), f.Close()); err != nil {
				return err
			}
		}
		return nil
	})
}
