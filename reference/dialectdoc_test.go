package reference_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// row is a row of a table of docs/dialect.md that answers a question.
type row struct{ numbers, question, reference, grounds, switches string }

// dialectRows reads the tables of open questions.
func dialectRows(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("../docs/dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	inTable := false
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		switch {
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case cells[0] == "| no.":
			inTable = true
		case inTable && !strings.HasPrefix(line, "| ---"):
			if len(cells) != 5 {
				t.Errorf("%d cells, want 5: %s", len(cells), line)
				continue
			}
			rows = append(rows, row{strings.TrimPrefix(cells[0], "| "), cells[1], cells[2], cells[3], strings.TrimSuffix(cells[4], " |")})
		}
	}
	return rows
}

// TestEachOpenQuestionHasARow: each of the 39 has one, and each row has grounds and names a switch that there
// is, which a file sets for one of the 39, or says why a client needs none.
func TestEachOpenQuestionHasARow(t *testing.T) {
	told := map[string]bool{}
	for _, r := range dialectRows(t) {
		if r.question == "" || r.reference == "" || r.grounds == "" {
			t.Errorf("a cell is empty: %+v", r)
		}
		for n := range strings.SplitSeq(r.numbers, ", ") {
			told[n] = true
		}
		reason, none := strings.CutPrefix(r.switches, "none: ")
		switch {
		case none && len(reason) < 20:
			t.Errorf("%s: %q is no reason", r.question, reason)
		case none || r.numbers == "–" && r.switches == "–":
		default:
			if r.numbers != "–" && !slices.ContainsFunc(strings.Split(r.switches, ", "), isMember) {
				t.Errorf("%s: no dialect file sets %s", r.question, r.switches)
			}
			for name := range strings.SplitSeq(r.switches, ", ") {
				if !switches()[strings.Trim(name, "`")] || !strings.HasPrefix(name, "`") {
					t.Errorf("%s: there is no switch %s", r.question, name)
				}
			}
		}
	}
	for n := range 39 {
		if !told[fmt.Sprint(n+1)] {
			t.Errorf("nothing is told of question %d", n+1)
		}
	}
}

// isMember reports whether a dialect file sets the switch that a row names.
func isMember(name string) bool {
	for f := range reflect.TypeFor[reference.Dialect]().Fields() {
		if "`"+f.Tag.Get("yaml")+"`" == name {
			return true
		}
	}
	return false
}

// TestEachSwitchHasARow: what a file sets is the switch of a row.
func TestEachSwitchHasARow(t *testing.T) {
	var named strings.Builder
	for _, r := range dialectRows(t) {
		named.WriteString(r.switches)
	}
	for member := range reflect.TypeFor[reference.Dialect]().Fields() {
		if name := member.Tag.Get("yaml"); !strings.Contains(named.String(), "`"+name+"`") {
			t.Errorf("no row of docs/dialect.md has the switch %s", name)
		}
	}
}

// switches are the names that a row may have: what a file sets, and fields for Go.
func switches() map[string]bool {
	names := map[string]bool{}
	for f := range reflect.TypeFor[reference.Dialect]().Fields() {
		names[f.Tag.Get("yaml")] = true
	}
	for f := range reflect.TypeFor[reference.Options]().Fields() {
		names["Options."+f.Name] = true
	}
	for f := range reflect.TypeFor[kms.Rules]().Fields() {
		names["Rules."+f.Name] = true
	}
	return names
}

// TestEachReasonHasARow: what answers can change is in the first table.
func TestEachReasonHasARow(t *testing.T) {
	text, err := os.ReadFile("../docs/dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| reason |")
	table, _, _ = strings.Cut(table, "\n\n")
	_, wrong := reference.ParseDialect("d.yaml", []byte("answers: {nothing: {status: 400, code: X}}"))
	_, all, _ := strings.Cut(wrong.Error(), "there are [")
	for reason := range strings.FieldsSeq(strings.TrimSuffix(all, "]")) {
		if !regexp.MustCompile(`(?m)^\| ([a-z0-9, -]+, )?` + reason + `(, [a-z0-9, -]+)? \|`).MatchString(table) {
			t.Errorf("docs/dialect.md does not say how %s is answered", reason)
		}
	}
}
