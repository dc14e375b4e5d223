package steps

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsproof/kmsproof/near"
)

// choose returns the cases that o selects. A pattern, prefix or tag that fits no case at all is an
// error; a selection that fits nothing only because its parts exclude each other is empty.
func choose(all []Case, o Options) ([]Case, error) {
	inTags, err := byTags(all, o.Tags)
	if err != nil {
		return nil, err
	}
	inIDs, err := byGlobs(all, o.IDs)
	if err != nil {
		return nil, err
	}
	inOnly, err := byIDs(all, o.Only)
	if err != nil {
		return nil, err
	}
	inShard, err := byShard(o.Shard)
	if err != nil {
		return nil, err
	}
	inRule := func(c Case) bool {
		return slices.ContainsFunc(c.Rules, func(r string) bool { return strings.HasPrefix(r, o.Rule) })
	}
	if !slices.ContainsFunc(all, inRule) {
		return nil, fmt.Errorf("%w: no scenario checks a rule that begins with %q%s", ErrSelection, o.Rule, near.Hint(o.Rule, ruled(all)))
	}
	var chosen []Case
	for _, c := range all {
		if inTags(c) && inIDs(c) && inOnly(c) && inShard(c) && inRule(c) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// Empty says why a selection that is valid holds nothing.
func Empty(o Options) string {
	switch {
	case o.Only != nil && len(o.Only) == 0:
		return "nothing is selected: the earlier run left nothing to run again"
	case o.Only != nil:
		return "nothing is selected: what the earlier run left is not among what else selects"
	}
	return "nothing is selected: the parts of the selection exclude each other"
}

func everything(Case) bool { return true }

func byTags(all []Case, text string) (func(Case) bool, error) {
	if text == "" {
		return everything, nil
	}
	expr, err := parseTags(text)
	if err != nil {
		return nil, err
	}
	for _, name := range expr.names {
		if !slices.ContainsFunc(all, func(c Case) bool { return slices.Contains(c.Tags, name) }) {
			return nil, fmt.Errorf("%w: no scenario has the tag %s%s", ErrSelection, name, near.Hint(name, tagged(all)))
		}
	}
	return func(c Case) bool {
		has := map[string]bool{}
		for _, t := range c.Tags {
			has[t] = true
		}
		return expr.match(has)
	}, nil
}

func byGlobs(all []Case, globs []string) (func(Case) bool, error) {
	if len(globs) == 0 {
		return everything, nil
	}
	var exprs []*regexp.Regexp
	for _, g := range globs {
		re := glob(g)
		if !slices.ContainsFunc(all, func(c Case) bool { return re.MatchString(c.ID) }) {
			return nil, fmt.Errorf("%w: no scenario has an ID like %q%s", ErrSelection, g, near.Hint(g, identified(all)))
		}
		exprs = append(exprs, re)
	}
	return func(c Case) bool {
		return slices.ContainsFunc(exprs, func(re *regexp.Regexp) bool { return re.MatchString(c.ID) })
	}, nil
}

func byIDs(all []Case, ids []string) (func(Case) bool, error) {
	if ids == nil {
		return everything, nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(c Case) bool { return c.ID == id }) {
			return nil, fmt.Errorf("%w: no scenario has the ID %q any more", ErrSelection, id)
		}
	}
	return func(c Case) bool { return slices.Contains(ids, c.ID) }, nil
}

// glob compiles a pattern in which * stands for any text and ? for one character.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.ReplaceAll(quoted, `\*`, `.*`)
	quoted = strings.ReplaceAll(quoted, `\?`, `.`)
	return regexp.MustCompile("^" + quoted + "$")
}

// byShard parts cases by a hash of their IDs, so that a new case moves no other.
func byShard(text string) (func(Case) bool, error) {
	if text == "" {
		return everything, nil
	}
	left, right, _ := strings.Cut(text, "/")
	i, errI := strconv.ParseUint(left, 10, 32)
	n, errN := strconv.ParseUint(right, 10, 32)
	if errI != nil || errN != nil || i < 1 || i > n {
		return nil, fmt.Errorf("%w: shard %q is not like 2/3, the second of three", ErrSelection, text)
	}
	return func(c Case) bool {
		h := fnv.New32a()
		h.Write([]byte(c.ID))
		return uint64(h.Sum32())%n == i-1
	}, nil
}

// identified are the names of all cases.
func identified(all []Case) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.ID)
	}
	return out
}

// tagged are the tags of all cases.
func tagged(all []Case) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.Tags...)
	}
	return out
}

// ruled are the rules of all cases, and what their IDs begin with.
func ruled(all []Case) []string {
	var out []string
	for _, c := range all {
		for _, id := range c.Rules {
			out = append(out, id[:strings.LastIndexByte(id, '-')], id)
		}
	}
	return out
}
