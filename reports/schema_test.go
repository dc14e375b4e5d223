package reports_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("run.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("run.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWrittenRunsMatchTheSchema(t *testing.T) {
	schema := compiled(t)
	for name, r := range samples() {
		var b bytes.Buffer
		if err := reports.JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for name, change := range map[string]func(map[string]any){
		"another schema number": func(m map[string]any) { m["schema"] = 2 },
		"an unknown verdict":    func(m map[string]any) { m["verdict"] = "fine" },
		"a member gone":         func(m map[string]any) { delete(m, "leftovers") },
		"a null list":           func(m map[string]any) { m["reasons"] = nil },
	} {
		var b bytes.Buffer
		if err := reports.JSON(&b, passing()); err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		if change(m); schema.Validate(m) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

type node struct {
	Required   []string        `json:"required"`
	Properties map[string]any  `json:"properties"`
	Defs       map[string]node `json:"$defs"`
}

// TestEveryMemberIsInTheSchema compares Go members and schema properties both ways, and that the schema
// requires what is always written.
func TestEveryMemberIsInTheSchema(t *testing.T) {
	var root node
	if err := json.Unmarshal(reports.JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"KeySeries": "key", "ClimbStep": "step", "SecondLook": "secondLook"}
	compare(t, reflect.TypeFor[reports.Run](), root)
	for typ := range structs(reflect.TypeFor[reports.Run]()) {
		if typ == reflect.TypeFor[reports.Run]() {
			continue
		}
		name := names[typ.Name()]
		if name == "" {
			name = strings.ToLower(typ.Name())
		}
		def, ok := root.Defs[name]
		if !ok {
			t.Errorf("the schema has no %s", name)
			continue
		}
		compare(t, typ, def)
	}
}

func compare(t *testing.T, typ reflect.Type, n node) {
	t.Helper()
	var members, always []string
	for field := range typ.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" { // it is not written
			continue
		}
		members = append(members, name)
		if options == "" {
			always = append(always, name)
		}
	}
	properties := make([]string, 0, len(n.Properties))
	for name := range n.Properties {
		properties = append(properties, name)
	}
	for _, list := range [][]string{members, always, properties, n.Required} {
		slices.Sort(list)
	}
	if !slices.Equal(members, properties) {
		t.Errorf("%s: Go has %q, the schema %q", typ.Name(), members, properties)
	}
	if !slices.Equal(always, n.Required) {
		t.Errorf("%s: always written are %q, required %q", typ.Name(), always, n.Required)
	}
}

// structs are the struct types of this package that a type is made of, itself included.
func structs(typ reflect.Type) map[reflect.Type]bool {
	found := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch {
		case typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer:
			walk(typ.Elem())
		case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[time.Time]() && !found[typ]:
			found[typ] = true
			for field := range typ.Fields() {
				walk(field.Type)
			}
		}
	}
	walk(typ)
	return found
}
