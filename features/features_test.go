package features_test

import (
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/steps"
)

// TestRulesAndScenariosMeet holds both directions: a rule has a scenario or says why not, and the
// plan refuses scenarios without a rule and tags without a rule.
func TestRulesAndScenariosMeet(t *testing.T) {
	cases, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]int{}
	for _, c := range cases {
		for _, rule := range c.Rules {
			checked[rule]++
		}
	}
	for _, r := range features.Rules() {
		if (checked[r.ID] == 0) == (r.Untestable == "") {
			t.Errorf("%s: %d cases check it, untestable: %q", r.ID, checked[r.ID], r.Untestable)
		}
	}
}

// TestLevelsAreNotMixed keeps a warning a warning: a case takes the most binding level of its rules,
// so an inferred rule must not ride on a documented one.
func TestLevelsAreNotMixed(t *testing.T) {
	level := levels()
	cases, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, rule := range c.Rules {
			if level[rule] != features.Level(c.Level) {
				t.Errorf("%s: %s is %s, the case is %s", c.ID, rule, level[rule], c.Level)
			}
		}
	}
}

func TestParseRules(t *testing.T) {
	const right = `rules:
  - id: KMS2-TOK-001
    level: MUST
    origin: {page: kms-token, asOf: 2026-10-08}
    statement: A token is a token.
    risk: security
`
	if _, err := features.ParseRules([]byte(right)); err != nil {
		t.Fatalf("the right register is refused: %v", err)
	}
	for _, tt := range []struct{ what, old, new, want string }{
		{"unknown member", "risk:", "riks: x\n    risk:", "riks"},
		{"ID", "KMS2-TOK-001", "KMS2-TOK-1", "form"},
		{"area", "KMS2-TOK-001", "KMS2-XXX-001", "form"},
		{"level", "MUST", "MAY", "level"},
		{"page", "kms-token", `""`, "origin.page"},
		{"date", "2026-10-08", "October", "asOf"},
		{"statement", "a token.", "a token", "sentence"},
		{"risk", "risk: security", "risk: high", "risk"},
		{"rival of a MUST", "risk:", "rival: Other.\n    risk:", "rival"},
		{"no rival", "MUST", "INFERRED", "rival"},
		{"need", "risk:", "needs: [luck]\n    risk:", "luck"},
		{"nothing", right, "rules: []", "no rule"},
		{"twice", right, right + strings.TrimPrefix(right, "rules:\n"), "twice"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			_, err := features.ParseRules([]byte(strings.Replace(right, tt.old, tt.new, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error about %q", err, tt.want)
			}
		})
	}
}

func TestEachCapabilityHasWords(t *testing.T) {
	for _, c := range features.Capabilities() {
		if features.Wanting(c) == "" {
			t.Errorf("%s: nothing says what a target without it would have to offer", c)
		}
	}
}
