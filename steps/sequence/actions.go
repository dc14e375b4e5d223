package sequence

import (
	"fmt"
	"slices"
	"strings"
	"time"

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

func (m *model) switchACL(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled && !k.wasOff)
	if k.acl {
		m.when("I switch the IP ACL off")
		m.then("the call is accepted", "KMS2-ACL-012")
		m.then("the IP ACL is off", "KMS2-ACL-012")
		k.acl, k.wasOff = false, slices.Contains(values(k.listed), true)
		return
	}
	m.when("I switch the IP ACL on")
	m.then("the call is accepted", "KMS2-ACL-002")
	m.then("the IP ACL is on", "KMS2-ACL-002")
	k.acl = true
}

func values(m map[string]bool) (out []bool) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// ordinals are the addresses that sentences can name.
var ordinals = []string{"first", "second"}

// from draws where a call comes from. "" is any address, which an IP ACL that is on cannot be asked about
// where the run has no addresses to name.
func (m *model) from(t *rapid.T, k *key) string {
	switch {
	case !m.has["sources"]:
		return ""
	case k.acl && len(k.listed) > 0:
		return rapid.SampledFrom(ordinals).Draw(t, "from")
	}
	return rapid.SampledFrom([]string{"", "first", "second"}).Draw(t, "from")
}

func (m *model) changeAddress(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled && k.acl && m.has["sources"])
	at := rapid.SampledFrom(ordinals).Draw(t, "address")
	how := map[bool]string{false: "added", true: "deleted"}[k.listed[at]]
	m.when(fmt.Sprintf("the %s address is %s", at, how))
	k.listed[at] = !k.listed[at]
	m.use("the access token", at) // what is late shows at once or never
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

// useAccount has the account encrypt and decrypt.
func (m *model) useAccount(t *rapid.T) {
	k := m.the(t)
	switch k.state {
	case enabled:
		m.then("the key serves the account", "KMS2-DEC-001", "KMS2-ACL-010", "KMS2-CRE-012", "KMS2-KEY-017")
	case disabled:
		m.when("I encrypt with the account")
		m.then("the call is refused", "KMS2-KEY-016")
	default:
		only(t, false)
	}
}

// rotate makes a new version, or uses what there is.
func (m *model) rotate(t *rapid.T) {
	k := m.the(t)
	only(t, k.state == enabled)
	if rapid.Bool().Draw(t, "rotate") {
		k.version++
		m.when("I call POST /kms/v1/keys/{tag}/rotate")
		m.then("the call is accepted", "KMS2-KEY-010")
		m.when("I ask about the key")
		m.then(fmt.Sprintf("its current version is %d", k.version), "KMS2-KEY-010")
		return
	}
	if k.made > 0 {
		m.when("I decrypt the ciphertext with the account")
		m.then("the plaintext comes back", "KMS2-DEC-001")
	}
	k.made = k.version
	m.when("I encrypt 32 bytes with the account")
	m.then(fmt.Sprintf("the ciphertext carries the prefix of version %d", k.version), "KMS2-ENC-001")
}

// spans are times that may pass, in the words of sentences.
var spans = []struct {
	text string
	d    time.Duration
}{
	{"10 minutes pass", 10 * time.Minute},
	{"30 hours pass", 30 * time.Hour},
	{"71 hours and 30 minutes pass", 71*time.Hour + 30*time.Minute},
	{"72 hours and 30 minutes pass", 72*time.Hour + 30*time.Minute},
}

func (m *model) letPass(t *rapid.T) {
	only(t, m.has["clock"])
	s := rapid.SampledFrom(spans).Draw(t, "span")
	only(t, !m.near(m.now+s.d))
	m.when(s.text)
	m.pass(s.d)
	m.seePending()
}

// seePending checks what has become of a key that was pending.
func (m *model) seePending() {
	k := m.keys["the key"]
	switch {
	case k.state == pending:
		m.then(`the key is "REVOKE"`, "KMS2-DEL-006")
	case k.state == gone:
		m.when("I ask about the key")
		m.then("the call is refused", "KMS2-DEL-006")
	}
}

// goToEnd sets the clock to a minute before the end of a token, or 61 seconds after it.
func (m *model) goToEnd(t *rapid.T) {
	only(t, m.has["clock"])
	name := rapid.SampledFrom(m.names()).Draw(t, "token")
	when, at := "a minute before", m.tokens[name].ends-time.Minute
	if rapid.Bool().Draw(t, "after") {
		when, at = "61 seconds after", m.tokens[name].ends+61*time.Second
	}
	only(t, at > m.now && !m.near(at))
	m.when("it is " + when + " the end of " + name)
	m.pass(at - m.now)
	m.seePending()
}

// spread is how long 300 calls take that are spread over a second, a nanosecond more between each.
const spread = 300 * (time.Second/300 + time.Nanosecond)

// useLimit makes the 300 calls that are guaranteed, or uses the key up and looks at the other.
func (m *model) useLimit(t *rapid.T) {
	k := m.the(t)
	works, known, _ := m.verdict("the access token", "")
	only(t, works && known && m.has["overload"] && m.has["clock"] && !k.acl)
	m.when("a second passes")
	m.pass(time.Second)
	if other, known, _ := m.useOf("the other access token"); other && known && rapid.Bool().Draw(t, "use up") {
		m.when("I use up the key")
		m.then("the other access token works", "KMS2-TPS-003")
		k.made = 0
		m.when("a second passes")
		m.pass(time.Second)
		return
	}
	m.when("I encrypt 300 times with the access token, spread over a second")
	m.then("all of them are accepted", "KMS2-TPS-001")
	k.made = 0 // the last of the 300 is the ciphertext now
	m.pass(spread)
}

// useOf is the verdict on a token that there may not be.
func (m *model) useOf(name string) (works, known bool, rules []string) {
	if _, ok := m.tokens[name]; !ok {
		return false, false, nil
	}
	return m.verdict(name, "")
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
