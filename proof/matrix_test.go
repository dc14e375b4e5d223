package proof_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEachMutantIsCaughtByWhatIsNamedForIt is the proof that the suite can fail.
func TestEachMutantIsCaughtByWhatIsNamedForIt(t *testing.T) {
	for _, m := range mutant.All() {
		if proof.Loads(m) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			k, err := proof.Try(t.Context(), m, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !k.Killed() {
				survived(t, k)
			}
		})
	}
}

// TestEachMutantIsCaughtUnderLoad has the machine for itself as far as this package goes. Where it is too busy all the
// same to hold the load, which `make mutants` does not forgive, nothing is shown of that mutant. Of one at least it must
// be. Each of them has one share of the limit a day, where `make mutants` holds all.
func TestEachMutantIsCaughtUnderLoad(t *testing.T) {
	var tried, shown atomic.Int32
	nth := 0
	t.Run("mutants", func(t *testing.T) {
		for _, m := range mutant.All() {
			if !proof.Loads(m) {
				continue
			}
			nth++
			share := proof.Shares[(time.Now().YearDay()+nth)%len(proof.Shares)]
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				tried.Add(1)
				k, err := proof.Try(t.Context(), m, 1, share)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case k.Killed():
					shown.Add(1)
				case len(k.Missed) > 0 && !slices.ContainsFunc(k.Missed, wasHeld):
					t.Logf("nothing is shown: %q", k.Missed)
				default:
					survived(t, k)
				}
			})
		}
	})
	if tried.Load() > 0 && shown.Load() == 0 && !t.Failed() {
		t.Errorf("the machine was too busy to show that any of %d mutants is caught under load: try again when it is not", tried.Load())
	}
}

func survived(t *testing.T, k proof.Kill) {
	t.Errorf("%s It survived. Not caught by: %q; caught by others: %q", k.Flaw, k.Missed, k.Others)
}

// wasHeld reports whether a miss is none of a machine that was too busy for the load.
func wasHeld(missed string) bool { return !strings.Contains(missed, "a busy machine") }

// TestWithoutAFlawNothingIsCaught shows that it is the flaw that the mutants are caught by.
func TestWithoutAFlawNothingIsCaught(t *testing.T) {
	result, err := steps.Run(t.Context(), steps.Options{Open: proof.Reference(reference.Options{Seed: 1}), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range result.Scenarios {
		if s.Outcome != reports.Passed {
			t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
		}
	}
	for _, profile := range []string{"gentle", "per-key-300", "shared-200", "isolation", "identify",
		"refill", "failover", "failover-v1", "capacity", "soak", "soak-forced", "retry-storm"} {
		load, err := proof.Rehearse(t.Context(), profile, reference.Options{Seed: 1}, 1)
		if err != nil || load.Verdict != reports.LoadPass {
			t.Errorf("%s: %s %s (%v), want a pass", profile, load.Verdict, load.Why, err)
		}
	}
}

func TestAMutantThatOnlyOthersCatchSurvives(t *testing.T) {
	m, err := mutant.Find("alg-none")
	if err != nil {
		t.Fatal(err)
	}
	m.Kills = []string{"key/A new key is as it was asked for, and enabled"}
	k, err := proof.Try(t.Context(), m, 1)
	if err != nil {
		t.Fatal(err)
	}
	if k.Killed() || len(k.Missed) != 1 || len(k.Others) == 0 {
		t.Errorf("got %+v, want a survivor that others caught", k)
	}
	m.Kills = nil
	if k, err := proof.Try(t.Context(), m, 1); err != nil || k.Killed() {
		t.Errorf("nothing is named for it, and it counts as killed (%v)", err)
	}
}

func TestAMutantThatCrashesSurvives(t *testing.T) {
	m := mutant.Mutant{
		Name: "crash", Flaw: "It crashes.", Kills: []string{"key/A new key is as it was asked for, and enabled"},
		Apply: func(o *reference.Options) {
			o.Wrap = func(string, http.Handler) http.Handler { return nil }
		},
	}
	k, err := proof.Try(t.Context(), m, 1)
	if err != nil || k.Killed() {
		t.Errorf("killed %v, %v; a crash proves nothing", k.Killed(), err)
	}
}

// TestAMutantThatFailsSurvives: an answer by which a service says that it failed is a crash, unless the rule
// is that it does not.
func TestAMutantThatFailsSurvives(t *testing.T) {
	failing := func(id string) mutant.Mutant {
		return mutant.Mutant{
			Name: "failing", Flaw: "It fails.", Kills: []string{id},
			Apply: func(o *reference.Options) {
				o.Wrap = func(_ string, next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if strings.HasSuffix(r.URL.Path, "crypt") {
							http.Error(w, `{"error":{"errorCode":"500","message":"failed"}}`, http.StatusInternalServerError)
							return
						}
						next.ServeHTTP(w, r)
					})
				}
			},
		}
	}
	for id, killed := range map[string]bool{
		"cipher/A ciphertext names the version that made it, for the account": false,
		"region/A region that is back is as good as before":                   true,
	} {
		k, err := proof.Try(t.Context(), failing(id), 1)
		if err != nil || k.Killed() != killed {
			t.Errorf("%s: killed %v, %v; want %v", id, k.Killed(), err, killed)
		}
	}
}

