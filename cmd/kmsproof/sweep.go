package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/target"
)

func newSweep() *cobra.Command {
	var o sweeping
	c := &cobra.Command{
		Use: "sweep TARGET.yaml", Short: "Removes the keys that interrupted runs left on a target", Args: takes("TARGET.yaml"),
		Long: `sweep removes every key on the target whose name begins with kp- and that is older than --older. Runs that are
still going on have younger keys and are spared. With --ledger it removes what one run left, whatever the age and
name of the key. What cannot be removed is listed (exit 1).`,
		Example: `  kmsproof sweep staging.yaml --dry-run
  kmsproof sweep staging.yaml --older 10m
  kmsproof sweep staging.yaml --ledger kmsproof-out/ledger.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			if o.older < 0 {
				return fmt.Errorf("--older %v: it must not be below zero", o.older)
			}
			t, err := target.ReadFile(args[0], os.LookupEnv)
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("there is no target file %s", args[0])
			}
			if err != nil {
				return err
			}
			defer t.Close()
			return o.sweep(c, t)
		},
	}
	c.Flags().DurationVar(&o.older, "older", time.Hour, "spare keys that are younger")
	c.Flags().StringVar(&o.ledger, "ledger", "", "remove what the run left that wrote this FILE beside its run file, and nothing else")
	c.Flags().BoolVar(&o.dry, "dry-run", false, "list the keys and remove none")
	c.MarkFlagsMutuallyExclusive("older", "ledger")
	return c
}

// sweeping are the flags of sweep.
type sweeping struct {
	older  time.Duration
	ledger string
	dry    bool
}

// strays finds the keys to remove, and counts those that are spared for their age.
func (o *sweeping) strays(c *cobra.Command, t *target.Target) (strays map[string]string, younger int, err error) {
	if o.ledger == "" {
		return t.Strays(c.Context(), o.older)
	}
	strays, err = o.listed(c, t)
	return strays, 0, err
}

// listed finds the keys of the run that wrote the ledger.
func (o *sweeping) listed(c *cobra.Command, t *target.Target) (map[string]string, error) {
	f, err := os.Open(o.ledger)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--ledger: there is no %s; a run that removed all of its keys leaves none, and the next run in the folder renames one that is left%s", o.ledger, renamed(o.ledger))
	}
	if err != nil {
		return nil, fmt.Errorf("--ledger: %w", err)
	}
	defer f.Close()
	strays, err := t.Listed(c.Context(), f)
	if errors.Is(err, target.ErrNoLedger) {
		return nil, fmt.Errorf("--ledger %s: %w", o.ledger, err)
	}
	return strays, err
}

// renamed names the ledgers beside path that later runs moved out of their way.
func renamed(path string) string {
	found, err := filepath.Glob(strings.TrimSuffix(path, filepath.Ext(path)) + "-*" + filepath.Ext(path))
	if err != nil || len(found) == 0 {
		return ""
	}
	return ": " + strings.Join(found, ", ")
}

func (o *sweeping) sweep(c *cobra.Command, t *target.Target) error {
	if err := t.Reach(c.Context()); err != nil {
		return err
	}
	if err := t.Belong(c.Context()); err != nil {
		return err
	}
	strays, younger, err := o.strays(c, t)
	if err != nil {
		return err
	}
	if younger > 0 {
		defer fmt.Fprintf(c.OutOrStdout(), "%d keys of runs were spared, for they are younger than %v: --older and --ledger take them\n", younger, o.older)
	}
	for _, tag := range slices.Sorted(maps.Keys(strays)) {
		fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", strays[tag], tag)
	}
	if o.dry {
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
