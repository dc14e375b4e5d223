package sequence

import (
	"slices"

	"pgregory.net/rapid"
)

func (m *model) changeCreator(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled)
	if k.creator == 0 {
		m.office++
		k.creator = m.office
		m.when("I enable the creator")
		m.then("the call is accepted", "KMS2-CRE-002")
		m.then(`the creator is "ACTIVE"`, "KMS2-CRE-002")
		m.then("the creator has another ID", "KMS2-CRE-011")
		return
	}
	if rapid.Bool().Draw(t, "replace") {
		m.office++
		k.creator = m.office
		m.when("I replace the creator")
		m.then("the call is accepted", "KMS2-CRE-003")
		m.then(`the creator is "ACTIVE"`, "KMS2-CRE-003")
		m.then("the creator has another ID", "KMS2-CRE-003")
		return
	}
	k.creator = 0
	m.when("I disable the creator")
	m.then("the call is accepted", "KMS2-CRE-010")
	m.then(`the creator is "INACTIVE"`, "KMS2-CRE-010")
}

func (m *model) issue(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled)
	if k.creator == 0 {
		m.when("I ask for a token set")
		m.then("the call is refused", "KMS2-CRE-009")
		return
	}
	m.then("a new token set is issued", "KMS2-TOK-001")
	m.tokens["the new access token"] = token{"the key", k.creator, m.now + newAccessLife}
	m.tokens["the new refresh token"] = token{"the key", k.creator, m.now + newRefreshLife}
}

// renew gets new tokens with a refresh token that works from anywhere.
func (m *model) renew(t *rapid.T) {
	k := m.the(t)
	works, known, _ := m.verdict("the refresh token", "")
	only(t, works && known && !k.acl)
	if rapid.Bool().Draw(t, "set") {
		m.when("I renew the token set for 70 hours with the refresh token")
		m.then("the call is accepted", "KMS2-REN-002")
		m.tokens["the new refresh token"] = token{"the key", k.creator, m.now + renewedLife}
	} else {
		m.when("I ask for an access token of 70 hours with the refresh token")
		m.then("the call is accepted", "KMS2-REN-001")
	}
	m.tokens["the new access token"] = token{"the key", k.creator, m.now + renewedLife}
}

// useToken uses a token that there is, from an address.
func (m *model) useToken(t *rapid.T) {
	name := rapid.SampledFrom(m.names()).Draw(t, "token")
	from := m.from(t, m.keys[m.tokens[name].of])
	_, known, _ := m.verdict(name, from)
	only(t, known)
	m.use(name, from)
}

// use checks a token as far as the documents say what becomes of it.
func (m *model) use(name, from string) {
	works, known, rules := m.verdict(name, from)
	if !known {
		return
	}
	text := name + " is refused"
	if works {
		text = name + " works"
	}
	if from != "" {
		text += " from the " + from + " address"
	}
	m.then(text, rules...)
}

// useOf is the verdict on a token that there may not be.
func (m *model) useOf(name string) (works, known bool, rules []string) {
	if _, ok := m.tokens[name]; !ok {
		return false, false, nil
	}
	return m.verdict(name, "")
}

// names lists the tokens in a fixed order.
func (m *model) names() []string {
	var names []string
	for name := range m.tokens {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// misuses are calls that a token never opens.
var misuses = []struct{ text, token, rule string }{
	{"I encrypt with the refresh token", "the refresh token", "KMS2-TOK-013"},
	{"I renew the token set with the access token", "the access token", "KMS2-REN-004"},
	{"I encrypt with the other access token", "the other access token", "KMS2-TOK-011"},
	{"I renew the token set with the other refresh token", "the other refresh token", "KMS2-REN-006"},
	{"I encrypt with no credentials", "the access token", "KMS2-TOK-016"},
	{"I renew the token set with no credentials", "the refresh token", "KMS2-REN-007"},
	{"I ask about the key with the access token", "the access token", "KMS2-TOK-015"},
	{"I disable the key with the access token", "the access token", "KMS2-TOK-015"},
	{"I replace the creator with the refresh token", "the refresh token", "KMS2-TOK-015"},
	{"I switch the IP ACL off with the refresh token", "the refresh token", "KMS2-TOK-015"},
}

func (m *model) misuseToken(t *rapid.T) {
	u := rapid.SampledFrom(misuses).Draw(t, "misuse")
	_, ok := m.tokens[u.token]
	only(t, ok)
	m.when(u.text)
	m.then("the call is refused", u.rule)
}
