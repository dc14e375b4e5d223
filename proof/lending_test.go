package proof_test

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// spoilt are the mutants whose flaw shows once, or to everybody, on a server that scenarios share.
var spoilt = map[string]string{
	"key-on-demand":  "it makes one key, whose name is then taken",
	"list-loses-one": "the newest key may be that of another scenario",
	"acl-on-for-all": "what one scenario does to it denies all others",

	"access-rule-for-all": "what one scenario does to it denies all others",

	"signatures-count-once":  "two scenarios that use one key in one millisecond sign alike",
	"signatures-of-one-body": "two scenarios that use one key in one millisecond sign alike",

	"korea-an-hour-behind":    "what puts the regions right after a scenario takes the lag away",
	"outage-of-japan-forgets": "what puts the regions right after a scenario takes the lag away",
}

var lendEvery = flag.Int("lend-every", 8, "share one in so many mutants among all scenarios; 1: every one, in some minutes")

// TestLendingHidesNoFlaw runs the features of the named scenarios on mutants that all scenarios share,
// so that keys are lent: what is caught on a server for each scenario is caught there too.
func TestLendingHidesNoFlaw(t *testing.T) {
	for i, m := range mutant.All() {
		if i%*lendEvery != 0 {
			continue
		}
		var ids, features []string
		for _, kill := range m.Kills {
			if file, _, ok := strings.Cut(kill, "/"); ok && !strings.Contains(file, ":") { // not of a load profile, and the like
				ids, features = append(ids, kill), append(features, file+"/*")
			}
		}
		if len(ids) == 0 || spoilt[m.Name] != "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			shared, err := proof.Mutant(m, reference.Options{Seed: 1})(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			shared.Disposable = false
			r, err := steps.Run(t.Context(), steps.Options{
				Open: func(context.Context) (*target.Target, error) { return shared, nil }, IDs: features, Seed: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range r.Scenarios {
				if slices.Contains(ids, s.ID) && s.Outcome != reports.Failed && s.Outcome != reports.Warned {
					t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
				}
			}
		})
	}
}
