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

// TestNoRequestStaysRight: one that a flaw does not change would be sent as it is, and be accepted.
func TestNoRequestStaysRight(t *testing.T) {
	rights := []string{rightCreation("kp-right")}
	for _, r := range rightRequests {
		rights = append(rights, r.body)
	}
	for flaw := range malformed {
		spoiled := 0
		for _, right := range rights {
			text, err := malform(right, flaw)
			if err == nil && text == right {
				t.Errorf("%s is called %s", right, flaw)
			}
			if err == nil {
				spoiled++
			}
		}
		if spoiled == 0 {
			t.Errorf("no request can be %s", flaw)
		}
	}
	for _, flaw := range []string{"not UTF-8", "of wrong types"} {
		if text, err := malform(`{"accessTokenHours":1}`, flaw); err == nil {
			t.Errorf("%s: a request of a number alone became %s", flaw, text)
		}
	}
	if _, err := malform(rightCreation("kp-right"), "too polite"); err == nil {
		t.Error("a flaw that there is not is taken")
	}
}
