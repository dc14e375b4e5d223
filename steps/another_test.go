package steps_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// differing fits the sentences that assert that something is not what it was.
var differing = regexp.MustCompile(`differ|(?:is|names|has|tells) another`)

// TestWhatIsRefusedIsNothingElse: a target that refuses one of the calls of a scenario that asserts a difference
// does not pass it, whichever call that is. A text that never came differs from every other.
func TestWhatIsRefusedIsNothingElse(t *testing.T) {
	all, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, c := range all {
		if !slices.ContainsFunc(steps.Thens(c), differing.MatchString) {
			continue
		}
		for n := 1; ; n++ {
			var refused string
			left := n
			got := run(t, steps.Options{Only: []string{c.ID}, Open: over(honest, refusingWhere(func(r *http.Request) bool {
				if asksForCreator(r) {
					return false // it is asked for more often than needed
				}
				left--
				refused = r.Method + " " + r.URL.Path
				return left == 0
			}), nil)}).Scenarios[0]
			if left > 0 {
				break
			}
			if calls++; got.Outcome == reports.Passed {
				t.Errorf("%s passed, though its call %d was refused: %s", c.ID, n, refused)
			}
		}
	}
	if calls < 100 {
		t.Errorf("%d calls were refused, want all of some 20 scenarios", calls)
	}
}

// TestAnIDThatWasNeverToldIsNoOther hides the ID of a creator until the last change of it.
func TestAnIDThatWasNeverToldIsNoOther(t *testing.T) {
	for id, changes := range map[string]int{
		"creator/Replacing the creator gives another ID":         2,
		"creator/A creator that is enabled again has another ID": 3,
	} {
		left := changes
		got := run(t, steps.Options{Only: []string{id}, Open: over(honest, refusingWhere(func(r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/token-generator") && r.Method != http.MethodGet {
				left--
			}
			return asksForCreator(r) && left > 0
		}), nil)}).Scenarios[0]
		if got.Outcome != reports.Failed || left != 0 {
			t.Errorf("%s: %s (%s) after %d changes, want a failure after %d", id, got.Outcome, got.Reason, changes-left, changes)
		}
	}
}

func asksForCreator(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/token-generator")
}

// refusingWhere refuses some of the calls of the imitated APIs.
func refusingWhere(refuses func(*http.Request) bool) func(http.RoundTripper) http.RoundTripper {
	return func(inner http.RoundTripper) http.RoundTripper {
		refusal := always(http.StatusForbidden, `{"error":{"errorCode":"FORBIDDEN","message":"refused","details":""}}`)(inner)
		return tripper(func(r *http.Request) (*http.Response, error) {
			if !strings.HasPrefix(r.URL.Path, "/admin/") && refuses(r) {
				return refusal.RoundTrip(r)
			}
			return inner.RoundTrip(r)
		})
	}
}
