package steps

import (
	"regexp"
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
