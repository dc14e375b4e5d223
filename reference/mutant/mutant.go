// Package mutant holds references that break one rule each. They prove that the suite can fail: what
// claims to check a rule must notice when it is broken.
//
// A mutant is made from outside, through reference.Options. The reference does not know of them.
package mutant

import (
	"fmt"
	"slices"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// A Mutant is a reference with one flaw.
type Mutant struct {
	Name string
	Flaw string // what it does wrong, in a sentence
	// Kills names the scenarios that must fail on it, by their IDs, the load claims, as
	// load:PROFILE/CLAIM, the ways to call at once, as clients:N, the drawn sequences of calls, as
	// sequences:N, the scenarios that fail only under load, as under-load:ID, and those beside which the load
	// itself shows the flaw, as beside:ID.
	Kills []string
	// Pretends says that the flaw makes up an answer and does nothing. It shows only that a scenario
	// reads the answer, so it must not be a rule's only mutant.
	Pretends bool
	// Apply puts the flaw into the options of one server. What it keeps is that server's alone, so
	// apply it anew for each.
	Apply func(*reference.Options)
}

// Options returns o with the flaw.
func (m Mutant) Options(o reference.Options) reference.Options {
	m.Apply(&o)
	return o
}

// All returns every mutant, by topic.
func All() []Mutant {
	all := slices.Concat(keys(), naming(), lists(), deletions(), versions(), ciphers(), uses(), openings(), creators(), tokens(), acls(), callers(), subAccounts(), permissions(), activities(), legacy(), regions(), onTheWire(), cached(), limits(), readings(), signing(), absent(), stopped(), bodies(), ciphertexts(), forgeries(), guesses(), codes())
	for i := range all {
		all[i].Kills = kills[all[i].Name]
	}
	return all
}

// Find returns the mutant with this name.
func Find(name string) (Mutant, error) {
	for _, m := range All() {
		if m.Name == name {
			return m, nil
		}
	}
	return Mutant{}, fmt.Errorf("there is no mutant %q", name)
}

// rules returns a flaw that changes the rules of the model.
func rules(change func(*kms.Rules)) func(*reference.Options) {
	return func(o *reference.Options) {
		r := kms.Documented()
		if o.Rules != nil {
			r = *o.Rules
		}
		change(&r)
		o.Rules = &r
	}
}

// authority returns a flaw that stands before the token authority.
func authority(wrap func(kms.Authority) kms.Authority) func(*reference.Options) {
	return func(o *reference.Options) {
		inner := o.Authority
		o.Authority = func(a kms.Authority) kms.Authority {
			if inner != nil {
				a = inner(a)
			}
			return wrap(a)
		}
	}
}
