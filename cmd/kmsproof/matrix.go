package main

import (
	"bytes"
	"context"
	"fmt"
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
			fmt.Fprintln(c.ErrOrStderr(), "kmsproof: interrupted")
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
	if path == "-" {
		_, err = c.OutOrStdout().Write(text.Bytes())
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
