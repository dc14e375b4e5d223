package steps

import (
	"cmp"
	"regexp"
	"slices"
	"sync"

	"github.com/kmsproof/kmsproof/target"
)

// A wish is what a case asks a key to be.
type wish struct {
	kind   string     // as sentences call it
	home   target.API // the host where it lives
	tokens bool       // its creator is active
}

var (
	wishesKey = sync.OnceValue(func() *regexp.Regexp { return sentence(`an?(?:other)?(?: {kind})? key( with a token set)?`) })
	namesHost = sync.OnceValue(func() *regexp.Regexp { return sentence(`calls go to the host of {host}`) })
)

// wishes are the keys that a case will borrow, in the order of its sentences.
func wishes(c Case) (all []wish) {
	if !borrows(c) {
		return nil
	}
	home := target.API20
	for _, s := range c.pickle.Steps {
		if m := namesHost().FindStringSubmatch(s.Text); m != nil {
			home = host(m[1])
		}
		if m := wishesKey().FindStringSubmatch(s.Text); m != nil {
			all = append(all, wish{kind: cmp.Or(m[1], "AES256"), home: home, tokens: m[2] != ""})
		}
	}
	return all
}

// fitting parts idle keys into those that fulfil wishes, one each, and the others.
func fitting(idle []*loan, wishes []wish) (fit, others []*loan) {
	open := slices.Clone(wishes)
	for _, n := range idle {
		if i := slices.Index(open, n.wish); i >= 0 {
			open = slices.Delete(open, i, i+1)
			fit = append(fit, n)
		} else {
			others = append(others, n)
		}
	}
	return fit, others
}
