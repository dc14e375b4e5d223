package reference_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// A documented operation is a row of docs/operations.md.
type documentedOp struct {
	op    string
	calls []string // method and path, as in the OpenAPI file
	code  []string // functions of package reference
	tests []string // test functions and feature files
}

var quoted = regexp.MustCompile("`([^`]+)`")

func quotedIn(cell string) []string {
	var out []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		out = append(out, m[1])
	}
	return out
}

// documentedOps reads the two tables of operations.
func documentedOps(t *testing.T) (api20, api10 []documentedOp, page string) {
	t.Helper()
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		switch len(cells) {
		case 6:
			method, _, _ := strings.Cut(strings.TrimSpace(cells[1]), " ")
			path := strings.Join(quotedIn(cells[1]), "")
			api20 = append(api20, documentedOp{quotedIn(cells[0])[0], []string{method + " /kms/v1/keys" + path}, quotedIn(cells[4]), quotedIn(cells[5])})
		case 5:
			action := quotedIn(cells[1])[0]
			calls := []string{"POST /keys/v1/{keyTag}/" + action, "POST /keys/v2/{keyTag}/" + action}
			api10 = append(api10, documentedOp{quotedIn(cells[0])[0], calls, quotedIn(cells[3]), quotedIn(cells[4])})
		}
	}
	return api20, api10, string(text)
}

// TestTheTableOfOperationsIsTrue holds docs/operations.md against the OpenAPI files, the code and the
// tests: every call has a row, and what a row names is there.
func TestTheTableOfOperationsIsTrue(t *testing.T) {
	api20, api10, page := documentedOps(t)
	code, tests := sources(t, "."), sources(t, "..")
	for api, rows := range map[string][]documentedOp{reference.API20: api20, reference.API10: api10} {
		calls := described(t, api)
		for _, row := range rows {
			if !slices.Contains(kms.Ops(), kms.Op(row.op)) {
				t.Errorf("%s: there is no operation %s", api, row.op)
			}
			for _, call := range row.calls {
				if calls[call] != (len(row.code) > 0) {
					t.Errorf("%s %s: the OpenAPI file has it: %v; the row names code: %v", api, call, calls[call], row.code)
				}
				delete(calls, call)
			}
			for _, name := range row.code {
				if !regexp.MustCompile(`(?m)^func (\([a-z]+ \*\w+\) )?` + name + `\(`).MatchString(code.plain) {
					t.Errorf("%s %s: there is no function %s", api, row.op, name)
				}
			}
			if !slices.ContainsFunc(row.tests, isFeature) {
				t.Errorf("%s %s: no feature file", api, row.op)
			}
		}
		for call := range calls {
			t.Errorf("%s: no row for %s", api, call)
		}
	}
	for _, name := range codeOf(page) {
		function := regexp.MustCompile(`(?m)^func (\([a-z]+ \*\w+\) )?` + name + `\(`).MatchString(code.plain)
		if !function && !strings.Contains(code.plain, "`yaml:\""+name+"\"`") {
			t.Errorf("docs/operations.md names %s, which is neither a function nor a switch of the dialect", name)
		}
	}
	for _, name := range quotedIn(page) {
		if isFeature(name) {
			if _, err := fs.Stat(features.FS(), path.Base(name)); err != nil {
				t.Errorf("docs/operations.md names %s: %v", name, err)
			}
		}
		if isTest := strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz"); isTest && !strings.Contains(tests.tests, "\nfunc "+name+"(") {
			t.Errorf("docs/operations.md names %s, which there is not", name)
		}
	}
}

// codeOf returns what the tables name whose last columns are "code, switch" and "test".
func codeOf(page string) (names []string) {
	in := false
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if last := len(cells) - 2; last > 0 && strings.TrimSpace(cells[last]) == "code, switch" {
			in = true
		} else if in = in && last > 0; in {
			names = append(names, quotedIn(cells[last])...)
		}
	}
	return names
}

// isFeature tells a feature file from a test function.
func isFeature(name string) bool { return path.Ext(name) == ".feature" }

// written is the text of Go files.
type written struct{ plain, tests string }

// sources reads the Go files below a folder.
func sources(t *testing.T, root string) written {
	t.Helper()
	var plain, tests strings.Builder
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".go" {
			return err
		}
		text, err := os.ReadFile(file)
		into := &plain
		if strings.HasSuffix(file, "_test.go") {
			into = &tests
		}
		into.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return written{plain.String(), tests.String()}
}
