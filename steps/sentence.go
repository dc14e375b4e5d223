package steps

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The parts of speech that step expressions are made of.
var phrases = strings.NewReplacer(
	"{key}", `(the key|the other key|the new key)`,
	"{token}", `(the (?:old |new |other |forged )?(?:access|refresh) token)`,
	"{caller}", `(the account|the viewer|the manager|the administrator|the infrastructure manager|the finance manager|the encryptor|no credentials|the (?:old |new |other )?(?:access|refresh) token)`,
	"{way}", `(with the account|with the (?:viewer|manager|administrator|infrastructure manager|finance manager|encryptor)|with no credentials|with the (?:old |new |other )?(?:access|refresh) token|over API 1.0)`,
	"{use}", `(encrypt|decrypt|create a custom key|re-encrypt|re-encrypt by the other path|sign|verify|ask for the public key)`,
	"{kind}", `(AES256|RSA2048|ECDSA|convergent)`,
	"{from}", `(?: from the (first|second|third) address)?`,
	"{address}", `the (first|second|third) address`,
	"{region}", `(Korea|Japan)`,
	"{host}", `(the global keys|Korea|Japan)`,
	"{n}", `(\d+)`,
	"{text}", `"([^"]*)"`,
	"{duration}", `((?:\d+ (?:millisecond|second|minute|hour)s?(?: and )?)+)`,
)

// sentences keeps compiled expressions by their text: every world registers the same ones.
var sentences sync.Map

// sentence compiles a step expression; it must fit the whole step.
func sentence(expr string) *regexp.Regexp {
	if re, ok := sentences.Load(expr); ok {
		return re.(*regexp.Regexp)
	}
	form := phrases.Replace(expr)
	if deed, ok := strings.CutPrefix(form, "I "); ok {
		form = "I (?:try to )?" + deed // what a target that keeps the rules refuses
	}
	re := regexp.MustCompile("^" + form + "$")
	sentences.Store(expr, re)
	return re
}

// A definition says what is done at a step that reads as its expression.
type definition struct {
	expr *regexp.Regexp
	step any
}

// A group is a part of the steps, which are registered group by group.
type group func(w *world, add func(expr string, step any))

// A place is where a definition stands: its group, and which of the group it is.
type place struct{ group, nth int }

// said returns the definitions that match a step of the case. Godog needs no others, and registering all of them for
// each case would take as long as most cases do.
func (w *world) said(c Case) (out []definition) {
	if w.more != nil { // steps of one test, while matches belong to the process
		w.register(func(expr string, step any) { out = append(out, definition{sentence(expr), step}) })
		return out
	}
	var places []place
	for _, s := range c.pickle.Steps {
		places = append(places, w.matched(s.Text)...)
	}
	for i, register := range groups {
		if !slices.ContainsFunc(places, func(p place) bool { return p.group == i }) {
			continue
		}
		nth := -1
		register(w, func(expr string, step any) {
			if nth++; slices.Contains(places, place{i, nth}) {
				out = append(out, definition{sentence(expr), step})
			}
		})
	}
	return out
}

// matches keeps, by the text of a step, the places of the definitions that it matches: every world registers the same
// ones in the same order, and most steps are run many times.
var matches sync.Map

// matched returns the places of the definitions that a text matches.
func (w *world) matched(text string) (found []place) {
	if known, ok := matches.Load(text); ok {
		return known.([]place)
	}
	for i, register := range groups {
		nth := -1
		register(w, func(expr string, _ any) {
			if nth++; sentence(expr).MatchString(text) {
				found = append(found, place{i, nth})
			}
		})
	}
	matches.Store(text, found)
	return found
}
