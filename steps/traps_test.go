package steps

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cucumber/godog"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// oddRules is a register for features made up by tests.
const oddRules = `rules:
  - id: KMS2-KEY-001
    level: MUST
    origin: {page: made-up, asOf: 2026-10-08}
    statement: It is so.
    risk: function
  - id: KMS2-KEY-002
    level: INFERRED
    origin: {page: made-up, asOf: 2026-10-08}
    statement: It may be so.
    needs: [viewer]
    risk: function
    rival: It is not.
`

// odd makes a file system of one feature.
func odd(scenarios string) fstest.MapFS {
	return fstest.MapFS{
		"rules.yaml":  {Data: []byte(oddRules)},
		"odd.feature": {Data: []byte("Feature: Odd\n" + scenarios)},
	}
}

// TestUnfitFeaturesAreRefused holds what the plan refuses before anything runs.
func TestUnfitFeaturesAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"two of one title", "@KMS2-KEY-001\nScenario: A\n  Then it holds\n@KMS2-KEY-001\nScenario: A\n  Then it holds\n", "also that of line"},
		{"rows of one title", "@KMS2-KEY-001\nScenario Outline: A\n  Then it <x>\nExamples:\n|x|\n|a|\n|b|\n", "also that of line"},
		{"no rule", "Scenario: A\n  Then it holds\n", "names no rule"},
		{"unknown rule", "@KMS2-KEY-999\nScenario: A\n  Then it holds\n", "KMS2-KEY-999 is not in the register"},
		{"misspelt rule", "@KMS2-KEY-001 @KMS2-KYE-002\nScenario: A\n  Then it holds\n", "there is no tag @KMS2-KYE-002:"},
		{"rule of another service", "@KMS2-KEY-001 @KSM2-KEY-002\nScenario: A\n  Then it holds\n", "there is no tag @KSM2-KEY-002:"},
		{"a capital too many", "@KMS2-KEY-001 @Serial\nScenario: A\n  Then it holds\n", "there is no tag @Serial:"},
		{"a dash too few", "@KMS2-KEY-001 @underload\nScenario: A\n  Then it holds\n", "there is no tag @underload:"},
		{"unknown capability", "@KMS2-KEY-001 @needs-luck\nScenario: A\n  Then it holds\n", "luck"},
		{"no Then", "@KMS2-KEY-001\nScenario: A\n  When it runs\n", "no Then"},
		{"a clock that others share", "@KMS2-KEY-001\nScenario: A\n  When a minute passes if the clock can be set\n  Then it holds\n", "moves the clock that other scenarios share: tag it @serial"},
		{"a step of no kind", "@KMS2-KEY-001\nScenario: A\n  * it runs\n  Then it holds\n", "no Given, When or Then"},
		{"no steps", "@KMS2-KEY-001\nScenario: A\n", "no Then"},
		{"no Gherkin", "Scenario: A\n  Oops\n", "odd.feature"},
		{"no scenario", "", "odd.feature: it holds no scenario, or examples without a row"},
		{"no rows", "@KMS2-KEY-001\nScenario Outline: A\n  Then it <x>\nExamples:\n|x|\n", "odd.feature: it holds no scenario, or examples without a row"},
		{"no rows in one of two tables", "@KMS2-KEY-001\nScenario Outline: A\n  Then it <x>\nExamples:\n|x|\n|a|\nExamples: none\n|x|\n", "odd.feature:8: the examples have no row"},
		{"no rows under a rule", "Rule: R\n@KMS2-KEY-001\nScenario: B\n  Then it is\n@KMS2-KEY-001\nScenario Outline: A\n  Then it <x>\nExamples:\n", "odd.feature:9: the examples have no row"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Plan(Options{Features: odd(tt.text)})
			if err == nil {
				t.Fatalf("nothing is wrong with it, want an ErrSuite about %q", tt.want)
			}
			if !errors.Is(err, ErrSuite) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an ErrSuite about %q", err, tt.want)
			}
		})
	}
}

// TestStepsThatProveNothingAreErrors plays one scenario with steps that are odd on purpose.
func TestStepsThatProveNothingAreErrors(t *testing.T) {
	for _, tt := range []struct{ name, then, want string }{
		{"undefined", "nobody defined this", "undefined"},
		{"pending", "it is pending", "pending"},
		{"skipped", "it skips itself", "skipped itself"},
		{"ambiguous", "it is twofold", "ambiguous"},
		{"panic", "it panics", "on purpose"},
		{"no comparison", "it says nothing", "compares nothing"},
		{"no request", "it compares without asking", "sent no request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, _, err := load(Options{Features: odd("@KMS2-KEY-001\nScenario: A\n  Then " + tt.then + "\n")})
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(&target.Target{}, 0)
			w.more = func(add func(string, any)) { oddSteps(w, add) }
			got := judge(play(t.Context(), all[0], w), reports.Must)
			if got.outcome != reports.Errored || !strings.Contains(got.reason, tt.want) {
				t.Errorf("got %s: %s, want an error about %q", got.outcome, got.reason, tt.want)
			}
		})
	}
}

func oddSteps(w *world, add func(string, any)) {
	add(`it is pending`, func() error { return godog.ErrPending })
	add(`it skips itself`, func() error { return godog.ErrSkip })
	add(`it is twofold`, func() error { return nil })
	add(`it is two.*`, func() error { return nil })
	add(`it panics`, func() error { panic("on purpose") })
	add(`it says nothing`, func() error { return nil })
	add(`it compares without asking`, func(context.Context) error { return w.compare(true, "", "") })
}

// TestEveryStepFitsOneDefinition looks at the real features without running them.
func TestEveryStepFitsOneDefinition(t *testing.T) {
	all, _, err := load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var exprs []string
	newWorld(&target.Target{}, 0).register(func(expr string, _ any) { exprs = append(exprs, expr) })
	fits := map[string][]string{}
	used := map[string]bool{}
	for _, c := range all {
		for _, s := range c.pickle.Steps {
			if _, done := fits[s.Text]; done {
				continue
			}
			for _, e := range exprs {
				if sentence(e).MatchString(s.Text) {
					fits[s.Text], used[e] = append(fits[s.Text], e), true
				}
			}
			if n := len(fits[s.Text]); n != 1 {
				t.Errorf("%s:%d: %q fits %d definitions: %q", c.File, c.Line, s.Text, n, fits[s.Text])
			}
		}
	}
	for _, e := range exprs {
		if !used[e] {
			t.Errorf("no scenario uses the step %q", e)
		}
	}
}
