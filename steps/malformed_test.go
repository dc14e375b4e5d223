package steps

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestAMemberThatOccursTwiceHasTwoRightValues: whichever of the two a lenient reader takes, it has a request
// that it can carry out, and not the same by both.
func TestAMemberThatOccursTwiceHasTwoRightValues(t *testing.T) {
	for what, r := range rightRequests {
		text, err := malform(r.body, "with a member twice")
		if err != nil {
			t.Fatal(err)
		}
		first, ok := strings.CutSuffix(text, ","+r.body[1:])
		var one, other map[string]any
		if err := json.Unmarshal([]byte(first+"}"), &one); err != nil || !ok {
			t.Fatalf("%s: %s: %v; want another request, then the members of %s", what, text, err, r.body)
		}
		if err := json.Unmarshal([]byte(r.body), &other); err != nil {
			t.Fatal(err)
		}
		sameNames := slices.Equal(slices.Sorted(maps.Keys(one)), slices.Sorted(maps.Keys(other)))
		if !sameNames || first+"}" == r.body {
			t.Errorf("%s: %s has not two values of one member", what, text)
		}
	}
}
