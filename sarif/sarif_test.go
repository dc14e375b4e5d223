// Package sarif_test holds the SARIF that kmsproof writes against the schema that OASIS publishes for
// SARIF 2.1.0, errata 01, as the module go-sarif carries it.
package sarif_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // carries the schema
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// carrier is the package that carries the schema. It keeps it to itself, so it is read from its source.
const carrier = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

// published is the text of the schema.
func published(t *testing.T) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", carrier).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", carrier, err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for n := range ast.Preorder(file) {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].Name == "schema" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
	t.Fatalf("%s has no constant called schema", carrier)
	return ""
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(published(t)))
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	if id := doc.(map[string]any)["id"]; id != address {
		t.Fatalf("the schema is %v, want %s", id, address)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(address, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(address)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate says what the schema has against a text.
func validate(schema *jsonschema.Schema, text string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

// written are the golden files of the reports, by name.
func written(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../reports/testdata/*.sarif")
	if err != nil || len(paths) < 4 {
		t.Fatalf("found %v, %v; want the golden files of the reports", paths, err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

func TestWhatIsWrittenKeepsToThePublishedSchema(t *testing.T) {
	schema := compiled(t)
	for name, text := range written(t) {
		if err := validate(schema, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestThePublishedSchemaRefuses shows that the schema is applied, at each depth that kmsproof writes.
func TestThePublishedSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	sound := written(t)["mixed.sarif"]
	for _, tt := range []struct{ name, old, now string }{
		{"another version", `"version": "2.1.0"`, `"version": "2.2.0"`},
		{"a level that there is not", `"level": "warning"`, `"level": "fatal"`},
		{"a line before the first", `"startLine": `, `"startLine": -`},
		{"an index below none", `"ruleIndex": `, `"ruleIndex": -9`},
		{"a member that there is not", `"ruleId"`, `"ruleID_"`},
		{"a way to suppress that there is not", `"kind": "external"`, `"kind": "elsewhere"`},
		{"an address that is none", `"informationUri": "https:`, `"informationUri": "https :`},
		{"a driver without a name", `"name": "kmsproof",`, ``},
		{"an invocation that does not say how it went", `"executionSuccessful": true,`, ``},
	} {
		broken := strings.Replace(sound, tt.old, tt.now, 1)
		if broken == sound {
			t.Errorf("%s: mixed.sarif has no %s", tt.name, tt.old)
		} else if validate(schema, broken) == nil {
			t.Errorf("%s is accepted", tt.name)
		}
	}
}
