package target

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// memberError is a fault of one member, by its path in the file: credentials.owner.secretKey.
type memberError struct {
	member string
	why    string
}

func (e *memberError) Error() string { return e.member + ": " + e.why }

func wrong(member, format string, args ...any) error {
	return &memberError{member, fmt.Sprintf(format, args...)}
}

// where rewrites an error of the YAML library without its excerpt of the source.
func where(name string, err error) error {
	if e, ok := errors.AsType[*yaml.TypeError](err); ok && e.Token != nil {
		return fmt.Errorf("%s:%d: %s: a %s does not belong here", name, e.Token.Position.Line, memberOf(e), kindOf(e.SrcType))
	}
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", name, e.GetToken().Position.Line, firstLine(e.GetMessage()))
	}
	return fmt.Errorf("%s: it is not a target file", name)
}

// memberOf names the outermost member of the file in which a value of a wrong type stands: that much
// the library tells, as the name of a Go field.
func memberOf(e *yaml.TypeError) string {
	if e.StructFieldName != nil {
		_, field, _ := strings.Cut(*e.StructFieldName, ".")
		if f, ok := reflect.TypeFor[file]().FieldByName(field); ok {
			return f.Tag.Get("yaml")
		}
	}
	return "a member"
}

// kindOf says in YAML's words what a value is.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "mapping"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	default:
		return "number"
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// at puts the line before a fault of a member: the line of its last named part that the file has.
func at(text []byte, err error) error {
	e, ok := errors.AsType[*memberError](err)
	if !ok {
		return fmt.Errorf(": %w", err)
	}
	line, from := 0, 0
	lines := strings.Split(string(text), "\n")
	for part := range strings.SplitSeq(e.member, ".") {
		for i := from; i < len(lines); i++ {
			if named(lines[i], part) {
				line, from = i+1, i
				break
			}
		}
	}
	if line == 0 {
		return fmt.Errorf(": %w", err)
	}
	return fmt.Errorf(":%d: %w", line, err)
}

// named reports whether a line gives a value to the member.
func named(line, member string) bool {
	member, _, _ = strings.Cut(member, "[")
	i := strings.Index(line, member+":")
	return i == 0 || i > 0 && strings.ContainsRune(" {,", rune(line[i-1]))
}
