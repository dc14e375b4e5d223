//go:build e2e

package reports_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestJUnitMatchesItsXSD(t *testing.T) {
	for name, r := range samples() {
		if out, err := xmllint(t, write(t, "junit", r)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for _, bad := range []string{`<testsuite/>`, `<testsuites><testsuite name="a"/></testsuites>`} {
		if _, err := xmllint(t, bad); err == nil {
			t.Errorf("the schema accepts %s", bad)
		}
	}
}

func xmllint(t *testing.T, doc string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", "testdata/junit.xsd", "-")
	cmd.Stdin = strings.NewReader(doc)
	return cmd.CombinedOutput()
}
