package steps

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"acl", "alc", 2}, {"é", "e", 1},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestWrongSelectionsNameTheNearest(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string // empty: no hint
	}{
		{Options{IDs: []string{"a/oen"}}, `; did you mean "a/one"?`},
		{Options{IDs: []string{"A/ONE"}}, `; did you mean "a/one"?`},
		{Options{IDs: []string{"two"}}, `; did you mean "a/two"?`},
		{Options{IDs: []string{"nothing of the kind"}}, ""},
		{Options{Rule: "KMS2-KYE"}, `; did you mean "KMS2-KEY"?`},
		{Options{Rule: "KMS2-TOK-0001"}, `; did you mean "KMS2-TOK-001"?`},
		{Options{Tags: "@slwo"}, `; did you mean "@slow"?`},
	} {
		_, err := choose(few, tt.o)
		if err == nil || tt.want != "" && !strings.HasSuffix(err.Error(), tt.want) || tt.want == "" && strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%+v: got %v, want %q", tt.o, err, tt.want)
		}
	}
}
