package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference/mutant"
)

// writeMatrix runs every scenario on every mutant and writes how they end to a file. Nobody can read
// all of it: it is what a failing target is compared with.
func writeMatrix(ctx context.Context, c *cobra.Command, path string, o *common) error {
	line := newProgress(c.ErrOrStderr(), o.quiet)
	defer line.clear()
	m, err := proof.NewMatrix()
	if err != nil {
		return err
	}
	all := mutant.All()
	for i, one := range all {
		line.line("mutants %d/%d  %s", i, len(all), one.Name)
		s, err := proof.Sign(ctx, one, o.seed)
		if ctx.Err() != nil {
			line.clear()
			fmt.Fprintln(c.ErrOrStderr(), "kmsproof: "+ending(ctx))
			return verdict(exitNothing)
		}
		if err != nil {
			return err
		}
		m.Signatures[one.Name] = s
	}
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		return err
	}
	line.clear()
	if path == "-" {
		_, err = c.OutOrStdout().Write(text.Bytes())
		return errors.Join(err, summarize(c.ErrOrStderr(), m))
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return err
	}
	return summarize(c.OutOrStdout(), m)
}

// summarize says what a matrix shows of the suite itself: the mutants that survived what is named for them,
// which fail it, and the scenarios that no mutant shows to be able to fail.
func summarize(w io.Writer, m *proof.Matrix) error {
	survivors, idle := m.Survivors(), m.Idle()
	for _, line := range survivors {
		fmt.Fprintf(w, "SURVIVED  %s\n", line)
	}
	for _, id := range idle {
		fmt.Fprintf(w, "kills nothing  %s\n", id)
	}
	fmt.Fprintf(w, "%d mutants, %d scenarios: %d named kills missed, %d scenarios that kill nothing\n",
		len(m.Signatures), len(m.Scenarios), len(survivors), len(idle))
	if len(survivors) > 0 {
		return verdict(exitFail)
	}
	return nil
}
