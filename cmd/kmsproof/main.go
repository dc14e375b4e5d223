// Command kmsproof proves that a Key Management Service keeps its contract: what it answers, and how
// much it carries.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kmsproof/kmsproof/near"
)

// version is set by the build.
var version = "dev"

// The exit codes. 0 and 1 are verdicts; the others say why there is none.
const (
	exitPass    = 0
	exitFail    = 1
	exitUsage   = 2 // no answer, bad usage, unknown name, bad file
	exitNothing = 3 // error, blocked, invalid, inconclusive, interrupted, nothing selected or asserted
)

func main() {
	ctx, stop := interruptible()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// verdict is the error of a verb that ran to its end and asks for an exit code other than 0.
type verdict int

func (v verdict) Error() string { return fmt.Sprintf("exit %d", int(v)) }

// run runs the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitPass
	}
	if v, ok := errors.AsType[verdict](err); ok {
		return int(v)
	}
	fmt.Fprintln(stderr, "kmsproof: "+err.Error()+hint(err))
	return exitUsage
}

// hint says what to do next about a wrong command line.
func hint(err error) string {
	if strings.HasPrefix(err.Error(), "unknown ") {
		return "; see kmsproof --help"
	}
	return ""
}

const about = `kmsproof proves that a Key Management Service keeps its contract: what it answers, and
how much it carries. The contract is the published description of NAVER Cloud KMS, API 2.0 and 1.0.

Exit codes:
  0  it does (pass, or partial: see the report for what was left out)
  1  it does not
  2  it could not be asked: bad usage, unknown name, bad file, no answer
  3  no verdict: an error, an interrupted run, a load generator that fell short, nothing selected

Every flag can also be given as an environment variable: --target as KMSPROOF_TARGET.`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use: "kmsproof", Short: "Proves that a Key Management Service keeps its contract", Long: about, Version: version,
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := noStrays(c.Root(), os.Environ()); err != nil {
				return err
			}
			return fromEnvironment(c.Flags())
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		newProve(), newServe(), newConform(), newLoad(), newWorker(), newMutants(), newReport(), newBaseline(), newCompare(), newList(), newSweep(),
		&cobra.Command{
			Use: "version", Short: "Prints the version", Args: takes(),
			Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), version) },
		},
	)
	return root
}

// takes accepts just the arguments of these names.
func takes(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		want := cmp.Or(strings.Join(names, " "), "no argument")
		return fmt.Errorf("%s takes %s, and got %d arguments; see %[1]s --help", c.CommandPath(), want, len(args))
	}
}

// oneOf accepts any number of arguments of these.
func oneOf(known []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		for _, arg := range args {
			if !slices.Contains(known, arg) {
				return fmt.Errorf("%s knows no %q; there are %s%s", c.CommandPath(), arg, strings.Join(known, ", "), near.Hint(arg, known))
			}
		}
		return nil
	}
}

// envPrefix begins the names of the variables that stand for flags.
const envPrefix = "KMSPROOF_"

// variable names the variable that stands for a flag.
func variable(f *pflag.Flag) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// noStrays refuses variables that look like ours and stand for no flag of any verb: a misspelt one
// would let a run pass on something else than was meant.
func noStrays(root *cobra.Command, environ []string) error {
	known := map[string]bool{}
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { known[variable(f)] = true })
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, envPrefix) && !known[name] {
			return fmt.Errorf("the variable %s stands for no flag of any verb", name)
		}
	}
	return nil
}

// fromEnvironment fills the flags that were not given from KMSPROOF_ variables.
func fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f)
		value, ok := os.LookupEnv(name)
		if f.Changed || !ok || f.Name == "help" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
		}
	})
	return failed
}
