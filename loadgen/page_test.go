package loadgen_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen"
)

// TestThePageOfProfilesNamesThemAll: docs/profiles.md has a section for each profile that is built in, and
// says what each member of a file is.
func TestThePageOfProfilesNamesThemAll(t *testing.T) {
	text, err := os.ReadFile("../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loadgen.Profiles() {
		if !strings.Contains(string(text), "\n### "+p.Name+"\n") {
			t.Errorf("it has no section about %s", p.Name)
		}
	}
	for _, of := range []any{loadgen.Profile{}, loadgen.Limit{}, loadgen.Bounds{}, loadgen.Phase{}, loadgen.Stretch{}, loadgen.Forced{}, loadgen.Span{}} {
		for field := range reflect.TypeOf(of).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			if name != "-" && !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), "."+name+"`") {
				t.Errorf("it does not say what %s of %T is", name, of)
			}
		}
	}
}
