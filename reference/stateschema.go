package reference

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/kmsproof/kmsproof/features"
)

// stateSchema is the schema of state files. One that does not compile is a mistake of the build.
var stateSchema = sync.OnceValue(func() *jsonschema.Schema {
	const name = "state.schema.json"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(features.StateSchema()))
	if err != nil {
		panic("reference: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		panic("reference: " + err.Error())
	}
	return c.MustCompile(name)
})

// checkState holds the text of a state file against its schema.
func checkState(name string, text []byte) error {
	var doc any
	if err := readYAML(text, &doc); err != nil {
		return yamlError(name, "state", err)
	}
	err := stateSchema().Validate(doc)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok { // YAML has values that JSON has not
		return fmt.Errorf("%s: it is not a state file", name)
	}
	wrong = slices.MinFunc(leaves(wrong), worse)
	path := make([]any, 0, len(wrong.InstanceLocation)+1)
	for _, part := range wrong.InstanceLocation {
		if n, err := strconv.Atoi(part); err == nil {
			path = append(path, n)
		} else {
			path = append(path, part)
		}
	}
	path, sentence := describe(path, wrong.ErrorKind)
	return located(name, text, &placed{path, errors.New(memberPath(path) + sentence)})
}

// leaves returns the mistakes that a finding is made of.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var out []*jsonschema.ValidationError
	for _, c := range e.Causes {
		out = append(out, leaves(c)...)
	}
	return out
}

// worse orders mistakes: a misspelt member first, since it explains the one that is lacking, then by
// place.
func worse(a, b *jsonschema.ValidationError) int {
	rank := func(e *jsonschema.ValidationError) int {
		if _, misspelt := e.ErrorKind.(*kind.AdditionalProperties); misspelt {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), slices.Compare(a.InstanceLocation, b.InstanceLocation))
}

// describe says what is wrong without the value, which may be a secret, and where.
func describe(path []any, what jsonschema.ErrorKind) ([]any, string) {
	switch k := what.(type) {
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		return append(path, k.Properties[0]), "there is no such member"
	case *kind.Required:
		return path, "it lacks " + strings.Join(k.Missing, ", ")
	case *kind.Type:
		return path, "want " + strings.Join(k.Want, " or ")
	case *kind.Enum:
		return path, fmt.Sprintf("it is none of %v", k.Want)
	case *kind.Minimum:
		return path, "want a number from " + k.Want.RatString()
	}
	return path, "it has not the form that the schema asks for"
}

// memberPath writes a path as keys[3].versions: and a space; the empty path is empty.
func memberPath(path []any) string {
	var b strings.Builder
	for _, part := range path {
		if n, ok := part.(int); ok {
			fmt.Fprintf(&b, "[%d]", n)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(harmless(fmt.Sprint(part)))
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + ": "
}

// placed is what is wrong with one place of a state.
type placed struct {
	path []any // names of members and indices
	err  error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

// located puts file and line before an error about a place of the text.
func located(name string, text []byte, err error) error {
	p, ok := errors.AsType[*placed](err)
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	if line := lineOf(text, p.path); line > 0 {
		return fmt.Errorf("%s:%d: %w", name, line, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// lineOf returns the line of a place, or of what is around it; 0 if there is none.
func lineOf(text []byte, path []any) int {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return 0
	}
	for ; len(path) > 0; path = path[:len(path)-1] {
		if node := at(file, path); node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
}

// at returns the node of a place; nil if there is none.
func at(file *ast.File, path []any) ast.Node {
	b := (&yaml.PathBuilder{}).Root()
	for _, part := range path {
		if n, ok := part.(int); ok {
			b = b.Index(uint(n))
		} else {
			b = b.Child(fmt.Sprint(part))
		}
	}
	node, err := b.Build().FilterFile(file)
	if err != nil {
		return nil
	}
	return node
}
