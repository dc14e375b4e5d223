package sequence

import (
	"fmt"

	"pgregory.net/rapid"
)

// move is a call that changes the state of the key, with where it leads from each state. What is left
// out is open.
type move struct {
	text string
	to   map[state]state
	rule string
}

var moves = []move{
	{"I disable the key", map[state]state{enabled: disabled}, "KMS2-KEY-019"},
	{"I enable the key", map[state]state{disabled: enabled}, "KMS2-KEY-017"},
	{"I request the deletion of the key", map[state]state{enabled: pending, disabled: pending}, "KMS2-DEL-001"},
	{"I cancel the deletion of the key", map[state]state{pending: disabled}, "KMS2-DEL-003"},
	{"I delete the key", map[state]state{enabled: enabled, disabled: disabled}, "KMS2-DEL-002"},
	{"I delete the key", map[state]state{pending: gone}, "KMS2-DEL-004"},
}

func (m *model) changeKey(t *rapid.T) {
	k := m.the(t)
	v := rapid.SampledFrom(moves).Draw(t, "move")
	to, ok := v.to[k.state]
	only(t, ok)
	m.when(v.text)
	if to == k.state {
		m.then("the call is refused", v.rule)
	} else {
		m.then("the call is accepted", v.rule)
	}
	k.state = to
	k.goesAt = m.now + deletionTakes
	if to == gone {
		m.when("I ask about the key")
		m.then("the call is refused", v.rule)
		return
	}
	m.then(fmt.Sprintf("the key is %q", to), v.rule)
	if to == enabled && len(k.off) > 0 && !k.unclear {
		m.seeVersions(k, "KMS2-VER-005")
	}
}

// others are calls about the other key.
var others = []move{
	{"the other key is disabled", map[state]state{enabled: disabled}, ""},
	{"the other key is enabled", map[state]state{disabled: enabled}, ""},
	{"the deletion of the other key is requested", map[state]state{enabled: pending, disabled: pending}, ""},
	{"the deletion of the other key is cancelled", map[state]state{pending: disabled}, ""},
}

func (m *model) changeOther(t *rapid.T) {
	k := m.keys["the other key"]
	only(t, k != nil && k.state != gone)
	if k.state == enabled && rapid.Bool().Draw(t, "ACL") {
		m.guardOther(t, k)
		return
	}
	v := rapid.SampledFrom(others).Draw(t, "move")
	to, ok := v.to[k.state]
	only(t, ok)
	m.when(v.text)
	k.state, k.goesAt = to, m.now+deletionTakes
}

// guardOther switches the IP ACL of the other key on, or adds an address.
func (m *model) guardOther(t *rapid.T, k *key) {
	only(t, m.has["sources"] && !(k.acl && k.listed["second"]))
	if !k.acl {
		m.when("the IP ACL of the other key is switched on")
		k.acl = true
		return
	}
	m.when("the second address is added for the other key")
	k.listed["second"] = true
}