func TestEveryRuleHasAMutant(t *testing.T) {
	traces, err := proof.Traces()
	if err != nil {
		t.Fatal(err)
	}
	pretends := map[string]bool{}
	for _, m := range mutant.All() {
		pretends[m.Name] = m.Pretends
	}
	for _, tr := range traces {
		real := slices.ContainsFunc(tr.Mutants, func(name string) bool { return !pretends[name] })
		if tr.Rule.Untestable == "" && !real {
			t.Errorf("%s has no mutant with a real flaw that its scenarios are named to catch (%q): %s", tr.Rule.ID, tr.Mutants, tr.Rule.Statement)
		}
	}
}

func TestTheRulesPageIsUpToDate(t *testing.T) {
	traces, err := proof.Traces()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := proof.WriteRules(&b, traces); err != nil {
		t.Fatal(err)
	}
	const page = "../docs/rules.md"
	if *update {
		if err := os.WriteFile(page, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what `make docs` writes (%v)", strings.TrimPrefix(page, "../"), err)
	}
}

// TestMutantsThatAreTriedAtOnceAreToldInTheirOrder with an error among them, too.
func TestMutantsThatAreTriedAtOnceAreToldInTheirOrder(t *testing.T) {
	var some []mutant.Mutant
	for _, name := range []string{"refresh-renews-no-set", "alg-none", "acl-default-allow"} {
		m, err := mutant.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		some = append(some, m)
	}
	var begun []string
	most := -1
	kills, err := proof.TryAll(t.Context(), some, 1, func(done int, m mutant.Mutant) {
		begun, most = append(begun, m.Name), max(most, done)
	})
	if err != nil || len(kills) != len(some) || len(begun) != len(some) || most < 0 || most >= len(some) {
		t.Fatalf("%d kills, begun %q, at most %d done (%v)", len(kills), begun, most, err)
	}
	for i, k := range kills {
		if k.Mutant != some[i].Name || !k.Killed() {
			t.Errorf("kill %d is %+v, want that of %s", i, k, some[i].Name)
		}
	}
	some[1].Kills = []string{"clients:none"}
	if _, err := proof.TryAll(t.Context(), some, 1, nil); err == nil || !strings.Contains(err.Error(), some[1].Name) {
		t.Errorf("got %v, want the error of %s", err, some[1].Name)
	}
}

// TestMutantsUnderLoadAreTriedLast beside none of the others. The context ends as the first of them begins.
func TestMutantsUnderLoadAreTriedLast(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	some := []mutant.Mutant{
		{Name: "loaded", Kills: []string{"under-load:key/A disabled key serves no token either"}, Apply: func(*reference.Options) {}},
		{Name: "other", Kills: []string{"key/A disabled key serves no token either"}, Apply: func(*reference.Options) {}},
	}
	var begun []string
	kills, err := proof.TryAll(ctx, some, 1, func(done int, m mutant.Mutant) {
		begun = append(begun, fmt.Sprint(done, " ", m.Name))
		if m.Name == "loaded" {
			cancel()
		}
	})
	if want := []string{"0 other", "1 loaded"}; !slices.Equal(begun, want) {
		t.Errorf("begun %q, want %q", begun, want)
	}
	if err == nil || kills != nil {
		t.Errorf("%v, %v: mutants that were not tried are no survivors", kills, err)
	}
}
