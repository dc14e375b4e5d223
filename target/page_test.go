package target

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// members lists the members of a target file, those of members after a dot. Lists and roles have no
// name of their own there.
func members(t reflect.Type, before string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var all []string
	for field := range t.Fields() {
		name := before + field.Tag.Get("yaml")
		all = append(append(all, name), members(field.Type, name+".")...)
	}
	return all
}

func TestThePageNamesEveryMember(t *testing.T) {
	page, err := os.ReadFile("../docs/target.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `") {
			rows++
		}
	}
	all := members(reflect.TypeFor[file](), "")
	for _, name := range all {
		if !strings.Contains(string(page), "\n| `"+name+"` |") {
			t.Errorf("docs/target.md has no row for %s", name)
		}
	}
	if rows != len(all) {
		t.Errorf("docs/target.md has %d rows, the file %d members", rows, len(all))
	}
}

func TestThePagesFileIsATarget(t *testing.T) {
	page, err := os.ReadFile("../docs/target.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	text, _, fenced := strings.Cut(rest, "```")
	if _, err := Parse("target.md", []byte(text), func(string) (string, bool) { return "x", true }); err != nil || !fenced {
		t.Errorf("its example is no target file: %v", err)
	}
}
