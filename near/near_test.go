package near

import (
	"math"
	"testing"
)

func TestTheNearestNamesAreTold(t *testing.T) {
	names := []string{"alg-none", "html", "markdown", "foreign-token", "revived-tokens", "isolated-without-tokens", "expired-token", "acl/One", "acl/Two", "Größe"}
	for asked, want := range map[string]string{
		"alg-non":             `; nearest: "alg-none"`,
		"htlm":                `; nearest: "html"`,
		"markdwon":            `; nearest: "markdown"`,
		"revoked-token-works": `; nearest: "revived-tokens", "expired-token", "foreign-token"`,
		"token":               `; nearest: "expired-token", "foreign-token", "revived-tokens"`, // the shorter ones first: more of them is it
		"ACL/*":               `; nearest: "acl/One", "acl/Two"`,
		"grosse":              `; nearest: "Größe"`,
		"größen":              `; nearest: "Größe"`,
		"pdf":                 ``,
		"*":                   ``,
		"":                    ``,
	} {
		if got := Hint(asked, append(names, names...)); got != want {
			t.Errorf("%q: %s, want %s", asked, got, want)
		}
	}
	if got := Hint("x", nil); got != "" {
		t.Errorf("of none: %s", got)
	}
}

func TestHowAlikeTextsAre(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"a", "a", 1}, {"a", "b", 0}, {"ab", "ba", 0}, {"ab", "abc", 4. / 7}, {"aa", "aaa", 6. / 7}, {"", "abc", 0}, {"é", "é", 1},
	} {
		if got := dice(tt.a, tt.b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%q, %q: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
