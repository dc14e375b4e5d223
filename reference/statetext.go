package reference

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Marshal writes the state as [ParseState] reads it.
func (s State) Marshal() ([]byte, error) {
	node, err := yaml.ValueToNode(s, yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, err
	}
	for _, text := range ast.Filter(ast.StringType, node) {
		quoteUnsafe(text.(*ast.StringNode))
	}
	return append([]byte(node.String()), '\n'), nil
}

// plain are texts that are read as they are written, but for numbers and for the words that the library quotes, such
// as true.
var plain = regexp.MustCompile(`^-?[0-9A-Za-z][0-9A-Za-z._+/=-]*$`)

// block is a text of lines that stay as they are where they are indented: a key in PEM.
var block = regexp.MustCompile(`^-----BEGIN PRIVATE KEY-----\n([0-9A-Za-z+/=]+\n)+-----END PRIVATE KEY-----\n$`)

// quoteUnsafe has a text written in double quotes unless it is safe without. The library writes white space, and much
// that means something else, so that it reads another text or none.
func quoteUnsafe(n *ast.StringNode) {
	done := strings.HasPrefix(n.Value, `"`) && !strings.ContainsAny(n.Value, "\r\n") // text that begins with a quote is quoted
	if !done && !block.MatchString(n.Value) && (!plain.MatchString(n.Value) || isNumber(n.Value)) {
		n.Token.Type = token.DoubleQuoteType
	}
}

// isNumber reports whether some reader of YAML might take a text for a number.
func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return !errors.Is(err, strconv.ErrSyntax)
}
