package steps

import (
	"fmt"
	"strings"
)

// didYouMean ends an error about a name that does not exist with the name that is nearest to it, and is
// empty where none is near: a name that holds what was asked for, else one that a few letters make of it.
func didYouMean(asked string, names []string) string {
	plain := strings.ToLower(strings.NewReplacer("*", "", "?", "").Replace(asked))
	best, least := "", len([]rune(plain))/3+2
	for _, name := range names {
		lower := strings.ToLower(name)
		if plain != "" && strings.Contains(lower, plain) {
			best = name
			break
		}
		if d := distance(plain, lower); d < least {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is how many letters must be put in, taken out or changed to make b of a (Levenshtein).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		left, corner := i+1, i
		for j, y := range to {
			change := corner
			if x != y {
				change++
			}
			corner = row[j+1]
			row[j], left = left, min(left+1, corner+1, change)
		}
		row[len(to)] = left
	}
	return row[len(to)]
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
