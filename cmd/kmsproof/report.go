package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reports"
)

func newReport() *cobra.Command {
	var r report
	c := &cobra.Command{
		Use: "report RUN.json", Short: "Makes any report from a run file and its evidence files", Args: takes("RUN.json"),
		Long: `report makes any report from a run file. The formats hlog and hgrm, the latencies of every key and class,
come from the evidence files beside it.

With --recompute the load profiles are judged again from the evidence files, and the report is of what
that gives, to the byte what the run gave. It needs no target and no network. A file that is missing or
was changed is an error (exit 2).`,
		Example: `  kmsproof report kmsproof-out/run.json --format text
  kmsproof report kmsproof-out/run.json --format html -o report.html
  kmsproof report kmsproof-out/run.json --format html --lang ko -o report.ko.html
  kmsproof report kmsproof-out/run.json --recompute --format json | cmp - kmsproof-out/run.json
  kmsproof report kmsproof-out/run.json --format hgrm -o percentiles/`,
		RunE: func(c *cobra.Command, args []string) error { return r.make(c.OutOrStdout(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&r.format, "format", "text", "one of "+strings.Join(formats(), ", "))
	f.StringVarP(&r.out, "output", "o", "-", "file to write; - is stdout; hgrm takes a folder/ as well, for a file of each histogram")
	f.StringVar(&r.lang, "lang", "auto", languages)
	f.BoolVar(&r.recompute, "recompute", false, "judge the load profiles again from the evidence files beside the run file")
	return c
}

// A report is what is asked for of a run file.
type report struct {
	format, out, lang string
	recompute         bool
}

func (r report) make(stdout io.Writer, path string) error {
	if err := oneFormat(r.format, formats()...); err != nil {
		return err
	}
	run, err := reports.Read(path)
	if err != nil {
		return err
	}
	files := os.DirFS(filepath.Dir(path))
	if r.recompute {
		if err := proof.Recompute(run, files); err != nil {
			return err
		}
	}
	write, err := r.writer(files)
	switch {
	case err != nil:
		return err
	case r.format == hgrm && isFolder(r.out):
		return unwritten(r.out, percentileFiles(run, files, r.out))
	case r.out == "-":
		return write(stdout, run)
	}
	return unwritten(r.out, render(run, r.format, write, r.out))
}

// deliver writes a text to the file of --output, or to stdout for -.
func deliver(stdout io.Writer, path string, text []byte) error {
	if path == "-" {
		_, err := stdout.Write(text)
		return err
	}
	return unwritten(path, os.WriteFile(path, text, 0o644))
}

// unwritten names the flag where its file, or one in its folder, could not be written.
func unwritten(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok && strings.HasPrefix(e.Path, path) {
		return fmt.Errorf("--output: %w", err)
	}
	return err
}

// languages tells the values of --lang.
var languages = "language in which an html page opens, one of " + strings.Join(reports.Languages(), ", ") + "; auto is the browser's"

// formats are all that can be asked for.
func formats() []string { return append(reports.Formats(), hlog, hgrm) }

// writer returns the writer of the format, of a run whose evidence lies in files.
func (r report) writer(files fs.FS) (reports.Writer, error) {
	if write := latencies(r.format, files); write != nil {
		return write, nil
	}
	return reports.FormatIn(r.format, r.lang)
}
