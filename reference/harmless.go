package reference

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A caller may put a secret where none belongs: in the name of a member, in a path, in place of a key tag. What
// callers chose is told only if it has a form that secrets have not: a word or some of letters, up to four letters
// and figures, a number, date or address, a UUID; or if it is a member of ours of another form. A key tag has the form
// of an AES-256 key in hex: see [call.toldTag].
var (
	word   = regexp.MustCompile(`^(?:[A-Za-z]?[a-z]+(?:(?:[A-Z]|[_-][A-Za-z]?)[a-z]+)*|canAPIGatewayAccess)$`)
	figure = regexp.MustCompile(`^(?:[A-Za-z0-9]{1,4}|v?[0-9][0-9./:+-]{0,30}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)
)

// maxWord is less than the shortest key has in base64.
const maxWord = 21

// harmless returns a text that a caller chose, or how long it is.
func harmless(text string) string {
	if text == "" || len(text) <= maxWord && word.MatchString(text) || figure.MatchString(text) {
		return text
	}
	return fmt.Sprintf("(%d bytes)", len(text))
}

// harmlessPath does so part by part.
func harmlessPath(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > maxParts {
		return fmt.Sprintf("(%d bytes)", len(path))
	}
	for i, part := range parts {
		parts[i] = harmless(part)
	}
	return strings.Join(parts, "/")
}

// maxParts bounds how much is told of a path.
const maxParts = 12

// harmlessMethod tells a method that HTTP has.
func harmlessMethod(method string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"}, method) {
		return method
	}
	return fmt.Sprintf("(%d bytes)", len(method))
}

// toldTag is the tag in the path. One that a key has is none of a caller's choice.
func (c *call) toldTag() string {
	if c.key != nil {
		return c.tag
	}
	if c.api == SubAccount {
		if _, known := c.ids[c.tag]; known {
			return c.tag
		}
	} else if k, _ := c.world.store.Key(c.tag); k != nil {
		return c.tag
	}
	return harmless(c.tag)
}
