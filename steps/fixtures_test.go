package steps

import (
	_ "embed"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

//go:embed fixtures/published-refresh-token.txt
var publishedRefreshToken string

// TestPublishedTokens reads the two tokens of the guide page (kms-token).
func TestPublishedTokens(t *testing.T) {
	issued := time.Date(2024, 10, 16, 4, 27, 56, 0, time.UTC)
	for _, tt := range []struct {
		name, text, kind string
		life             time.Duration
	}{
		{"access", publishedAccessToken, "ACCESS", 3 * time.Hour},
		{"refresh", publishedRefreshToken, "REFRESH", 12 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j, err := readJWT(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			c := j.Claims
			if j.Typ != "JWT" || j.Alg != "RS256" || len(j.signature) != 256 {
				t.Errorf("typ %s, alg %s, signature of %d bytes", j.Typ, j.Alg, len(j.signature))
			}
			if c.Kind != tt.kind || c.Class != "EXT" || c.Sub != "5b126890-c081-11ec-ba6e-246e96591594" {
				t.Errorf("kind %s, class %s, sub %s", c.Kind, c.Class, c.Sub)
			}
			if life, ends := c.life(); !ends || life != tt.life || !time.Unix(c.Iat, 0).Equal(issued) {
				t.Errorf("issued %v for %v", time.Unix(c.Iat, 0).UTC(), life)
			}
			if tag := strings.TrimPrefix(c.Key, keyClaim); len(tag) != 64 || tag == c.Key {
				t.Errorf("key %q", c.Key)
			}
			if len(c.Codes) != 38 || !slices.Equal(c.Codes, publishedCodes) {
				t.Errorf("%d codes: %v", len(c.Codes), c.Codes)
			}
			if want := []string{"sub", "iat", "exp", "1", "2", "3", "4"}; !slices.Equal(j.order, want) {
				t.Errorf("members in the order %v, want %v", j.order, want)
			}
		})
	}
}

// TestForgeriesDifferAndKeepTheRest: a forgery that is the genuine token, or changes nothing that is
// signed, would prove nothing.
func TestForgeriesDifferAndKeepTheRest(t *testing.T) {
	j, err := readJWT(publishedAccessToken)
	if err != nil {
		t.Fatal(err)
	}
	f := &forger{j: j, parts: strings.Split(publishedAccessToken, "."), key: "k", other: strings.Split(publishedRefreshToken, ".")[2]}
	for flaw, craft := range forgeries {
		text := craft(f)
		if text == publishedAccessToken && flaw != "the published one" {
			t.Errorf("%s: the token is genuine", flaw)
		}
		claim := map[string]string{"a later end": "exp", "no end": "exp", "an earlier start": "iat", "another holder": "sub",
			"another key's name": "2", "other permissions": "4", "a claim more": "5", "the other kind": "1"}[flaw]
		if claim == "" {
			continue
		}
		forged, err := readJWT(text)
		if err != nil {
			t.Errorf("%s: %v", flaw, err)
			continue
		}
		if got := changed(t, j.payload, forged.payload); !slices.Equal(got, []string{claim}) || string(forged.signature) != string(j.signature) {
			t.Errorf("%s: claims %v differ, want only %s; same signature: %v", flaw, got, claim, string(forged.signature) == string(j.signature))
		}
	}
}

// changed lists the members in which two objects differ.
func changed(t *testing.T, a, b []byte) (names []string) {
	t.Helper()
	var left, right map[string]json.RawMessage
	if err := json.Unmarshal(a, &left); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &right); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sub", "iat", "exp", "1", "2", "3", "4", "5"} {
		if string(left[name]) != string(right[name]) {
			names = append(names, name)
		}
	}
	return names
}

// TestPublishedAnswers reads the answers of testdata/wire.json as the suite does.
func TestPublishedAnswers(t *testing.T) {
	text, err := os.ReadFile("testdata/wire.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Source, What         string
		Status               int
		Body                 json.RawMessage
		Accepted             bool
		Shape, Code, Message string
		Text, List           map[string]string
		Number               map[string]int64
	}
	if err := json.Unmarshal(text, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) < 10 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, e := range examples {
		t.Run(e.What, func(t *testing.T) {
			r := read(&target.Answer{Status: e.Status, Body: e.Body})
			if r.ok() != e.Accepted || r.refused() == e.Accepted {
				t.Errorf("accepted %v, refused %v (%s)", r.ok(), r.refused(), r)
			}
			if r.Fault != (fault{e.Shape, e.Code, e.Message}) {
				t.Errorf("fault %+v, want %s %s %s", r.Fault, e.Shape, e.Code, e.Message)
			}
			for name, want := range e.Text {
				if got, ok := r.str(name); !ok || got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			for name, want := range e.Number {
				if got, ok := r.number(name); !ok || got != want {
					t.Errorf("%s = %d, want %d", name, got, want)
				}
			}
			for name, want := range e.List {
				if got, ok := r.list(name); !ok || strings.Join(got, " ") != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}
