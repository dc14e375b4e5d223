package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/proof"
)

func newLoad() *cobra.Command {
	var o common
	var l loads
	c := &cobra.Command{
		Use: "load PROFILE", Short: "Plays one load profile and judges it", Args: cobra.ExactArgs(1),
		Long: `load plays one load profile, built in or from a YAML file, and decides its claims.

A run whose own generator fell short is invalid: it says nothing about the target (exit 3).`,
		Example: `  kmsproof list profiles
  kmsproof load gentle --target staging.yaml
  kmsproof load per-key-300 --target mutant:slow-limiter
  kmsproof load my-profile.yaml --keys 8 --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			profile, err := findProfile(args[0])
			if err != nil {
				return err
			}
			return o.perform(c, func(j *proof.Job) error {
				j.Profiles = []loadgen.Profile{profile}
				return l.fill(j, &o)
			})
		},
	}
	o.register(c)
	l.register(c)
	return c
}

// findProfile takes a name for a file if it looks like one.
func findProfile(name string) (loadgen.Profile, error) {
	if !strings.ContainsAny(name, "./") {
		return loadgen.Lookup(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return loadgen.Profile{}, fmt.Errorf("load profile: %w", err)
	}
	return loadgen.ParseProfile(name, text)
}
