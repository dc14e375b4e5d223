package steps_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// suiteOf names the suite that this test binary runs as a child of itself: to fail is not for a subtest of a
// test that passes.
const suiteOf = "KMSPROOF_TEST_SUITE"

// suites are runs of Test that end in ways of their own.
var suites = map[string]func(*testing.T){
	"warnings":        func(t *testing.T) { warned(t, steps.Options{}) },
	"strict warnings": func(t *testing.T) { warned(t, steps.Options{Strict: true, FailFast: true, Parallel: 1}) },
	"failures": func(t *testing.T) {
		m, err := mutant.Find("acl-default-allow")
		if err != nil {
			t.Fatal(err)
		}
		steps.Test(t, proof.Mutant(m, reference.Options{Seed: 1}), steps.Options{IDs: []string{"acl/Switched on*"}})
	},
	"another symptom": func(t *testing.T) {
		warned(t, steps.Options{Known: []steps.Known{{Rule: "KMS2-*", Symptom: "a cup of tea", Until: "2999-12-31"}}})
	},
	"skips alone": func(t *testing.T) {
		bare := over(honest, through, func(t *target.Target) { delete(t.Credentials, "viewer") })
		steps.Test(t, bare, steps.Options{Tags: "@needs-viewer"})
	},
}

// warned runs, on a mutant that only warns, what is named for it and as much that passes.
func warned(t *testing.T, o steps.Options) {
	m, err := mutant.Find("refusals-without-codes")
	if err != nil {
		t.Fatal(err)
	}
	o.IDs = append(o.IDs, m.Kills...)
	o.IDs = append(o.IDs, "version/*")
	steps.Test(t, proof.Mutant(m, reference.Options{Seed: 1}), o)
}

func TestSuiteOfAChild(t *testing.T) {
	name := os.Getenv(suiteOf)
	if name == "" {
		t.Skip("it is for TestWhatFailsUnderGoTest")
	}
	suites[name](t)
}

// TestWhatFailsUnderGoTest holds that go test is red where the command line would be.
func TestWhatFailsUnderGoTest(t *testing.T) {
	for _, tt := range []struct {
		suite, said string
		pass        bool
	}{
		{"warnings", string(reports.Warned) + ": [KMS2-", true},
		{"strict warnings", string(reports.Warned) + ": [KMS2-", false},
		{"failures", "  repeat    curl ", false},
		{"failures", "rule      KMS2-ACL-002 MUST Switched on", false},
		{"failures", "expected  ", false},
		{"failures", "answer    200 ", false},
		{"another symptom", "known to fail, but with another symptom", false},
		{"skips alone", "every scenario was skipped: nothing was asserted", false},
	} {
		t.Run(tt.suite, func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuiteOfAChild$", "-test.v")
			child.Env = append(os.Environ(), suiteOf+"="+tt.suite)
			out, err := child.CombinedOutput()
			if (err == nil) != tt.pass || !strings.Contains(string(out), tt.said) {
				t.Errorf("%v, want a pass: %v, and %q\n%s", err, tt.pass, tt.said, out)
			}
		})
	}
}
