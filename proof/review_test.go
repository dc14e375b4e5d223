package proof_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
)

var review = flag.Bool("reviewed", false, "note that the scenarios of changed rules were looked at again")

// TestScenariosWereReviewedSinceTheirRuleChanged keeps a scenario from going on to check what its rule
// used to say.
func TestScenariosWereReviewedSinceTheirRuleChanged(t *testing.T) {
	const file = "../features/reviewed.txt"
	traces, err := proof.Traces()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil && !*review {
		t.Fatal(err)
	}
	have, err := proof.ReadReview(string(text))
	if err != nil {
		t.Fatal(err)
	}
	changed, gone := have.Unreviewed(traces)
	for _, tr := range changed {
		complain := t.Errorf
		if *review {
			complain = t.Logf
		}
		complain("%s says since it was reviewed: %s\n  hold these scenarios against it, then run `make reviewed`:\n  %s",
			tr.Rule.ID, tr.Rule.Statement, strings.Join(tr.Scenarios, "\n  "))
	}
	if *review {
		if err := os.WriteFile(file, []byte(proof.ReviewText(traces)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(gone) > 0 {
		t.Errorf("reviewed, and in no register: %q; `make reviewed` drops them", gone)
	}
}

func TestAChangedStatementIsUnreviewed(t *testing.T) {
	rule := features.Rule{ID: "KMS2-KEY-001", Level: features.Must, Statement: "It is so."}
	review, err := proof.ReadReview(proof.ReviewText([]proof.Trace{{Rule: rule}}))
	if err != nil {
		t.Fatal(err)
	}
	other, softer, added := rule, rule, rule
	other.Statement, softer.Level, added.ID = "It is not.", features.Should, "KMS2-KEY-002"
	for name, tt := range map[string]struct {
		now           features.Rule
		changed, gone int
	}{
		"as it was":         {rule, 0, 0},
		"another statement": {other, 1, 0},
		"another level":     {softer, 1, 0},
		"a new rule":        {added, 1, 1},
	} {
		changed, gone := review.Unreviewed([]proof.Trace{{Rule: tt.now, Scenarios: []string{"key/one"}}})
		if len(changed) != tt.changed || len(gone) != tt.gone {
			t.Errorf("%s: changed %v, gone %v", name, changed, gone)
		}
		if len(changed) > 0 && !slices.Equal(changed[0].Scenarios, []string{"key/one"}) {
			t.Errorf("%s: the scenarios to look at are %q", name, changed[0].Scenarios)
		}
	}
	if _, err := proof.ReadReview("KMS2-KEY-001\n"); err == nil {
		t.Error("a line without a digest was read")
	}
}
