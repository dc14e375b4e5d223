package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/steps"
)

func newProve() *cobra.Command {
	var o common
	var l loads
	c := &cobra.Command{
		Use: "prove", Short: "Runs the scenarios and the load profiles: the main job", Args: takes(),
		Long: `prove runs every scenario and then the load profiles per-key-300 and shared-200, and leaves one report.

Without flags it runs on an embedded reference, over real sockets. On a foreign target it plays the
profile gentle instead, which stays below every published limit, unless --allow-overload permits more;
the result is then partial at best.`,
		Example: `  kmsproof prove
  kmsproof prove --target mutant:shared-limiter
  kmsproof prove --target staging.yaml --allow-overload --out proof`,
		RunE: func(c *cobra.Command, _ []string) error {
			collectRarely()
			return o.perform(c, func(j *proof.Job) error {
				profiles, notes, err := proof.MainProfiles(j.Target, l.overload)
				if err != nil {
					return err
				}
				j.Conform = &steps.Options{AllowOverload: l.overload, Keep: o.keep}
				j.Profiles, j.Notes = profiles, notes
				return l.fill(j, &o)
			})
		},
	}
	o.register(c)
	l.register(c)
	return c
}

// loads are the flags of the verbs that play load profiles.
type loads struct {
	keys     int
	duration time.Duration
	overload bool
}

func (l *loads) register(c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&l.keys, "keys", 0, "number of keys under load; 0: as the profile says")
	f.DurationVar(&l.duration, "duration", 0, "length of all phases of a profile together; 0: as the profile says")
	f.BoolVar(&l.overload, "allow-overload", false, "push a foreign target past its published limits; on by itself for a reference")
}

// fill puts the flags into a job.
func (l *loads) fill(j *proof.Job, o *common) error {
	if err := positive("keys", l.keys); err != nil {
		return err
	}
	if l.duration < 0 {
		return fmt.Errorf("--duration %v: it must not be below zero", l.duration)
	}
	j.Load.Keys, j.Load.Duration, j.Load.Keep = l.keys, l.duration, o.keep
	j.Load.AllowOverload = j.Target.Overloads(l.overload)
	return nil
}
