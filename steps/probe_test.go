package steps_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// TestRegionsThatCannotBeSetAreTold: an admin listener that knows of a clock alone.
func TestRegionsThatCannotBeSetAreTold(t *testing.T) {
	clockOnly := func(inner http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/admin/regions") {
				return &http.Response{StatusCode: 404, Header: http.Header{}, Body: http.NoBody}, nil
			}
			return inner.RoundTrip(r)
		})
	}
	r := run(t, steps.Options{Open: sharing(t, clockOnly), Seed: 1, IDs: []string{"region/With Korea down a global key*"}})
	for _, s := range r.Scenarios {
		if s.Outcome != reports.Skipped || !strings.Contains(s.Reason, "regions that can be taken down (admin), though it is declared") {
			t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
		}
	}
	told := func(f reports.Finding) bool {
		return f.Kind == "capability" && strings.Contains(f.Text, "declared and not found: regions") && strings.Contains(f.Text, "status 404")
	}
	if len(r.Scenarios) == 0 || !slices.ContainsFunc(r.Findings, told) || slices.Contains(r.Target.Found, "regions") {
		t.Errorf("%d scenarios, findings %v, found %v", len(r.Scenarios), r.Findings, r.Target.Found)
	}
}
