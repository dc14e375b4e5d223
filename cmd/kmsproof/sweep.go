package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/target"
)

func newSweep() *cobra.Command {
	var older time.Duration
	var dry bool
	c := &cobra.Command{
		Use: "sweep TARGET.yaml", Short: "Removes the keys that interrupted runs left on a target", Args: cobra.ExactArgs(1),
		Long: `sweep removes every key on the target whose name begins with kp- and that is older than --older. Runs that are
still going on have younger keys and are spared. What cannot be removed is listed (exit 1).`,
		Example: "  kmsproof sweep staging.yaml --dry-run\n  kmsproof sweep staging.yaml --older 10m",
		RunE: func(c *cobra.Command, args []string) error {
			t, err := target.ReadFile(args[0], os.LookupEnv)
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("there is no target file %s", args[0])
			}
			if err != nil {
				return err
			}
			defer t.Close()
			return sweep(c, t, older, dry)
		},
	}
	c.Flags().DurationVar(&older, "older", time.Hour, "spare keys that are younger")
	c.Flags().BoolVar(&dry, "dry-run", false, "list the keys and remove none")
	return c
}

func sweep(c *cobra.Command, t *target.Target, older time.Duration, dry bool) error {
	if err := t.Reach(c.Context()); err != nil {
		return err
	}
	strays, err := t.Strays(c.Context(), older)
	if err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(strays)) {
		fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", strays[tag], tag)
	}
	if dry {
		fmt.Fprintf(c.OutOrStdout(), "%d keys would be removed\n", len(strays))
		return nil
	}
	left := t.Sweep(c.Context(), strays)
	for _, line := range left {
		fmt.Fprintln(c.OutOrStdout(), "left: "+line)
	}
	fmt.Fprintf(c.OutOrStdout(), "%d of %d keys removed\n", len(strays)-len(left), len(strays))
	if len(left) > 0 {
		return verdict(exitFail)
	}
	return nil
}
