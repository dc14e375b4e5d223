package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/near"
	"github.com/kmsproof/kmsproof/proof"
)

func newLoad() *cobra.Command {
	var o common
	var l loads
	var k characteristics
	var crew fleets
	c := &cobra.Command{
		Use: "load PROFILE", Short: "Plays one load profile and judges it", Args: k.args,
		Long: `load plays one load profile, built in or from a YAML file, and decides its claims.

A run whose own generator fell short is invalid: it says nothing about the target (exit 3).

With --workers other processes send the calls, and with --nats processes on other machines
(kmsproof worker); the keys, the tokens and the verdict stay here. See docs/distributed.md.

With --characteristics it plays no profile, but asks the judge about limiters of which the truth is
known, thousands of times each. Anything wrong is exit 1.`,
		Example: `  kmsproof list profiles
  kmsproof load gentle --target staging.yaml
  kmsproof load per-key-300 --target mutant:slow-limiter
  kmsproof load per-key-300 --keys 32 --workers 4
  kmsproof load per-key-300 --keys 400 --nats nats://nats.example.test --workers 8 --target staging.yaml
  kmsproof load my-profile.yaml --keys 8 --dry-run
  kmsproof load --characteristics --experiments 100`,
		RunE: func(c *cobra.Command, args []string) error {
			if k.wanted {
				return k.judge(c, &o)
			}
			profile, err := findProfile(args[0])
			if err != nil {
				return err
			}
			if err := crew.check(); err != nil {
				return err
			}
			play := func(j *proof.Job) error {
				j.Profiles = []loadgen.Profile{profile}
				return l.fill(j, &o)
			}
			switch {
			case !crew.wanted():
				if !slices.ContainsFunc(profile.Phases, func(p loadgen.Phase) bool { return p.Role == loadgen.Soak }) {
					collectSeldom()
				}
				return o.perform(c, play)
			case o.dryRun:
				return crew.rehearse(c, &o, play)
			}
			return crew.perform(c, &o, play)
		},
	}
	o.register(c)
	l.register(c)
	k.register(c)
	crew.register(c)
	return c
}

// embeddedProfile returns the profile of a name. Its error tells the names that are near.
func embeddedProfile(name string) (loadgen.Profile, error) {
	p, err := loadgen.Lookup(name)
	if err == nil {
		return p, nil
	}
	var names []string
	for _, p := range loadgen.Profiles() {
		names = append(names, p.Name)
	}
	return p, fmt.Errorf("%w%s", err, near.Hint(name, names))
}

// findProfile takes a name for a file if it looks like one.
func findProfile(name string) (loadgen.Profile, error) {
	if !strings.ContainsAny(name, "./") {
		return embeddedProfile(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return loadgen.Profile{}, fmt.Errorf("load profile: %w", err)
	}
	return loadgen.ParseProfile(name, text)
}
