// Package near finds the names that are like one that there is not, for errors about it.
package near

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
)

const (
	most  = 3   // names that are told
	alike = 0.4 // of 1: below this, names have little in common
)

// Hint ends an error about a name that does not exist with the names that are nearest to it, the nearest first; it is
// empty where none is near. What is asked for may be part of a name, or a pattern.
func Hint(asked string, names []string) string {
	plain := strings.ToLower(strings.NewReplacer("*", "", "?", "").Replace(asked))
	likeness := map[string]float64{}
	for _, name := range names {
		lower := strings.ToLower(name)
		likeness[name] = dice(plain, lower)
		if plain != "" && strings.Contains(lower, plain) {
			likeness[name]++
		}
	}
	var near []string
	for name, l := range likeness {
		if l >= alike {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	slices.SortFunc(near, func(a, b string) int { return cmp.Or(cmp.Compare(likeness[b], likeness[a]), cmp.Compare(a, b)) })
	var quoted []string
	for _, name := range near[:min(most, len(near))] {
		quoted = append(quoted, strconv.Quote(name))
	}
	return "; nearest: " + strings.Join(quoted, ", ")
}

// dice is the share of the pairs of neighbours, the ends among them, that two texts have in common (the coefficient of
// Sørensen and Dice): it knows a word in another place, and a slip of the finger.
func dice(a, b string) float64 {
	in, all, both := map[[2]rune]int{}, 0, 0
	for p := range pairs(a) {
		in[p]++
		all++
	}
	for p := range pairs(b) {
		all++
		if in[p] > 0 {
			in[p]--
			both++
		}
	}
	return 2 * float64(both) / float64(all)
}

// pairs yields the neighbours of a text; zero stands before it and after it.
func pairs(text string) iter.Seq[[2]rune] {
	return func(yield func([2]rune) bool) {
		last := rune(0)
		for _, r := range text + "\x00" {
			if !yield([2]rune{last, r}) {
				return
			}
			last = r
		}
	}
}
