package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference/mutant"
)

func newMutants() *cobra.Command {
	var o common
	var format, matrix string
	c := &cobra.Command{
		Use: "mutants [NAME ...]", Short: "Shows that the suite can fail: broken references, and what catches each",
		Long: `mutants puts before each deliberately broken reference the scenarios and load claims that say they
check what it breaks. Each of them must catch it, by an assertion of its own: a crash, an error, or being
caught by other scenarios only counts as survived (exit 1).`,
		Example: "  kmsproof mutants\n  kmsproof mutants alg-none acl-default-allow\n  kmsproof mutants --format json",
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneFormat(format, "table", "json"); err != nil {
				return err
			}
			collectRarely()
			o.seeded()
			chosen, err := chooseMutants(args)
			if err != nil {
				return err
			}
			ctx, cancel := o.within(c.Context())
			defer cancel()
			if matrix != "" {
				if len(args) > 0 {
					return errors.New("--matrix is about all mutants; name none")
				}
				return writeMatrix(ctx, c, matrix, &o)
			}
			line := newProgress(c.ErrOrStderr(), o.quiet)
			kills, err := proof.TryAll(ctx, chosen, o.seed, func(done int, m mutant.Mutant) {
				line.line("mutants %d/%d  %s", done, len(chosen), m.Name)
			})
			line.clear()
			if ctx.Err() != nil {
				fmt.Fprintln(c.ErrOrStderr(), "kmsproof: "+ending(ctx))
				return verdict(exitNothing)
			}
			if err != nil {
				return err
			}
			return printKills(c.OutOrStdout(), format, kills)
		},
	}
	f := c.Flags()
	f.Uint64Var(&o.seed, "seed", 0, "seed of everything that is drawn at random; 0 draws one")
	f.DurationVar(&o.timeout, "timeout", 0, "end after this time; 0: never")
	f.BoolVar(&o.quiet, "quiet", false, "no progress, also on a terminal")
	f.StringVar(&format, "format", "table", "table or json")
	f.StringVar(&matrix, "matrix", "", "run every scenario on every mutant, write how they end to this FILE (- is stdout), and list survivors (exit 1) and scenarios that kill nothing")
	return c
}

func chooseMutants(names []string) ([]mutant.Mutant, error) {
	if len(names) == 0 {
		return mutant.All(), nil
	}
	var chosen []mutant.Mutant
	for _, name := range names {
		m, err := proof.FindMutant(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, m)
	}
	return chosen, nil
}

func printKills(w io.Writer, format string, kills []proof.Kill) error {
	survived := slices.DeleteFunc(slices.Clone(kills), proof.Kill.Killed)
	switch format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		if err := enc.Encode(kills); err != nil {
			return err
		}
	default:
		for _, k := range kills {
			printKill(w, k)
		}
		fmt.Fprintf(w, "%d mutants: %d killed, %d survived\n", len(kills), len(kills)-len(survived), len(survived))
	}
	if len(survived) > 0 {
		return verdict(exitFail)
	}
	return nil
}

func printKill(w io.Writer, k proof.Kill) {
	word := "killed  "
	if !k.Killed() {
		word = "SURVIVED"
	}
	fmt.Fprintf(w, "%s  %s: %s\n", word, k.Mutant, k.Flaw)
	for _, id := range k.By {
		fmt.Fprintf(w, "            by %s\n", id)
	}
	for _, line := range k.Missed {
		fmt.Fprintf(w, "            not by %s\n", line)
	}
	if len(k.Others) > 0 {
		fmt.Fprintf(w, "            caught only by others: %s\n", strings.Join(k.Others, "; "))
	}
	if len(k.By)+len(k.Missed) == 0 {
		fmt.Fprintln(w, "            no scenario and no claim is named for it")
	}
}
