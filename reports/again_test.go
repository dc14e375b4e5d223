package reports_test

import (
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestAFailureTellsTheCommandThatRunsItAgain, as the run was given its target and its leave.
func TestAFailureTellsTheCommandThatRunsItAgain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		id      string
		outcome reports.Outcome
		config  map[string]string
		want    string // empty: no line
	}{
		{"a mutant", "acl/It denies", reports.Failed, map[string]string{"target": "mutant:x"}, `kmsproof conform 'acl/It denies' --target mutant:x`},
		{"an apostrophe", "acl/A key's list", reports.Failed, map[string]string{"target": "my target.yaml"}, `kmsproof conform 'acl/A key'\''s list' --target 'my target.yaml'`},
		{"overload", "limits/x", reports.Blocked, map[string]string{"target": "t.yaml", "allow-overload": "true"}, `kmsproof conform limits/x --target t.yaml --allow-overload`},
		{"under load", "acl/It denies (under 80 % load)", reports.Failed, map[string]string{"target": "reference"}, `kmsproof conform 'acl/It denies' --target reference --under-load 80%`},
		{"a file", "acl/It denies", reports.Errored, map[string]string{"target": "reference", "selected": "mine/acl.feature"}, `kmsproof conform mine/acl.feature 'acl/It denies' --target reference`},
		{"a known failure that passed", "a/x", reports.UnexpectedPass, map[string]string{"target": "reference", "known": "known.yaml"}, `kmsproof conform a/x --target reference --known known.yaml`},
		{"a sequence that was drawn", "explore/sequence 3", reports.Failed, map[string]string{"target": "reference", "explore": "500"}, ""},
		{"no command", "acl/It denies", reports.Failed, nil, ""},
		{"a warning", "acl/It denies", reports.Warned, map[string]string{"target": "reference"}, ""},
	} {
		run := &reports.Run{Config: tt.config, Scenarios: []reports.Scenario{{ID: tt.id, File: "mine/acl.feature", Outcome: tt.outcome}}}
		_, got, _ := strings.Cut(run.TextOf(run.Scenarios[0]), "\n  again     ")
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	run := &reports.Run{Strict: true, Config: map[string]string{"target": "reference"}, Scenarios: []reports.Scenario{{ID: "a/x", Outcome: reports.Warned}}}
	if got := run.TextOf(run.Scenarios[0]); !strings.HasSuffix(got, "kmsproof conform a/x --target reference --strict") {
		t.Errorf("a warning of a strict run: %q", got)
	}
}
