package reference

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// maxDepth bounds how deep a YAML text may nest: the reader calls itself for each level, and keeps the path to it.
const maxDepth = 100

// maxIndent bounds the columns that a line may begin with before its first word. A level takes one of them at least,
// but for a list that begins in the column of what it belongs to.
const maxIndent = 2 * maxDepth

var errDeep = fmt.Errorf("it nests too deep: by more than %d brackets or %d columns", maxDepth, maxIndent)

// shallow refuses a text that nests deeper than the reader should follow, without reading it that way.
func shallow(text []byte) error {
	if indent(text) > maxIndent || brackets(text) > maxDepth {
		return errDeep
	}
	return nil
}

// indent returns the most columns that a line has before its first word: spaces, and the marks that begin a level
// of their own.
func indent(text []byte) (most int) {
	for line := range bytes.Lines(text) {
		n := 0
		for n < len(line) && (blank(line[n:]) || bytes.IndexByte([]byte("-?:"), line[n]) >= 0 && blank(line[n+1:])) {
			n++
		}
		most = max(most, n)
	}
	return most
}

// blank reports whether a text begins with a space, or not at all.
func blank(text []byte) bool {
	return len(text) == 0 || bytes.IndexByte([]byte(" \t\r\n"), text[0]) >= 0
}

// brackets returns how deep lists and mappings in brackets nest. Most texts have too few brackets for a closer look.
func brackets(text []byte) (most int) {
	if n := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); n <= maxDepth {
		return n
	}
	depth := 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
			most = max(most, depth)
		case token.SequenceEndType, token.MappingEndType:
			depth = max(0, depth-1)
		}
	}
	return most
}
