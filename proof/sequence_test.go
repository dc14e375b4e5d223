package proof_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// explored plays n sequences and returns the scenario that stands for them, with the feature file of the
// one that failed.
func explored(t *testing.T, open target.Opener, n int) (reports.Scenario, []byte) {
	t.Helper()
	result, err := steps.Run(t.Context(), steps.Options{Open: open, Seed: 3, Explore: n, Shrink: time.Second / 20})
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for _, e := range result.Evidence {
		text = e.Text
	}
	return result.Scenarios[0], text
}

func TestSequencesPassOnTheReference(t *testing.T) {
	s, _ := explored(t, proof.Reference(reference.Options{Seed: 1}), 300)
	if s.Outcome != reports.Passed {
		t.Errorf("%s: %s: %s", s.Outcome, s.Step, s.Reason)
	}
	if len(s.Rules) < 25 {
		t.Errorf("%d rules were checked: %v", len(s.Rules), s.Rules)
	}
}

// bySequences are the mutants that a sequence of calls can find: those whose flaw is in how keys,
// versions, creators, tokens, IP ACLs and limits go on after one another.
var bySequences = []string{
	"version-zero", "key-on-demand", "enabling-disables", "disabling-revokes", "deletion-disables",
	"cancelling-enables", "disabled-encrypts", "deletes-at-once", "deletion-cancels",
	"deletion-pretended", "deletion-early", "deletion-late", "wrong-plaintext", "wrong-when-busy",
	"replaced-refresh-lives", "replaced-access-lives", "disabled-creator", "revived-tokens",
	"same-creator", "one-signing-key", "new-creator-mute", "creator-revived",
	"tokens-without-creator", "creator-shown-inactive", "creator-shown-active",
	"disabling-locks-account", "only-the-last-set", "renewal-ages", "no-tokens-after-the-end",
	"expiry-two-minutes-late", "expiry-early", "expiry-ignored", "access-default-24",
	"refresh-default-720", "refresh-opens-ciphers", "access-renews", "access-opens-nothing",
	"refresh-renews-nothing", "refresh-renews-no-set", "foreign-token", "acl-default-allow",
	"acl-ignored", "acl-spares-older-tokens", "acl-spares-renewal", "acl-goes-off",
	"acl-deletion-late", "acl-addition-late", "acl-one-for-all", "acl-on-for-all",
	"acl-deny-when-off", "acl-prefix", "acl-first-only", "acl-on-at-first", "acl-judges-accounts",
	"anonymous-encrypts", "tokens-manage", "refresh-tokens-manage", "tokens-read",
	"anonymous-renews", "shared-limiter", "shared-limiter-300", "slow-limiter-small-burst",
	"choosy-limiter", "newest-version-stops", "versions-of-disabled", "version-off-by-one",
	"enabling-revives-versions", "rotates-twice", "rotation-disables-older", "rotation-revives-first",
	"rotation-stays-on", "rotates-unasked",
}

// TestMutantsAreFoundBySequences shows that the model can fail, and that what is left of a failing
// sequence fails again as a feature file. It tries one mutant in four.
func TestMutantsAreFoundBySequences(t *testing.T) {
	const parts = 4
	part := today(t, parts)
	for i, name := range bySequences {
		if i%parts != part {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := mutant.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			open := proof.Mutant(m, reference.Options{Seed: 1})
			s, text := explored(t, open, 600)
			if s.Outcome != reports.Failed {
				t.Fatalf("%s: %s", s.Outcome, s.Reason)
			}
			file := filepath.Join(t.TempDir(), steps.SequenceFile)
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			again, err := steps.Run(t.Context(), steps.Options{Open: open, Seed: 1, Files: []string{file}})
			if err != nil || again.Scenarios[0].Outcome != reports.Failed || again.Scenarios[0].Step != s.Step {
				t.Errorf("its feature file does not repeat it: %v\n%s", err, text)
			}
		})
	}
}
