package sequence

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// An action adds sentences to a sequence and moves the model on, or skips where it does not apply.
type action = func(*rapid.T)

// actions are what a sequence is made of. Some stand here twice: they are to come more often.
func (m *model) actions() map[string]action {
	return map[string]action{
		"account":     m.useAccount,
		"another key": m.anotherKey,
		"creator":     m.changeCreator,
		"creator too": m.changeCreator,
		"issue":       m.issue,
		"IP ACL":      m.switchACL,
		"address":     m.changeAddress,
		"address too": m.changeAddress,
		"key":         m.changeKey,
		"limit":       m.useLimit,
		"other key":   m.changeOther,
		"renew":       m.renew,
		"time":        m.letPass,
		"time's end":  m.goToEnd,
		"token":       m.useToken,
		"token again": m.useToken,
		"token kind":  m.misuseToken,
		"token too":   m.useToken,
		"version":     m.rotate,
		"version too": m.rotate,
		"version off": m.switchVersion,
		"by itself":   m.switchAuto,
	}
}

// only skips the action unless it applies.
func only(t *rapid.T, applies bool) {
	if !applies {
		t.Skip("it does not apply")
	}
}

func (m *model) the(t *rapid.T) *key {
	k := m.keys["the key"]
	only(t, k.state != gone)
	return k
}

func (m *model) anotherKey(t *rapid.T) {
	only(t, m.keys["the other key"] == nil)
	m.given("another key with a token set")
	m.add("the other key", "the other ")
}

// Needs returns the capabilities that the sentences of s need, of those in has.
func (s Sequence) Needs(has []string) []string {
	words := map[string][]string{
		"clock":    {standsStill},
		"sources":  {"address"},
		"overload": {"use up", "300 times"},
	}
	var needs []string
	for _, need := range has {
		if slices.ContainsFunc(words[need], func(w string) bool {
			return slices.ContainsFunc(s, func(line Sentence) bool { return strings.Contains(line.Text, w) })
		}) {
			needs = append(needs, need)
		}
	}
	return needs
}
