package steps

import (
	"fmt"
	"regexp"
	"strings"
)

// tagExpr is a parsed tag expression.
type tagExpr struct {
	match func(has map[string]bool) bool
	names []string // the tags that it names
}

var tagToken = regexp.MustCompile(`\s*(\(|\)|@[^\s()]+|and\b|or\b|not\b)`)

// parseTags reads a Cucumber tag expression: tags joined by and, or, not and parentheses. The
// expression of godog itself is another, older one, which takes any text for a tag.
func parseTags(text string) (tagExpr, error) {
	p := &tagParser{}
	rest := text
	for strings.TrimSpace(rest) != "" {
		m := tagToken.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return tagExpr{}, fmt.Errorf("%w: tag expression %q: %q is no tag, and, or, not or parenthesis", ErrSelection, text, strings.TrimSpace(rest))
		}
		p.tokens = append(p.tokens, rest[m[2]:m[3]])
		rest = rest[m[1]:]
	}
	match, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("%q is too much", p.tokens[0])
	}
	if err != nil {
		return tagExpr{}, fmt.Errorf("%w: tag expression %q: %w", ErrSelection, text, err)
	}
	return tagExpr{match, p.names}, nil
}

type tagMatch = func(map[string]bool) bool

type tagParser struct {
	tokens []string
	names  []string
}

func (p *tagParser) take(token string) bool {
	if len(p.tokens) == 0 || p.tokens[0] != token {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *tagParser) or() (tagMatch, error) {
	return p.chain("or", p.and, func(a, b tagMatch) tagMatch {
		return func(has map[string]bool) bool { return a(has) || b(has) }
	})
}

func (p *tagParser) and() (tagMatch, error) {
	return p.chain("and", p.not, func(a, b tagMatch) tagMatch {
		return func(has map[string]bool) bool { return a(has) && b(has) }
	})
}

func (p *tagParser) chain(word string, part func() (tagMatch, error), join func(a, b tagMatch) tagMatch) (tagMatch, error) {
	left, err := part()
	for err == nil && p.take(word) {
		var right tagMatch
		if right, err = part(); err == nil {
			left = join(left, right)
		}
	}
	return left, err
}

func (p *tagParser) not() (tagMatch, error) {
	switch {
	case p.take("not"):
		inner, err := p.not()
		return func(has map[string]bool) bool { return !inner(has) }, err
	case p.take("("):
		inner, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return inner, err
	case len(p.tokens) > 0 && strings.HasPrefix(p.tokens[0], "@"):
		name := p.tokens[0]
		p.tokens, p.names = p.tokens[1:], append(p.names, name)
		return func(has map[string]bool) bool { return has[name] }, nil
	default:
		return nil, fmt.Errorf("a tag is missing")
	}
}
